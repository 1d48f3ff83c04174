import { PatchError } from "../errors.ts";
import { formatValue } from "../json/go-text.ts";
import {
  getOwn,
  isArray,
  isObject,
  omitKeys,
  setOwn,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import {
  hasPatchDirective,
  patchDirective,
  readPatch,
  unknownDirective,
  withoutDirectives,
  withoutNullFields,
  type PatchContent,
} from "./directives.ts";
import { fieldOf, type PatchField } from "./patch-field.ts";
import {
  findIdentity,
  identify,
  itemKind,
  missingMergeKey,
  orderItems,
  wrongType,
  type MergeKey,
} from "./list-order.ts";

/**
 * Applies a strategic merge patch: like a merge patch, but lists whose type says so merge item by item, and directives
 * (`$patch`, `$retainKeys`, `$setElementOrder/<list>`, `$deleteFromPrimitiveList/<list>`) do what plain values cannot.
 *
 * Throws `InvalidPatch` for malformed directives, `UnmergeablePatch` for items without their merge key and fields that the type lacks;
 * `PatchFailed` for lists of lists. Custom resources take no such patches: a server answers 415 for them.
 */
export function applyStrategicMergePatch(object: JsonObject, patch: JsonValue, schema: TypeSchema): JsonObject {
  if (!isObject(patch)) throw new PatchError("InvalidPatch", "invalid JSON document");
  return mergeObjects(object, patch, schema);
}

function mergeObjects(original: JsonObject, patch: JsonObject, type: TypeSchema | undefined): JsonObject {
  if (hasPatchDirective(patch)) return followDirective(patch);
  const content = readPatch(patch);
  const result = retainKeys(original, content);
  const ordered = mergeOrderedLists(result, content, type);
  for (const [key, value] of content.fields) if (!ordered.has(key)) mergeField(result, key, value, type);
  for (const [key, values] of content.deletions) deleteValues(result, key, values, type);
  return result;
}

function followDirective(patch: JsonObject): JsonObject {
  const directive = patch[patchDirective];
  if (directive === "replace") return omitKeys(patch, patchDirective);
  if (directive === "delete") return {};
  throw unknownDirective(patch);
}

function retainKeys(original: JsonObject, { retainKeys: keys }: PatchContent): MutableJsonObject {
  if (keys === undefined) return { ...original };
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)));
}

function mergeField(result: MutableJsonObject, key: string, patch: JsonValue, type: TypeSchema | undefined): void {
  const original = getOwn(result, key);
  if (patch === null) {
    delete result[key];
  } else if (isObject(original) && isObject(patch)) {
    const field = fieldOf(type, key);
    setOwn(result, key, field.strategy === "replace" ? patch : mergeObjects(original, patch, field.type));
  } else if (isArray(original) && isArray(patch)) {
    setOwn(result, key, mergeLists(original, patch, fieldOf(type, key)));
  } else {
    const value = withoutDirectives(withoutNullFields(patch));
    if (value === undefined) delete result[key];
    else setOwn(result, key, value);
  }
}

function mergeLists(
  original: readonly JsonValue[],
  patch: readonly JsonValue[],
  field: PatchField,
): readonly JsonValue[] {
  if (field.strategy !== "merge") return patch;
  if (original.length === 0 && patch.length === 0) return original;
  if (itemKind(original, patch) === "scalar") {
    const values = new Map([...original, ...patch].map((value) => [identify(value, undefined), value]));
    return orderItems([...values.values()], { mergeKey: undefined, patch, live: original });
  }
  const { mergeKey } = field;
  if (mergeKey === undefined) {
    throw new PatchError("UnmergeablePatch", `cannot merge lists without merge key for ${kindOf(field.type)}`);
  }
  const { live, items } = followItemDirectives(original, patch, mergeKey);
  const merged = mergeItems(live, items, mergeKey, field.type.list?.element);
  return orderItems(merged, { mergeKey, patch: items, live });
}

function kindOf(type: TypeSchema): string {
  return type.list?.element.map === undefined ? "slice" : "struct";
}

/** Carries out the directives among the items of a patch: what is left to merge, and into what. */
function followItemDirectives(
  original: readonly JsonValue[],
  patch: readonly JsonValue[],
  mergeKey: string,
): { readonly live: readonly JsonValue[]; readonly items: readonly JsonValue[] } {
  const deleted = new Set<string | undefined>();
  let isReplaced = false;
  const items: JsonValue[] = [];
  for (const item of patch) {
    if (!hasPatchDirective(item)) {
      items.push(item);
      continue;
    }
    const directive = item[patchDirective];
    if (directive === "delete") {
      deleted.add(identify(item, mergeKey));
    } else if (directive === "replace") {
      isReplaced = true;
    } else if (directive === "merge") {
      throw new PatchError("UnmergeablePatch", "merging lists cannot yet be specified in the patch");
    } else throw unknownDirective(item);
  }
  if (isReplaced) return { live: items, items: [] };
  const live = deleted.size === 0 ? original : original.filter((item) => !deleted.has(findIdentity(item, mergeKey)));
  return { live, items };
}

