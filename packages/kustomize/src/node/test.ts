import type { Node } from "@sluice/yaml";

/** Whether there is no node, or a null one. */
export function isMissingOrNull(node: Node | undefined): boolean {
  return node === undefined || node.tag === "!!null";
}

/** Whether the node is there and null. */
export function isNull(node: Node | undefined): boolean {
  return node !== undefined && node.tag === "!!null";
}

/** Whether there is no node, a null one, or an empty collection. */
export function isNilOrEmpty(node: Node | undefined): boolean {
  if (node === undefined || node.tag === "!!null") return true;
  if (node.kind === "mapping") return node.pairs.length === 0;
  return node.kind === "sequence" && node.items.length === 0;
}

/** Whether the node is a scalar that is, or may be, a string. */
export function isStringScalar(node: Node): boolean {
  return node.kind === "scalar" && (node.tag === "!!str" || node.tag === "");
}

/** The text of a scalar; empty for null, for collections and for nothing. */
export function textOf(node: Node | undefined): string {
  return node === undefined || node.kind !== "scalar" || node.tag === "!!null" ? "" : node.value;
}
