import { FieldSetBuilder, recursiveDifference, union, type FieldSet } from "../field-path/field-set.ts";
import { fieldElement, type PathElement } from "../field-path/path-element.ts";
import { equalJson, getOwn, isArray, isObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { entryType, type ListSchema, type MapSchema, type TypeSchema } from "../schema/type-schema.ts";
import { itemElement } from "./list-items.ts";
import { shapesOf, type Shape } from "./shape.ts";
import { scalarProblem } from "./validate.ts";

/** What changed between two versions of an object. No path is in two of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two values of a type; both must be valid, duplicate items aside. */
export function compare(left: JsonValue, right: JsonValue, type: TypeSchema): Comparison {
  const walk: Walk = {
    added: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
    path: [],
  };
  if (left !== right) visit(left, right, type, walk);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

/** The comparison without some fields and everything below them. */
export function excludeFields(comparison: Comparison, fields: FieldSet | undefined): Comparison {
  if (fields === undefined || fields.size === 0) return comparison;
  return {
    added: recursiveDifference(comparison.added, fields),
    modified: recursiveDifference(comparison.modified, fields),
    removed: recursiveDifference(comparison.removed, fields),
  };
}

/** All paths that have another value than before. */
export function changedFields({ added, modified }: Comparison): FieldSet {
  return union(modified, added);
}

interface Walk {
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
  readonly path: PathElement[];
}

/** `undefined` stands for an absent value; at most one side is absent. */
function visit(left: JsonValue | undefined, right: JsonValue | undefined, type: TypeSchema, walk: Walk): void {
  let isLeaf = false;
  for (const shape of shapesOf(type, left, right)) isLeaf = visitAs(shape, left, right, type, walk);
  if (isLeaf) return;
  if (left === undefined) walk.added.insert(walk.path);
  else if (right === undefined) walk.removed.insert(walk.path);
}

/** Returns whether the value is a leaf: then it was compared as a whole. */
function visitAs(
  shape: Shape,
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  type: TypeSchema,
  walk: Walk,
): boolean {
  if (shape === "map" && type.map !== undefined) return visitMap(left, right, type.map, walk);
  if (shape === "list" && type.list !== undefined) return visitList(left, right, type.list, walk);
  const fits = (side: JsonValue | undefined): boolean =>
    type.scalar !== undefined && scalarProblem(side, type.scalar) === undefined;
  if (fits(left) || fits(right)) visitLeaf(left, right, walk);
  return true;
}

function visitLeaf(left: JsonValue | undefined, right: JsonValue | undefined, walk: Walk): boolean {
  if (left === undefined) walk.added.insert(walk.path);
  else if (right === undefined) walk.removed.insert(walk.path);
  else if (!equalJson(left, right)) walk.modified.insert(walk.path);
  return true;
}

function visitMap(left: JsonValue | undefined, right: JsonValue | undefined, map: MapSchema, walk: Walk): boolean {
  const l = isObject(left) ? left : emptyObject;
  const r = isObject(right) ? right : emptyObject;
  const keys = Object.keys(l);
  const rightKeys = Object.keys(r);
  if (map.relationship === "atomic" || (keys.length === 0 && rightKeys.length === 0))
    return visitLeaf(left, right, walk);
  for (const key of keys) visitEntry(key, l[key], getOwn(r, key), map, walk);
  for (const key of rightKeys) if (!Object.hasOwn(l, key)) visitEntry(key, undefined, r[key], map, walk);
  return false;
}

const emptyObject: JsonObject = {};

function visitEntry(
  key: string,
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  map: MapSchema,
  walk: Walk,
): void {
  // The same value, shared by both versions, cannot differ.
  if (left === right) return;
  const type = entryType(map, key);
  if (type === undefined) return;
  walk.path.push(fieldElement(key));
  visit(left, right, type, walk);
  walk.path.pop();
}

function visitList(left: JsonValue | undefined, right: JsonValue | undefined, list: ListSchema, walk: Walk): boolean {
  const l = isArray(left) ? left : [];
  const r = isArray(right) ? right : [];
  if (list.relationship === "atomic" || (l.length === 0 && r.length === 0)) return visitLeaf(left, right, walk);
  const leftItems = groupItems(l, list);
  const rightItems = groupItems(r, list);
  for (const [element, items] of leftItems) visitItems(element, items, rightItems.get(element) ?? [], list, walk);
  for (const [element, items] of rightItems) {
    if (!leftItems.has(element)) visitItems(element, [], items, list, walk);
  }
  return false;
}

function groupItems(items: readonly JsonValue[], list: ListSchema): Map<PathElement, JsonValue[]> {
  const groups = new Map<PathElement, JsonValue[]>();
  for (const item of items) {
    const element = itemElement(list, item);
    if (typeof element !== "string") continue;
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}

/** Items that occur several times are compared as a whole, and owned as a whole. */
function visitItems(
  element: PathElement,
  left: readonly JsonValue[],
  right: readonly JsonValue[],
  list: ListSchema,
  walk: Walk,
): void {
  walk.path.push(element);
  if (left.length <= 1 && right.length <= 1) {
    if (left[0] !== right[0]) visit(left[0], right[0], list.element, walk);
  } else if (left.length >= 2 && right.length >= 2) {
    if (!equalJson(left, right)) walk.modified.insert(walk.path);
  } else if (left.length >= 2) {
    if (right.length > 0) visit(undefined, right[0], list.element, walk);
    walk.removed.insert(walk.path);
  } else {
    if (left.length > 0) visit(left[0], undefined, list.element, walk);
    walk.added.insert(walk.path);
  }
  walk.path.pop();
}
