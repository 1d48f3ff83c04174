import type { FieldSet } from "../field-path/field-set.ts";
import { fieldElement } from "../field-path/path-element.ts";
import { isArray, isObject, setOwn, type JsonValue, type MutableJsonObject } from "../json/json.ts";
import { entryType, type ListSchema, type MapSchema, type TypeSchema } from "../schema/type-schema.ts";
import { validItemElement } from "./list-items.ts";
import { defaultShape, shapeOf } from "./shape.ts";

/**
 * The value without the items and fields that are in the set. What is left empty by that becomes null, which callers
 * avoid by naming the container as well.
 */
export function removeItems(value: JsonValue, fields: FieldSet, type: TypeSchema): JsonValue {
  const { list, map } = type;
  switch (shapeOf(type, value) ?? defaultShape(type)) {
    case "map":
      return map === undefined ? null : removeEntries(value, fields, map);
    case "list":
      return list === undefined ? null : removeFromList(value, fields, list);
    case "scalar":
      return value;
  }
}

function removeEntries(value: JsonValue, fields: FieldSet, map: MapSchema): JsonValue {
  if (!isObject(value) || map.relationship === "atomic") return null;
  const result: MutableJsonObject = {};
  let isEmpty = true;
  for (const key of Object.keys(value)) {
    const item = value[key];
    const node = fields.get(fieldElement(key));
    if (item === undefined || node?.owned === true) continue;
    const type = entryType(map, key);
    const children = type === undefined ? undefined : node?.children;
    setOwn(result, key, children === undefined || type === undefined ? item : removeItems(item, children, type));
    isEmpty = false;
  }
  return isEmpty ? null : result;
}

function removeFromList(value: JsonValue, fields: FieldSet, list: ListSchema): JsonValue {
  if (!isArray(value) || list.relationship === "atomic") return null;
  const result: JsonValue[] = [];
  for (const item of value) {
    const node = fields.get(validItemElement(list, item));
    if (node?.owned === true) continue;
    result.push(node?.children === undefined ? item : removeItems(item, node.children, list.element));
  }
  return result.length === 0 ? null : result;
}
