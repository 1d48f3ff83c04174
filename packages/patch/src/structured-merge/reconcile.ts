import { leafNode, type FieldNode, type FieldSet } from "../field-path/field-set.ts";
import type { PathElement } from "../field-path/path-element.ts";
import { entryType, isDeducedMap, type TypeSchema } from "../schema/type-schema.ts";
import { defaultShape } from "./shape.ts";

/**
 * Adapts a set that was written under an older schema: below what is atomic now nothing can be owned, so the owner of
 * a part becomes the owner of the whole. Returns the set itself when nothing changes.
 */
export function reconcileWithSchema(set: FieldSet, type: TypeSchema): FieldSet {
  return mapNodes(set, type, (node, below) => reconcileNode(node, below));
}

function reconcileNode(node: FieldNode, type: TypeSchema): FieldNode {
  if (node.children === undefined) return node;
  const shape = defaultShape(type);
  if (shape === "scalar" || (type.map !== undefined && isDeducedMap(type.map))) return node;
  if ((shape === "map" ? type.map : type.list)?.relationship === "atomic") return leafNode;
  const children = reconcileWithSchema(node.children, type);
  return children === node.children ? node : { owned: node.owned, children };
}

/**
 * The set together with the named fields on the way to what is in it. Entries of maps and items of lists are left as
 * they are: those are owned on their own account.
 */
export function withNamedFields(set: FieldSet, type: TypeSchema | undefined): FieldSet {
  return mapNodes(set, type, (node, below, isNamedField) => {
    if (node.children === undefined) return node;
    const owned = node.owned || isNamedField;
    const children = withNamedFields(node.children, below);
    return owned === node.owned && children === node.children ? node : { owned, children };
  });
}

function mapNodes<T extends TypeSchema | undefined>(
  set: FieldSet,
  type: T,
  change: (node: FieldNode, type: TypeSchema, isNamedField: boolean) => FieldNode,
): FieldSet {
  if (type === undefined) return set;
  let result: Map<PathElement, FieldNode> | undefined;
  for (const [element, node] of set) {
    const isField = element.startsWith("f:");
    const name = element.slice(2);
    const below = isField ? type.map && entryType(type.map, name) : type.list?.element;
    if (below === undefined) continue;
    const changed = change(node, below, isField && type.map?.fields.has(name) === true);
    if (changed !== node) (result ??= new Map(set)).set(element, changed);
  }
  return result ?? set;
}
