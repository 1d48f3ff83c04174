import {
  getOwn,
  isArray,
  isObject,
  setOwn,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import { hasPatchDirective, setElementOrderDirective } from "./directives.ts";
import { findIdentity, itemKind, orderItems, type ListOrder } from "./list-order.ts";
import { fieldOf, type PatchField } from "./patch-field.ts";

/** One patch that does what two do: `first` deletes only, `second` adds and changes only. Directives are kept. */
export function combinePatches(first: JsonObject, second: JsonObject, type: TypeSchema | undefined): JsonObject {
  const result: MutableJsonObject = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = getOwn(first, key);
    if (key.startsWith("$")) setOwn(result, key, value);
    else if (isObject(before) && isObject(value)) {
      const field = fieldOf(type, key);
      setOwn(result, key, field.strategy === "replace" ? value : combinePatches(before, value, field.type));
    } else if (isArray(before) && isArray(value)) setOwn(result, key, combineLists(before, value, fieldOf(type, key)));
    else setOwn(result, key, value);
  }
  for (const key of Object.keys(second)) {
    if (key.startsWith(`${setElementOrderDirective}/`)) orderList(result, key, first, type);
  }
  return result;
}

function combineLists(
  first: readonly JsonValue[],
  second: readonly JsonValue[],
  field: PatchField,
): readonly JsonValue[] {
  const { strategy, mergeKey } = field;
  if (strategy !== "merge") return second;
  if (mergeKey === undefined || itemKind(first, second) === "scalar") return [...new Set([...first, ...second])];
  const result = [...first];
  for (const item of second) {
    const identity = findIdentity(item, mergeKey);
    const index = result.findIndex((each) => findIdentity(each, mergeKey) === identity);
    const found = result[index];
    if (isObject(found) && isObject(item)) result[index] = combinePatches(found, item, field.type.list?.element);
    else result.push(item);
  }
  return order(result, { mergeKey, patch: second, live: first });
}

function orderList(result: MutableJsonObject, key: string, first: JsonObject, type: TypeSchema | undefined): void {
  const list = key.slice(key.indexOf("/") + 1);
  const items = getOwn(result, list);
  const wanted = getOwn(result, key);
  if (!isArray(items) || !isArray(wanted)) return;
  const live = getOwn(first, list);
  const { mergeKey } = fieldOf(type, list);
  setOwn(result, list, order(items, { mergeKey, patch: wanted, live: isArray(live) ? live : [] }));
}

/** Deletions come after everything else. */
function order(items: readonly JsonValue[], by: ListOrder): JsonValue[] {
  const kept = items.filter((item) => !hasPatchDirective(item));
  const deletions = items.filter(hasPatchDirective);
  return [...orderItems(kept, by), ...deletions];
}
