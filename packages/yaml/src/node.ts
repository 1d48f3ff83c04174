/** How a scalar was written. `plain` has no quotes. */
export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

/** What every node carries beside its content. Comments keep their `#` and hold several lines joined by `\n`. */
export interface NodeBase {
  /** Resolved short tag: `!!str`, `!!int`, `!!map`, … or a foreign one as written (`!custom`). */
  tag: string;
  /** Whether the tag stood in the source and is written out again. */
  explicitTag?: boolean;
  anchor?: string;
  /** Lines above the node, none between. */
  headComment?: string;
  /** After the node, on its line. */
  lineComment?: string;
  /** Lines below the node, before an empty line. */
  footComment?: string;
  /** On a root: the comment above the document, separated from its content by an empty line. */
  documentHeadComment?: string;
  /** On a root: the comment below the document's content. */
  documentFootComment?: string;
  /** One-based place in the source, 0 when the node was made by a program. */
  line: number;
  column: number;
}

export interface ScalarNode extends NodeBase {
  kind: "scalar";
  style: ScalarStyle;
  /** The text after unescaping, before typing: `yes`, `0x10`, `null`. */
  value: string;
}

export interface SequenceNode extends NodeBase {
  kind: "sequence";
  flow: boolean;
  items: Node[];
}

/** One entry of a mapping, in source order. Keys are scalars in all but exotic documents. */
export interface Pair {
  key: Node;
  value: Node;
}

export interface MappingNode extends NodeBase {
  kind: "mapping";
  flow: boolean;
  pairs: Pair[];
}

export interface AliasNode extends NodeBase {
  kind: "alias";
  /** The anchored node itself. */
  target: Node;
}

/**
 * A YAML node as go-yaml's `yaml.Node` models it: one mutable tree per document that keeps styles and comments, so
 * that writing it again changes nothing but what was changed.
 */
export type Node = ScalarNode | SequenceNode | MappingNode | AliasNode;
