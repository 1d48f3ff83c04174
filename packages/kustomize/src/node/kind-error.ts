import { formatNode, type MappingNode, type Node, type ScalarNode, type SequenceNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { isMissingOrNull } from "./test.ts";

const kindNames = {
  mapping: "MappingNode",
  sequence: "SequenceNode",
  scalar: "ScalarNode",
  alias: "AliasNode",
} as const;

/** A node of another kind than the operation can work on. */
export class NodeKindError extends KustomizeError {
  readonly actual: Node["kind"];

  constructor(node: Node, expected: Node["kind"]) {
    const kinds = `wrong node kind: expected ${kindNames[expected]} but got ${kindNames[node.kind]}`;
    super("InvalidField", `${kinds}: node contents:\n${formatNode(node)}`);
    this.actual = node.kind;
  }
}

/** The node as a mapping; `undefined` for null. Throws {@link NodeKindError} for other kinds. */
export function asMapping(node: Node | undefined): MappingNode | undefined {
  if (node === undefined || isMissingOrNull(node)) return undefined;
  if (node.kind !== "mapping") throw new NodeKindError(node, "mapping");
  return node;
}

/** The node as a sequence; `undefined` for null. Throws {@link NodeKindError} for other kinds. */
export function asSequence(node: Node | undefined): SequenceNode | undefined {
  if (node === undefined || isMissingOrNull(node)) return undefined;
  if (node.kind !== "sequence") throw new NodeKindError(node, "sequence");
  return node;
}

/** The node as a scalar; `undefined` for null. Throws {@link NodeKindError} for other kinds. */
export function asScalar(node: Node | undefined): ScalarNode | undefined {
  if (node === undefined || isMissingOrNull(node)) return undefined;
  if (node.kind !== "scalar") throw new NodeKindError(node, "scalar");
  return node;
}
