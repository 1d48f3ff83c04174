import type { Node } from "../node.ts";
import { Emitter } from "./emitter.ts";

export interface FormatOptions {
  /** Columns per level of mappings, 2 to 9. Default 2, as kyaml sets it; go-yaml v3's own default is 4. */
  readonly indent?: number;
  /**
   * Whether the `- ` of a sequence inside a mapping counts as its indentation, so that with `indent` 2 items stand
   * below their key. Default true, as kyaml sets it.
   */
  readonly compactSequences?: boolean;
  /** Whether the comments around the documents (`documentHeadComment`, `documentFootComment`) are written. Default true. */
  readonly documentComments?: boolean;
}

/**
 * Writes a tree as go-yaml v3's encoder writes a `yaml.Node`: one document without separators, lines never folded.
 * @throws YamlError `Unrepresentable` for anchors that are not words, `LimitExceeded` for trees nested too deep.
 */
export function formatNode(node: Node, options: FormatOptions = {}): string {
  return formatDocuments([node], options);
}

/** Writes trees as one stream of documents, separated by `---` lines. */
export function formatDocuments(nodes: Iterable<Node>, options: FormatOptions = {}): string {
  const emitter = new Emitter({ indent: options.indent ?? 2, compactSequences: options.compactSequences ?? true });
  const withComments = options.documentComments !== false;
  for (const node of nodes) {
    const head = withComments ? (node.documentHeadComment ?? "") : "";
    const foot = withComments ? (node.documentFootComment ?? "") : "";
    emitter.writeDocument(node, head, foot);
  }
  return emitter.text;
}
