import type { ScalarStyle } from "../node.ts";

/** What a token is. Numbers, because the scanner and the composer compare them for every few characters of text. */
export const TokenKind = {
  StreamStart: 1,
  StreamEnd: 2,
  VersionDirective: 3,
  TagDirective: 4,
  DocumentStart: 5,
  DocumentEnd: 6,
  BlockSequenceStart: 7,
  BlockMappingStart: 8,
  BlockEnd: 9,
  FlowSequenceStart: 10,
  FlowSequenceEnd: 11,
  FlowMappingStart: 12,
  FlowMappingEnd: 13,
  BlockEntry: 14,
  FlowEntry: 15,
  Key: 16,
  Value: 17,
  Alias: 18,
  Anchor: 19,
  Tag: 20,
  Scalar: 21,
} as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/**
 * One token, and up to two more that Go's scanner would put before it at the same place: the start of a block
 * collection and the key mark of an implicit key (`a` in `a: b` is both). Carrying them as flags saves inserting
 * tokens into the queue when a `:` turns up later.
 */
export class Token {
  readonly kind: TokenKind;
  readonly index: number;
  /** Zero-based. */
  readonly line: number;
  /** Zero-based. */
  readonly column: number;
  /** Scalar text, anchor name, tag handle or directive handle. */
  value = "";
  /** Tag suffix or directive prefix. */
  suffix = "";
  style: ScalarStyle = "plain";
  /** The block collection start still to be consumed before this token, or 0. */
  opens: 0 | typeof TokenKind.BlockSequenceStart | typeof TokenKind.BlockMappingStart = 0;
  /** Whether an implicit key mark is still to be consumed before this token. */
  isKey = false;
  /** Whether a `:` on the same line could still make this token a key. */
  mayBeKey = false;
  /** Whether this is the first `-` of its block sequence; unlike `opens`, never reset. */
  openedSequence = false;

  constructor(kind: TokenKind, index: number, line: number, column: number) {
    this.kind = kind;
    this.index = index;
    this.line = line;
    this.column = column;
  }
}