function mergeItems(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  mergeKey: string,
  type: TypeSchema | undefined,
): JsonValue[] {
  const result = [...live];
  const places = new Map<string, number>();
  const remember = (identity: string | undefined, index: number): void => {
    if (identity !== undefined && !places.has(identity)) places.set(identity, index);
  };
  for (const [index, item] of live.entries()) remember(findIdentity(item, mergeKey), index);
  for (const item of patch) {
    if (!isObject(item)) throw wrongType("map[string]interface {}", item);
    const identity = findIdentity(item, mergeKey);
    if (identity === undefined) throw missingMergeKey(item, mergeKey);
    const index = places.get(identity);
    const found = index === undefined ? undefined : result[index];
    if (index !== undefined && isObject(found)) {
      result[index] = mergeObjects(found, item, type);
    } else {
      remember(identity, result.length);
      result.push(item);
    }
  }
  return result;
}

/** Merges the lists whose order the patch sets. Returns their names. */
function mergeOrderedLists(
  result: MutableJsonObject,
  { orders, fields }: PatchContent,
  type: TypeSchema | undefined,
): ReadonlySet<string> {
  const done = new Set<string>();
  for (const [key, order] of orders) {
    if (!isArray(order)) throw wrongType("[]interface {}", order);
    const live = listIn(getOwn(result, key));
    const patch = listIn(fields.get(key));
    const field = fieldOf(type, key);
    checkOrder(patch ?? [], order, field.mergeKey);
    if (live === undefined && patch === undefined) continue;
    const merged = mergeOrdered(live, patch, field);
    if (field.mergeKey === undefined || itemKind(live ?? [], patch ?? []) === "object") {
      const { mergeKey } = field;
      setOwn(result, key, orderItems(merged, { mergeKey, patch: order, live: liveOrder(live, patch, field) }));
    }
    done.add(key);
  }
  return done;
}

function listIn(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (value === undefined || isArray(value)) return value;
  throw wrongType("[]interface {}", value);
}

function mergeOrdered(
  live: readonly JsonValue[] | undefined,
  patch: readonly JsonValue[] | undefined,
  field: PatchField,
): readonly JsonValue[] {
  if (patch === undefined) return live ?? [];
  if (live !== undefined) return mergeLists(live, patch, field);
  // Null fields stay here, other than in lists that come without an order.
  return listIn(withoutDirectives(patch)) ?? [];
}

/**
 * The live order as a real server has it in hand after merging. Merging happened in place: a deletion moved later
 * items forward and left the last one behind, until a new item took that place. Where both orders leave a choice, the
 * result depends on it.
 */
function liveOrder(
  live: readonly JsonValue[] | undefined,
  patch: readonly JsonValue[] | undefined,
  { strategy, mergeKey }: PatchField,
): readonly JsonValue[] {
  if (live === undefined || patch === undefined || strategy !== "merge" || mergeKey === undefined) return live ?? [];
  const { live: rest, items } = followItemDirectives(live, patch, mergeKey);
  const known = new Set(rest.map((item) => findIdentity(item, mergeKey)));
  const added = items.filter((item) => !known.has(findIdentity(item, mergeKey)));
  const left = live.slice(rest.length);
  return [...rest, ...added.slice(0, left.length), ...left.slice(added.length)];
}

/** The items of a patch must be among those it orders, in the same order. */
function checkOrder(patch: readonly JsonValue[], order: readonly JsonValue[], mergeKey: MergeKey): void {
  if (patch.length === 0 || order.length === 0) return checkOrderItems(order, mergeKey);
  const items = patch.filter((item) => mergeKey === undefined || !hasPatchDirective(item));
  let next = 0;
  for (const place of order) {
    const item = items[next];
    if (item === undefined) return;
    if (identify(item, mergeKey) === identify(place, mergeKey)) next++;
  }
  if (next >= items.length) return;
  throw new PatchError(
    "UnmergeablePatch",
    `The order in patch list:\n${formatValue(patch)}\n doesn't match $setElementOrder list:\n${formatValue(order)}\n`,
  );
}

function checkOrderItems(order: readonly JsonValue[], mergeKey: MergeKey): void {
  const index = mergeKey === undefined ? -1 : order.findIndex((item) => !isObject(item));
  if (index >= 0) throw new PatchError("UnmergeablePatch", `value for key ${index} is not a map`);
}

function deleteValues(result: MutableJsonObject, key: string, values: JsonValue, type: TypeSchema | undefined): void {
  if (values === null) delete result[key];
  const live = getOwn(result, key);
  if (!isArray(live) || !isArray(values) || (live.length === 0 && values.length === 0)) return;
  if (itemKind(live, values) === "object") {
    setOwn(result, key, mergeLists(live, values, { ...fieldOf(type, key), strategy: "merge" }));
    return;
  }
  const deleted = new Set(values.map((value) => identify(value, undefined)));
  setOwn(
    result,
    key,
    live.filter((value) => !deleted.has(identify(value, undefined))),
  );
}
