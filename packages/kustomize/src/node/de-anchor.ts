import type { MappingNode, Node, Pair } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { copyNode } from "./make.ts";

/** Most nodes that one document's aliases may be expanded to. */
export const maximumExpandedNodes = 250_000;

/** Replaces aliases by copies and carries out merges (`<<`), in place. Throws `LimitExceeded` on alias bombs. */
export function deAnchor(root: Node): Node {
  return new Expander().expand(root);
}

class Expander {
  #copied = 0;
  readonly #open = new Set<Node>();

  expand(node: Node): Node {
    delete node.anchor;
    switch (node.kind) {
      case "scalar":
        return node;
      case "alias":
        return this.#copy(this.#guarded(node.target));
      case "sequence":
        this.#open.add(node);
        for (const [index, item] of node.items.entries()) node.items[index] = this.expand(item);
        this.#open.delete(node);
        return node;
      case "mapping":
        this.#open.add(node);
        this.#merge(node);
        for (const pair of node.pairs) {
          pair.key = this.expand(pair.key);
          pair.value = this.expand(pair.value);
        }
        this.#open.delete(node);
        return node;
    }
  }

  #guarded(target: Node): Node {
    if (this.#open.has(target)) {
      throw new KustomizeError("MalformedYAML", `yaml: anchor '${target.anchor ?? ""}' value contains itself`);
    }
    return this.expand(target);
  }

  #copy(node: Node): Node {
    this.#count(node);
    return copyNode(node);
  }

  #count(node: Node): void {
    if (++this.#copied > maximumExpandedNodes) {
      throw new KustomizeError("LimitExceeded", "yaml: document contains excessive aliasing");
    }
    if (node.kind === "sequence") for (const item of node.items) this.#count(item);
    else if (node.kind === "mapping") {
      for (const { key, value } of node.pairs) {
        this.#count(key);
        this.#count(value);
      }
    }
  }

  #merge(node: MappingNode): void {
    const merges = node.pairs.filter(({ key }) => key.tag === "!!merge");
    if (merges.length > 1) throw new KustomizeError("MalformedYAML", "duplicate merge key");
    const index = node.pairs.findIndex(({ key }) => key.kind === "scalar" && key.value === "<<");
    if (index < 0) return;
    node.pairs.splice(index, 1);
    const [merge] = merges;
    if (merge === undefined) return;
    const own = node.pairs;
    const merged = new Map<string, Pair>();
    for (const source of mergeSources(merge.value)) {
      if (this.#open.has(source)) throw new KustomizeError("MalformedYAML", "yaml: anchor value contains itself");
      this.#merge(source);
      for (const pair of source.pairs)
        merged.set(keyOf(pair), { key: this.#copy(pair.key), value: this.#copy(pair.value) });
    }
    for (const pair of own) merged.delete(keyOf(pair));
    node.pairs = [...own, ...merged.values()];
  }
}

function keyOf({ key }: Pair): string {
  return key.kind === "scalar" ? key.value : "";
}

/** The mappings that a merge names, weakest first. */
function mergeSources(value: Node): MappingNode[] {
  switch (value.kind) {
    case "mapping":
      return [value];
    case "alias":
      if (value.target.kind === "mapping") return [value.target];
      throw new KustomizeError("MalformedYAML", "invalid map merge: received alias for a non-map value");
    case "sequence":
      return value.items
        .map((item) => {
          if (item.kind === "sequence") {
            throw new KustomizeError("MalformedYAML", "invalid map merge: received a nested sequence");
          }
          return mergeSources(item);
        })
        .toReversed()
        .flat();
    case "scalar":
      throw new KustomizeError("MalformedYAML", "map merge requires map or sequence of maps as the value");
  }
}
