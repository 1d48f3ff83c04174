import type { MappingNode, Node, ScalarNode, SequenceNode } from "@sluice/yaml";

/** Values that a kustomization file is extended by. `undefined` fields are left out. */
export type PlainValue = string | readonly PlainValue[] | { readonly [field: string]: PlainValue | undefined };

/** The tree of a value. */
export function toNode(value: PlainValue): Node {
  const place = { line: 0, column: 0 };
  if (typeof value === "string") return { kind: "scalar", tag: "!!str", style: "double", value, ...place };
  if (isList(value)) return { kind: "sequence", tag: "!!seq", flow: false, items: value.map(toNode), ...place };
  const pairs = Object.entries(value).flatMap(([field, each]) =>
    each === undefined ? [] : [{ key: toNode(field), value: toNode(each) }],
  );
  return { kind: "mapping", tag: "!!map", flow: false, pairs, ...place };
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

/** The node itself, or what it stands for. */
export function resolveAlias(node: Node): Exclude<Node, { kind: "alias" }> {
  return node.kind === "alias" ? resolveAlias(node.target) : node;
}

/** The value of a field, aliases resolved; `undefined` when there is none or it is null. */
export function findField(mapping: MappingNode, field: string): MappingNode | SequenceNode | ScalarNode | undefined {
  const pair = mapping.pairs.find(({ key }) => resolveAlias(key).kind === "scalar" && scalarText(key) === field);
  if (pair === undefined) return undefined;
  const value = resolveAlias(pair.value);
  return value.kind === "scalar" && value.tag === "!!null" ? undefined : value;
}

/** Puts a field into a mapping, in its old place or at the end. */
export function putField(mapping: MappingNode, field: string, value: Node): void {
  const pair = mapping.pairs.find(({ key }) => scalarText(key) === field);
  if (pair === undefined) mapping.pairs.push({ key: toNode(field), value });
  else pair.value = value;
}

/** Takes a field out of a mapping. */
export function dropField(mapping: MappingNode, field: string): void {
  mapping.pairs = mapping.pairs.filter(({ key }) => scalarText(key) !== field);
}

/** The text of a scalar, `undefined` for anything else. */
export function scalarText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  const resolved = resolveAlias(node);
  return resolved.kind === "scalar" ? resolved.value : undefined;
}
