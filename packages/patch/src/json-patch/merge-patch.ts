import { PatchError } from "../errors.ts";
import { equalJson, getOwn, isArray, isObject, setOwn, type JsonObject, type JsonValue } from "../json/json.ts";

/**
 * Applies a JSON merge patch (RFC 7386): objects merge key by key, null removes a key, anything else replaces. Throws
 * `InvalidPatch` when the patch is not an object.
 */
export function applyMergePatch(object: JsonObject, patch: JsonValue): JsonObject {
  if (!isObject(patch)) throw new PatchError("InvalidPatch", "Invalid JSON Patch");
  return mergeObjects(object, patch);
}

function mergeObjects(object: JsonObject, patch: JsonObject): JsonObject {
  const result = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    const current = getOwn(object, key);
    if (value === null) delete result[key];
    else setOwn(result, key, mergeValues(current, value));
  }
  return result;
}

function mergeValues(current: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(current)) return withoutNulls(patch);
  return isObject(patch) ? mergeObjects(current, patch) : patch;
}

/** A patch in place of nothing: its nulls have nothing to remove. Nulls that are items of lists are values. */
function withoutNulls(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}

/**
 * The merge patch that turns `original` into `modified`; `{}` when they are equal. Lists are replaced as a whole. A
 * null that `modified` holds inside an object cannot be expressed: the key is removed.
 */
export function createMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const patch = {};
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) setOwn(patch, key, null);
  for (const [key, value] of Object.entries(modified)) {
    const before = getOwn(original, key);
    if (isObject(before) && isObject(value)) {
      const inner = createMergePatch(before, value);
      if (Object.keys(inner).length > 0) setOwn(patch, key, inner);
    } else if (!equalJson(before, value)) {
      setOwn(patch, key, value);
    }
  }
  return patch;
}
