import type { MappingNode, Node, ScalarNode, ScalarStyle, SequenceNode } from "@sluice/yaml";

/** Makes a scalar. An empty tag means that the text decides: `5` will be a number. */
export function makeScalar(value: string, tag = "", style: ScalarStyle = "plain"): ScalarNode {
  return { kind: "scalar", tag, style, value, line: 0, column: 0 };
}

/** Makes a scalar that stays a string whatever its text looks like. */
export function makeString(value: string): ScalarNode {
  return makeScalar(value, "!!str", value.includes("\n") ? "literal" : "plain");
}

export function makeNull(): ScalarNode {
  return makeScalar("null", "!!null");
}

export function makeMapping(entries: readonly (readonly [string, Node])[] = []): MappingNode {
  const pairs = entries.map(([key, value]) => ({ key: makeScalar(key, "!!str"), value }));
  return { kind: "mapping", tag: "!!map", flow: false, pairs, line: 0, column: 0 };
}

export function makeSequence(items: Node[] = []): SequenceNode {
  return { kind: "sequence", tag: "!!seq", flow: false, items, line: 0, column: 0 };
}

/** Copies a tree; aliases go on pointing at the node of the original. */
export function copyNode<T extends Node>(node: T): T;
export function copyNode(node: Node): Node {
  switch (node.kind) {
    case "scalar":
    case "alias":
      return { ...node };
    case "sequence":
      return { ...node, items: node.items.map(copyNode) };
    case "mapping":
      return { ...node, pairs: node.pairs.map(({ key, value }) => ({ key: copyNode(key), value: copyNode(value) })) };
  }
}
