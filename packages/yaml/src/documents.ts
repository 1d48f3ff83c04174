import { YamlError } from "./errors.ts";
import { defaultMaxDepth, defaultMaxLength, defaultMaxNodes, type ParseLimits } from "./limits.ts";
import type { Node } from "./node.ts";
import { Composer } from "./parse/composer.ts";

export interface ParseOptions extends ParseLimits {
  /** Whether comments are kept. Default true; false is faster. */
  readonly comments?: boolean;
}

/**
 * Reads all documents of a text into trees as go-yaml v3 decodes them into `yaml.Node`. An empty document is a null
 * scalar; a text without any document (empty, or comments only) gives none.
 * @throws YamlError with Go's message.
 */
export function parseDocuments(text: string, options: ParseOptions = {}): Node[] {
  const composer = openComposer(text, options, "v3");
  const roots: Node[] = [];
  for (let next = composer.next(); next !== undefined; next = composer.next()) {
    if (next.headComment !== "") next.root.documentHeadComment = next.headComment;
    if (next.footComment !== "") next.root.documentFootComment = next.footComment;
    roots.push(next.root);
  }
  return roots;
}

/** Reads the first document of a text; `undefined` when there is none. What follows it is not looked at, as in Go. */
export function parseDocument(text: string, options: ParseOptions = {}): Node | undefined {
  const next = openComposer(text, options, "v3").next();
  if (next === undefined) return undefined;
  if (next.headComment !== "") next.root.documentHeadComment = next.headComment;
  if (next.footComment !== "") next.root.documentFootComment = next.footComment;
  return next.root;
}

/** Starts reading a text within the caller's limits. */
export function openComposer(text: string, options: ParseOptions, dialect: "v2" | "v3"): Composer {
  const maxLength = options.maxLength ?? defaultMaxLength;
  if (text.length > maxLength) {
    throw new YamlError("LimitExceeded", `yaml: text of ${text.length} characters exceeds the limit of ${maxLength}`);
  }
  return new Composer(text, {
    dialect,
    comments: dialect === "v3" && options.comments !== false,
    maxDepth: options.maxDepth ?? defaultMaxDepth,
    maxNodes: options.maxNodes ?? defaultMaxNodes,
  });
}
