import { YamlError } from "../errors.ts";
import type { MappingNode, Node } from "../node.ts";
import { resolveImplicitTag } from "../resolve/resolve-tag.ts";

/** Comparisons beyond these are given up: aliases can make a small text mean a huge or endless tree. */
const MAX_STEPS = 10_000_000;
const MAX_DEPTH = 1000;

/**
 * Whether two trees mean the same: types and texts of scalars, items in order, fields in any order. Styles, comments
 * and anchors do not count; aliases count as what they point to.
 * @throws YamlError `LimitExceeded` for trees that are cyclic or too large.
 */
export function nodesEqual(left: Node, right: Node): boolean {
  return new Comparison().equal(left, right, 0);
}

class Comparison {
  #steps = 0;

  equal(left: Node, right: Node, depth: number): boolean {
    if (++this.#steps > MAX_STEPS || depth > MAX_DEPTH) {
      throw new YamlError("LimitExceeded", "yaml: trees are too large to be compared");
    }
    const a = left.kind === "alias" ? left.target : left;
    const b = right.kind === "alias" ? right.target : right;
    if (a === b) return true;
    if (a.kind === "scalar") return b.kind === "scalar" && a.value === b.value && tagOf(a) === tagOf(b);
    if (a.kind === "sequence") {
      if (b.kind !== "sequence" || a.items.length !== b.items.length) return false;
      for (const [index, item] of a.items.entries()) {
        const other = b.items[index];
        if (other === undefined || !this.equal(item, other, depth + 1)) return false;
      }
      return true;
    }
    return a.kind === "mapping" && b.kind === "mapping" && this.#mappingsEqual(a, b, depth);
  }

  #mappingsEqual(a: MappingNode, b: MappingNode, depth: number): boolean {
    if (a.pairs.length !== b.pairs.length) return false;
    const used = new Set<number>();
    for (const [place, { key, value }] of a.pairs.entries()) {
      // Fields mostly stand at the same place in both.
      const inPlace = b.pairs[place];
      let found = !used.has(place) && inPlace !== undefined && this.equal(key, inPlace.key, depth + 1) ? place : -1;
      if (found === -1) found = b.pairs.findIndex((pair, i) => !used.has(i) && this.equal(key, pair.key, depth + 1));
      const other = b.pairs[found];
      if (other === undefined || !this.equal(value, other.value, depth + 1)) return false;
      used.add(found);
    }
    return true;
  }
}

function tagOf(node: Node & { kind: "scalar" }): string {
  if (node.tag !== "") return node.tag;
  return node.style === "plain" ? resolveImplicitTag(node.value) : "!!str";
}
