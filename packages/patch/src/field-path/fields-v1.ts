import { PatchError } from "../errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { leafNode, sortedElements, type FieldNode, type FieldSet } from "./field-set.ts";
import { readPathElement, type PathElement } from "./path-element.ts";

/**
 * Reads the `fieldsV1` of a managed fields entry. A path with nothing below it is in the set, one with children only
 * if it says so with `.`; elements of unknown types are dropped. Throws `InvalidManagedFields`.
 */
export function decodeFieldsV1(fields: JsonValue): FieldSet {
  return decode(fields, ignore);
}

/** {@link decodeFieldsV1}, which also tells whether encoding the set again leads to an equal value. */
export function decodeCanonical(fields: JsonValue): { readonly set: FieldSet; readonly isCanonical: boolean } {
  let isCanonical = true;
  const set = decode(fields, () => (isCanonical = false));
  return { set, isCanonical };
}

function ignore(): void {}

function decode(fields: JsonValue, onForeignSpelling: () => void): FieldSet {
  if (!isObject(fields)) throw new PatchError("InvalidManagedFields", "fieldsV1 must hold objects only");
  const set = new Map<PathElement, FieldNode>();
  for (const key in fields) {
    if (key === "." || !Object.hasOwn(fields, key)) continue;
    const element = readPathElement(key);
    if (element !== key) onForeignSpelling();
    if (element === undefined) continue;
    const below = fields[key] as JsonObject;
    const children = decode(below, onForeignSpelling);
    const owned = Object.hasOwn(below, ".");
    if (owned && children.size === 0) onForeignSpelling();
    set.set(element, children.size === 0 ? leafNode : { owned, children });
  }
  return set;
}

/** Writes a set as the `fieldsV1` of a managed fields entry, sorted as a real server sorts it. */
export function encodeFieldsV1(set: FieldSet): JsonObject {
  const result: { [key: string]: JsonValue } = {};
  for (const element of sortedElements(set)) {
    const node = set.get(element);
    if (node?.children === undefined) result[element] = {};
    else result[element] = node.owned ? { ".": {}, ...encodeFieldsV1(node.children) } : encodeFieldsV1(node.children);
  }
  return result;
}
