/**
 * A comment between its discovery and its attribution. One of the three texts is set. It is handed to the first token
 * at or behind {@link Comment.tokenIndex} that the composer looks at.
 */
export interface Comment {
  tokenIndex: number;
  /** Where the search for comments began that found this one. */
  readonly scanIndex: number;
  readonly startIndex: number;
  readonly startLine: number;
  /** One-based for comments on their own line, zero-based for line comments, as in Go. */
  readonly startColumn: number;
  readonly endIndex: number;
  head: string;
  line: string;
  readonly foot: string;
}
