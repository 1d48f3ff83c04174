import type { Node } from "../node.ts";

/** Copies a tree. Aliases to nodes inside it point into the copy, others to where they pointed. */
export function cloneNode<T extends Node>(node: T): T {
  const anchored = new Map<Node, Node>();
  return copy(node, anchored);
}

function copy<T extends Node>(node: T, anchored: Map<Node, Node>): T {
  const clone: T = { ...node };
  // An alias stands behind its anchor, except within the anchored node itself: so note the copy first.
  if (node.anchor !== undefined) anchored.set(node, clone);
  if (clone.kind === "sequence") clone.items = clone.items.map((item) => copy(item, anchored));
  else if (clone.kind === "mapping") {
    clone.pairs = clone.pairs.map(({ key, value }) => ({ key: copy(key, anchored), value: copy(value, anchored) }));
  } else if (clone.kind === "alias") clone.target = anchored.get(clone.target) ?? clone.target;
  return clone;
}
