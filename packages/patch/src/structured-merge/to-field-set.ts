import { emptyFieldSet, leafNode, type FieldNode, type FieldSet } from "../field-path/field-set.ts";
import { fieldElement, type PathElement } from "../field-path/path-element.ts";
import { isArray, isObject, type JsonValue } from "../json/json.ts";
import { entryType, type ListSchema, type MapSchema, type TypeSchema } from "../schema/type-schema.ts";
import { validItemElement } from "./list-items.ts";
import { defaultShape, shapeOf } from "./shape.ts";

/**
 * The fields that somebody who applies this value owns: every leaf, every item of associative lists, every entry of
 * maps, and empty maps. The value must be valid; duplicate items are one leaf.
 */
export function toFieldSet(value: JsonValue, type: TypeSchema): FieldSet {
  return visit(value, type).children ?? emptyFieldSet;
}

const nothing: FieldNode = { owned: false, children: undefined };

function visit(value: JsonValue, type: TypeSchema): FieldNode {
  const { list, map } = type;
  switch (shapeOf(type, value) ?? defaultShape(type)) {
    case "map":
      return map === undefined ? nothing : visitMap(value, map);
    case "list":
      return list === undefined ? nothing : visitList(value, list);
    case "scalar":
      return leafNode;
  }
}

function visitMap(value: JsonValue, map: MapSchema): FieldNode {
  if (map.relationship === "atomic") return leafNode;
  if (!isObject(value)) return nothing;
  const set = new Map<PathElement, FieldNode>();
  for (const key of Object.keys(value)) {
    const item = value[key];
    const type = entryType(map, key);
    if (item === undefined || type === undefined) continue;
    const { owned, children } = visit(item, type);
    addNode(set, fieldElement(key), owned || isEmpty(item) || !map.fields.has(key), children);
  }
  return toNode(set);
}

function isEmpty(value: JsonValue): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

function visitList(value: JsonValue, list: ListSchema): FieldNode {
  if (list.relationship === "atomic") return leafNode;
  if (!isArray(value)) return nothing;
  const set = new Map<PathElement, FieldNode>();
  for (const item of value) {
    const element = validItemElement(list, item);
    if (set.has(element)) set.set(element, leafNode);
    else addNode(set, element, true, visit(item, list.element).children);
  }
  return toNode(set);
}

function addNode(
  set: Map<PathElement, FieldNode>,
  element: PathElement,
  owned: boolean,
  children: FieldSet | undefined,
): void {
  if (children !== undefined) set.set(element, { owned, children });
  else if (owned) set.set(element, leafNode);
}

function toNode(children: FieldSet): FieldNode {
  return children.size === 0 ? nothing : { owned: false, children };
}
