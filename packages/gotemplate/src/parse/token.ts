export type Keyword =
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "range"
  | "nil"
  | "template"
  | "with";

export type TokenType =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "complex"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | Keyword;

/** A piece of template text. */
export interface Token {
  readonly type: TokenType;
  /** Offset in the text, in UTF-16 units. */
  readonly pos: number;
  /** The text of the token; of an error, its message. */
  readonly value: string;
  /** One-based line at which it begins. */
  readonly line: number;
}

export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>(
  (["block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with"] as const).map(
    (word) => [word, word],
  ),
);
