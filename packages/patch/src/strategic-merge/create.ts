import { compareUtf8, formatValue } from "../json/go-text.ts";
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
import type { TypeSchema } from "../schema/type-schema.ts";
import { combinePatches } from "./combine.ts";
import {
  deleteFromPrimitiveListDirective,
  patchDirective,
  retainKeysDirective,
  setElementOrderDirective,
} from "./directives.ts";
import { identify, itemKind } from "./list-order.ts";
import { fieldOf, type PatchField } from "./patch-field.ts";

/**
 * The strategic merge patch that turns `original` into `modified`; `{}` when they are equal. Throws `InvalidPatch`
 * for differences in fields that the type lacks and for list items without their merge key.
 */
export function createTwoWayMergePatch(original: JsonObject, modified: JsonObject, schema: TypeSchema): JsonObject {
  return diffObjects(original, modified, schema, { additions: true, deletions: true, retainKeys: false });
}

/** The three states that `kubectl apply` knows. */
export interface ThreeWayObjects {
  /** What was applied last time. */
  readonly original: JsonObject;
  /** What is to be applied now. */
  readonly modified: JsonObject;
  /** What the cluster has. */
  readonly current: JsonObject;
}

/**
 * The strategic merge patch of `kubectl apply`: what `modified` adds to or changes of `current`, and the removal of
 * what `original` had and `modified` has no more. What others added to `current` stays.
 */
export function createThreeWayMergePatch(objects: ThreeWayObjects, schema: TypeSchema): JsonObject {
  const { original, modified, current } = objects;
  const changes = diffObjects(current, modified, schema, { additions: true, deletions: false, retainKeys: false });
  const deletions = diffObjects(original, modified, schema, { additions: false, deletions: true, retainKeys: false });
  return combinePatches(deletions, changes, schema);
}

/** Which differences count. */
interface DiffOptions {
  /** What is new or different. */
  readonly additions: boolean;
  /** What is gone. */
  readonly deletions: boolean;
  /** List the keys that the object keeps: those of a one-of, where a new key replaces all others. */
  readonly retainKeys: boolean;
}

function diffObjects(
  original: JsonObject,
  modified: JsonObject,
  type: TypeSchema | undefined,
  options: DiffOptions,
): MutableJsonObject {
  const patch: MutableJsonObject = {};
  for (const [key, value] of Object.entries(modified)) {
    const before = getOwn(original, key);
    if (isObject(before) && isObject(value)) diffMaps(patch, key, [before, value], type, options);
    else if (isArray(before) && isArray(value)) diffLists(patch, key, [before, value], type, options);
    else if (options.additions && !equalJson(before, value)) setOwn(patch, key, value);
  }
  const gone = Object.keys(original).filter((key) => !Object.hasOwn(modified, key));
  if (options.deletions) for (const key of gone) setOwn(patch, key, null);
  const losesFields = gone.some((key) => getOwn(original, key) !== null);
  if (options.retainKeys && (losesFields || Object.keys(patch).length > 0)) {
    const kept = Object.keys(modified).filter((key) => getOwn(modified, key) !== null);
    if (kept.length > 0) patch[retainKeysDirective] = kept.toSorted(compareUtf8);
  }
  return patch;
}

type BeforeAndAfter<T> = readonly [before: T, after: T];

function diffMaps(
  patch: MutableJsonObject,
  key: string,
  [before, after]: BeforeAndAfter<JsonObject>,
  type: TypeSchema | undefined,
  options: DiffOptions,
): void {
  const field = fieldOf(type, key, () => equalJson(before, after));
  if (field === undefined) return;
  if (field.strategy === "replace") {
    if (options.additions) setOwn(patch, key, after);
    return;
  }
  const inner = diffObjects(before, after, field.type, { ...options, retainKeys: field.retainsKeys });
  if (Object.keys(inner).length > 0) setOwn(patch, key, inner);
}

function diffLists(
  patch: MutableJsonObject,
  key: string,
  lists: BeforeAndAfter<readonly JsonValue[]>,
  type: TypeSchema | undefined,
  options: DiffOptions,
): void {
  const [before, after] = lists;
  const field = fieldOf(type, key, () => equalJson(before, after));
  if (field === undefined) return;
  if (field.strategy !== "merge") {
    if (options.additions && !equalJson(before, after)) setOwn(patch, key, after);
    return;
  }
  if (before.length === 0) {
    if (after.length > 0 && options.additions) setOwn(patch, key, after);
    return;
  }
  const { items, deleted, order } =
    itemKind(before, after) === "object" ? diffItems(lists, field, options) : diffScalars(lists, options);
  if (items.length > 0) setOwn(patch, key, items);
  if (deleted.length > 0) patch[`${deleteFromPrimitiveListDirective}/${key}`] = deleted;
  if (order.length > 0) patch[`${setElementOrderDirective}/${key}`] = order;
}

/** What a patch says about a list. */
interface ListDiff {
  readonly items: readonly JsonValue[];
  /** For lists of scalars. */
  readonly deleted: readonly JsonValue[];
  /** Empty when the order need not be told. */
  readonly order: readonly JsonValue[];
}

function diffItems(
  [before, after]: BeforeAndAfter<readonly JsonValue[]>,
  { mergeKey = "", type, retainsKeys }: PatchField,
  options: DiffOptions,
): ListDiff {
  const keyOf = (item: JsonValue): JsonValue => (isObject(item) ? (getOwn(item, mergeKey) ?? null) : null);
  const old = new Map(before.map((item) => [identify(item, mergeKey), item]));
  const kept = new Set(after.map((item) => identify(item, mergeKey)));
  const changed = after.flatMap((item): JsonValue[] => {
    const previous = old.get(identify(item, mergeKey));
    if (!isObject(item) || !isObject(previous)) return options.additions ? [item] : [];
    const inner = diffObjects(previous, item, type.list?.element, { ...options, retainKeys: retainsKeys });
    if (Object.keys(inner).length === 0) return [];
    setOwn(inner, mergeKey, keyOf(item));
    return [inner];
  });
  const gone = options.deletions ? before.filter((item) => !kept.has(identify(item, mergeKey))) : [];
  const deletions = gone
    .map(keyOf)
    .toSorted(compareText)
    .map((key) => ({ [mergeKey]: key, [patchDirective]: "delete" }));
  const items = [...changed, ...deletions];
  const isReordered =
    before.length !== after.length ||
    before.some((item, index) => !equalJson(keyOf(item), keyOf(after[index] ?? null)));
  const tellsOrder = items.length > 0 || (options.additions && isReordered);
  return { items, deleted: [], order: tellsOrder ? after.map((item) => ({ [mergeKey]: keyOf(item) })) : [] };
}

function diffScalars([before, after]: BeforeAndAfter<readonly JsonValue[]>, options: DiffOptions): ListDiff {
  const remaining = before.toSorted(compareText);
  const sorted = [...remaining];
  const items: JsonValue[] = [];
  for (const value of after) {
    const index = remaining.findIndex((each) => formatValue(each) === formatValue(value));
    if (index >= 0) remaining.splice(index, 1);
    else if (options.additions) items.push(value);
  }
  const deleted = options.deletions ? [...new Set(remaining)] : [];
  // Upstream compares with the list that it has just sorted.
  const tellsOrder = deleted.length > 0 || (options.additions && !equalJson(sorted, after));
  return { items, deleted, order: tellsOrder ? after : [] };
}

function compareText(a: JsonValue, b: JsonValue): number {
  return compareUtf8(formatValue(a), formatValue(b));
}
