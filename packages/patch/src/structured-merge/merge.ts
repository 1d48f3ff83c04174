import type { PathElement } from "../field-path/path-element.ts";
import {
  equalJson,
  getOwn,
  isArray,
  isObject,
  setOwn,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from "../json/json.ts";
import { entryType, type ListSchema, type MapSchema, type TypeSchema } from "../schema/type-schema.ts";
import { validItemElement } from "./list-items.ts";
import { shapesOf, type Shape } from "./shape.ts";

/**
 * Lays `right` over `left`: the result has all fields of both, and the value of `right` where both have one. Items of
 * associative lists keep the order of `left` as far as `right` does not order them otherwise. Both must be valid;
 * `left` may have duplicate items. The result shares structure with both, and is
 * `left` itself where `right` changes nothing. `undefined` stands for an absent value.
 */
export function merge(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  type: TypeSchema,
): JsonValue | undefined {
  let result: JsonValue | undefined;
  const shapes = shapesOf(type, left, right);
  // When a value changes its form, what the new form makes of both sides is what remains.
  for (const shape of shapes) result = mergeAs(shape, left, right, type);
  return result;
}

function mergeAs(
  shape: Shape,
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  { list, map }: TypeSchema,
): JsonValue | undefined {
  if (shape === "map" && map !== undefined) return mergeMaps(left, right, map);
  if (shape === "list" && list !== undefined) return mergeLists(left, right, list);
  return leaf(left, right);
}

function leaf(left: JsonValue | undefined, right: JsonValue | undefined): JsonValue | undefined {
  return right === undefined || equalJson(left, right) ? left : right;
}

function mergeMaps(left: JsonValue | undefined, right: JsonValue | undefined, map: MapSchema): JsonValue | undefined {
  const l = isObject(left) ? left : undefined;
  const r = isObject(right) ? right : undefined;
  // Two empty sides are a leaf, which keeps null and {} apart.
  if (map.relationship === "atomic" || (isEmptyObject(l) && isEmptyObject(r)))
    return right === undefined ? left : right;
  return mergeEntries(l ?? {}, r ?? {}, map);
}

function isEmptyObject(object: JsonObject | undefined): boolean {
  if (object !== undefined) for (const key in object) if (Object.hasOwn(object, key)) return false;
  return true;
}

function mergeEntries(left: JsonObject, right: JsonObject, map: MapSchema): JsonValue | undefined {
  const result: MutableJsonObject = {};
  let size = 0;
  let isSame = true;
  const add = (key: string, l: JsonValue | undefined, r: JsonValue | undefined): void => {
    const type = entryType(map, key);
    const value = type === undefined ? (r ?? l) : merge(l, r, type);
    if (value !== l) isSame = false;
    if (value === undefined) return;
    setOwn(result, key, value);
    size++;
  };
  for (const key of Object.keys(left)) add(key, left[key], getOwn(right, key));
  for (const key of Object.keys(right)) if (!Object.hasOwn(left, key)) add(key, undefined, right[key]);
  if (isSame) return left;
  return size === 0 ? undefined : result;
}

function mergeLists(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  list: ListSchema,
): JsonValue | undefined {
  const l = isArray(left) ? left : [];
  const r = isArray(right) ? right : [];
  if (list.relationship === "atomic" || (l.length === 0 && r.length === 0)) return leaf(left, right);
  const items = mergeItems(indexItems(l, list), indexItems(r, list), list);
  if (items.length === l.length && items.every((item, index) => item === l[index])) return l;
  return items.length === 0 ? undefined : items;
}

interface IndexedItems {
  readonly items: readonly JsonValue[];
  readonly elements: readonly PathElement[];
  /** An item by its address; `null` for what occurs twice, which is never merged into. */
  readonly byElement: ReadonlyMap<PathElement, JsonValue>;
}

function indexItems(items: readonly JsonValue[], list: ListSchema): IndexedItems {
  const elements: PathElement[] = [];
  const byElement = new Map<PathElement, JsonValue>();
  for (const item of items) {
    const element = validItemElement(list, item);
    elements.push(element);
    byElement.set(element, byElement.has(element) ? null : item);
  }
  return { items, elements, byElement };
}

/**
 * Walks both lists at once. Items that only `left` has stay where they were in relation to their neighbours; the
 * order of shared items is that of `right`: a shared item of `left` that is not the next one in `right` is passed over
 * until its turn comes.
 */
function mergeItems(left: IndexedItems, right: IndexedItems, list: ListSchema): JsonValue[] {
  const result: JsonValue[] = [];
  const emit = (l: JsonValue | undefined, r: JsonValue | undefined): void => {
    const item = merge(l, r, list.element);
    if (item !== undefined) result.push(item);
  };
  const shared = right.elements.filter((element) => left.byElement.has(element));
  let nextShared = 0;
  const takeRight = (element: PathElement): void => {
    emit(left.byElement.get(element), right.byElement.get(element));
    if (shared[nextShared] === element) nextShared++;
  };
  let l = 0;
  for (const element of right.elements) {
    for (; l < left.elements.length; l++) {
      const mine = left.elements[l];
      if (mine === undefined || mine === element) break;
      if (!right.byElement.has(mine)) emit(left.items[l], undefined);
      else if (nextShared < shared.length) {
        if (shared[nextShared] === mine) break;
      } else {
        // Its turn came earlier; what only the right side has goes on from here.
        l++;
        break;
      }
    }
    if (left.elements[l] === element) l++;
    takeRight(element);
  }
  for (; l < left.elements.length; l++) {
    const mine = left.elements[l];
    if (mine !== undefined && !right.byElement.has(mine)) emit(left.items[l], undefined);
  }
  return result;
}
