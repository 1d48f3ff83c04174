import type { MappingNode, Node } from "../node.ts";
import { resolveImplicitTag } from "../resolve/resolve-tag.ts";

/**
 * Whether two trees mean the same: types and texts of scalars, items in order, fields in any order. Styles, comments
 * and anchors do not count; aliases count as what they point to.
 */
export function nodesEqual(left: Node, right: Node): boolean {
  const a = left.kind === "alias" ? left.target : left;
  const b = right.kind === "alias" ? right.target : right;
  if (a === b) return true;
  if (a.kind === "scalar") return b.kind === "scalar" && a.value === b.value && tagOf(a) === tagOf(b);
  if (a.kind === "sequence") {
    if (b.kind !== "sequence" || a.items.length !== b.items.length) return false;
    return a.items.every((item, index) => {
      const other = b.items[index];
      return other !== undefined && nodesEqual(item, other);
    });
  }
  return a.kind === "mapping" && b.kind === "mapping" && mappingsEqual(a, b);
}

function mappingsEqual(a: MappingNode, b: MappingNode): boolean {
  if (a.pairs.length !== b.pairs.length) return false;
  const used = new Set<number>();
  return a.pairs.every(({ key, value }, place) => {
    // Fields mostly stand at the same place in both.
    const inPlace = b.pairs[place];
    let found = !used.has(place) && inPlace !== undefined && nodesEqual(key, inPlace.key) ? place : -1;
    if (found === -1) found = b.pairs.findIndex((pair, index) => !used.has(index) && nodesEqual(key, pair.key));
    const other = b.pairs[found];
    if (other === undefined) return false;
    used.add(found);
    return nodesEqual(value, other.value);
  });
}

function tagOf(node: Node & { kind: "scalar" }): string {
  if (node.tag !== "") return node.tag;
  return node.style === "plain" ? resolveImplicitTag(node.value) : "!!str";
}
