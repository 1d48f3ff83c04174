/** Tells whether a code point belongs to a class. */
export type CharacterTest = (code: number) => boolean;

/** A position that an expression asks for, without consuming anything. */
export type Assertion = "textStart" | "textEnd" | "lineStart" | "lineEnd" | "wordBoundary" | "noWordBoundary";

/** A parsed expression. */
export type Expression =
  | { readonly type: "empty" }
  | { readonly type: "character"; readonly test: CharacterTest }
  | { readonly type: "assertion"; readonly assertion: Assertion }
  | { readonly type: "sequence"; readonly parts: readonly Expression[] }
  | { readonly type: "choice"; readonly options: readonly Expression[] }
  | { readonly type: "repeat"; readonly part: Expression; readonly least: number; readonly most: number };

/** Why a pattern is no expression, in Go's words. */
export class RegExpSyntaxError extends Error {
  constructor(problem: string, excerpt: string) {
    super(`error parsing regexp: ${problem}: \`${excerpt}\``);
    this.name = "RegExpSyntaxError";
  }
}
