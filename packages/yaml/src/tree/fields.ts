import type { MappingNode, Node, Pair } from "../node.ts";
import { scalar } from "./make.ts";

/** The pair with a scalar key of this text, whatever the key's type; the first, where there are several. */
export function findPair(node: Node, key: string): Pair | undefined {
  if (node.kind !== "mapping") return undefined;
  for (const pair of node.pairs) {
    if (pair.key.kind === "scalar" && pair.key.value === key) return pair;
  }
  return undefined;
}

/** The value of a field; `undefined` when there is none or the node is not a mapping. */
export function getField(node: Node, key: string): Node | undefined {
  return findPair(node, key)?.value;
}

/** The node at the end of a path of fields and sequence indices; `undefined` when the path breaks off. */
export function getIn(node: Node, path: Iterable<string | number>): Node | undefined {
  let current: Node | undefined = node;
  for (const step of path) {
    if (current?.kind === "alias") current = current.target;
    if (current === undefined) return undefined;
    if (typeof step === "string") current = getField(current, step);
    else current = current.kind === "sequence" ? current.items[step] : undefined;
  }
  return current;
}

/** Sets a field, keeping its key and place, or appends it. The value becomes part of the tree. */
export function setField(node: MappingNode, key: string, value: Node): void {
  const pair = findPair(node, key);
  if (pair === undefined) node.pairs.push({ key: scalar(key), value });
  else pair.value = value;
}

/** Removes a field and returns its value; `undefined` when there was none. */
export function removeField(node: MappingNode, key: string): Node | undefined {
  const index = node.pairs.findIndex((pair) => pair.key.kind === "scalar" && pair.key.value === key);
  return index === -1 ? undefined : node.pairs.splice(index, 1)[0]?.value;
}
