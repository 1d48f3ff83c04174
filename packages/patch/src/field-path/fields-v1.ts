import { PatchError } from "../errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { leafNode, sortedElements, type FieldNode, type FieldSet } from "./field-set.ts";
import { readPathElement, type PathElement } from "./path-element.ts";

/**
 * Reads the `fieldsV1` of a managed fields entry. A path with nothing below it is in the set, one with children only
 * if it says so with `.`; elements of unknown types are dropped. Throws `InvalidManagedFields`.
 */
export function decodeFieldsV1(fields: JsonValue): FieldSet {
  if (!isObject(fields)) throw new PatchError("InvalidManagedFields", "fieldsV1 must hold objects only");
  const set = new Map<PathElement, FieldNode>();
  for (const key in fields) {
    if (key === "." || !Object.hasOwn(fields, key)) continue;
    const element = readPathElement(key);
    if (element === undefined) continue;
    const below = fields[key] as JsonObject;
    const children = decodeFieldsV1(below);
    set.set(element, children.size === 0 ? leafNode : { owned: Object.hasOwn(below, "."), children });
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
