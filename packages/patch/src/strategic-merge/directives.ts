import { PatchError } from "../errors.ts";
import { formatValue } from "../json/go-text.ts";
import {
  getOwn,
  isArray,
  isObject,
  setOwn,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from "../json/json.ts";

/** `replace` or `delete` on an object, `delete` also on an item of a list. */
export const patchDirective = "$patch";
/** The keys that an object keeps besides what the patch sets. */
export const retainKeysDirective = "$retainKeys";
/** `$setElementOrder/<list>`: the order of a list, by merge key or value. */
export const setElementOrderDirective = "$setElementOrder";
/** `$deleteFromPrimitiveList/<list>`: values to remove from a list of scalars. */
export const deleteFromPrimitiveListDirective = "$deleteFromPrimitiveList";

/** What an object of a patch says besides fields and their values. */
export interface PatchContent {
  readonly retainKeys: readonly JsonValue[] | undefined;
  /** Orders by list. */
  readonly orders: ReadonlyMap<string, JsonValue>;
  /** Values to delete by list. */
  readonly deletions: ReadonlyMap<string, JsonValue>;
  /** All keys but the directives. */
  readonly fields: ReadonlyMap<string, JsonValue>;
}

/** Takes an object of a patch apart. Throws `InvalidPatch` or `UnmergeablePatch` for malformed directives. */
export function readPatch(patch: JsonObject): PatchContent {
  const orders = new Map<string, JsonValue>();
  const deletions = new Map<string, JsonValue>();
  const fields = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeysDirective) continue;
    if (key.startsWith(setElementOrderDirective)) {
      orders.set(listOf(key, setElementOrderDirective, "setElementOrder list"), value);
    } else if (key.startsWith(deleteFromPrimitiveListDirective)) {
      deletions.set(listOf(key, deleteFromPrimitiveListDirective, "primitive list"), value);
    } else fields.set(key, value);
  }
  return { retainKeys: readRetainKeys(patch, fields), orders, deletions, fields };
}

function listOf(key: string, directive: string, name: string): string {
  const slash = key.indexOf("/");
  if (slash !== directive.length) throw new PatchError("InvalidPatch", `invalid patch format of ${name}`);
  return key.slice(slash + 1);
}

function readRetainKeys(patch: JsonObject, fields: ReadonlyMap<string, JsonValue>): readonly JsonValue[] | undefined {
  const keys = getOwn(patch, retainKeysDirective);
  if (keys === undefined) return undefined;
  const isComplete = isArray(keys) && [...fields].every(([key, value]) => value === null || keys.includes(key));
  if (!isComplete) throw new PatchError("InvalidPatch", "invalid patch format of retainKeys");
  return keys;
}

/** Whether a value of a patch is an object with a `$patch` directive. */
export function hasPatchDirective(value: JsonValue): value is JsonObject {
  return isObject(value) && Object.hasOwn(value, patchDirective);
}

export function unknownDirective(patch: JsonObject): PatchError {
  const directive = getOwn(patch, patchDirective) ?? null;
  return new PatchError(
    "UnmergeablePatch",
    `unknown patch type: ${formatValue(directive)} in map: ${formatValue(patch)}`,
  );
}

/** A value of a patch without everything that has a `$patch` directive; `undefined` when nothing remains. */
export function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, patchDirective)) return undefined;
  const result: MutableJsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const rest = withoutDirectives(item);
    if (rest !== undefined) setOwn(result, key, rest);
  }
  return result;
}

/** A value without the fields that are null: where there is nothing yet, they have nothing to remove. */
export function withoutNullFields(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutNullFields);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNullFields(item)]));
}
