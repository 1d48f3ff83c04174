import { quoteText } from "../printf/quote.ts";
import { keywords, type Token, type TokenType } from "./token.ts";

export interface Delimiters {
  readonly left: string;
  readonly right: string;
}

const word = /[\p{L}\p{Nd}_]*/uy;
const wordCharacter = /[\p{L}\p{Nd}_]/u;
const spaces = /[ \t\r\n]*/y;
const trailingSpaces = /[ \t\r\n]*$/;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"/y;
const characterConstant = /'(?:[^'\\\n]|\\[^\n])*'/y;
const hexNumber = /[+-]?0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?i?/y;
const octalNumber = /[+-]?0[oO][0-7_]*(?:\.[0-7_]*)?i?/y;
const binaryNumber = /[+-]?0[bB][01_]*(?:\.[01_]*)?i?/y;
const decimalNumber = /[+-]?[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?i?/y;

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Cuts template text into tokens, on demand since keywords depend on the functions that the parser knows. */
export class Lexer {
  readonly #text: string;
  readonly #left: string;
  readonly #right: string;
  readonly #isFunction: (name: string) => boolean;
  #pos = 0;
  #isInside = false;
  #parens = 0;
  /** The line of `#countedTo`; positions only grow. */
  #line = 1;
  #countedTo = 0;
  #failure: Token | undefined;

  constructor(text: string, delimiters: Delimiters, isFunction: (name: string) => boolean) {
    this.#text = text;
    this.#left = delimiters.left;
    this.#right = delimiters.right;
    this.#isFunction = isFunction;
  }

  next(): Token {
    if (this.#failure !== undefined) return { type: "eof", pos: 0, value: "EOF", line: this.#failure.line };
    return this.#isInside ? this.#lexAction() : this.#lexText();
  }

  #lineAt(pos: number): number {
    for (let at = this.#text.indexOf("\n", this.#countedTo); at >= 0 && at < pos; at = this.#text.indexOf("\n", at + 1))
      this.#line++;
    this.#countedTo = Math.max(pos, this.#countedTo);
    return this.#line;
  }

  #emit(type: TokenType, end: number, start = this.#pos): Token {
    this.#pos = end;
    return { type, pos: start, value: this.#text.slice(start, end), line: this.#lineAt(start) };
  }

  #fail(message: string): Token {
    this.#failure = { type: "error", pos: this.#pos, value: message, line: this.#lineAt(this.#pos) };
    return this.#failure;
  }

  #lexText(): Token {
    for (;;) {
      const text = this.#text;
      const start = this.#pos;
      const open = text.indexOf(this.#left, start);
      if (open < 0) {
        if (start < text.length) return this.#emit("text", text.length);
        return { type: "eof", pos: start, value: "EOF", line: this.#lineAt(start) };
      }
      const afterDelim = open + this.#left.length;
      const trims = text[afterDelim] === "-" && isSpace(text[afterDelim + 1]);
      if (open > start) {
        const before = text.slice(start, open);
        const end = trims ? before.search(trailingSpaces) + start : open;
        this.#pos = open;
        if (end > start) return { ...this.#emit("text", end, start), line: this.#resume(open, start) };
      }
      const content = afterDelim + (trims ? 2 : 0);
      if (!text.startsWith("/*", content)) {
        const token = this.#emit("leftDelim", afterDelim);
        this.#pos = content;
        this.#isInside = true;
        this.#parens = 0;
        return token;
      }
      this.#pos = content;
      const failure = this.#skipComment();
      if (failure !== undefined) return failure;
    }
  }

  /** Continues at a place behind a token that was cut shorter, and tells the token's line. */
  #resume(pos: number, start: number): number {
    const line = this.#lineAt(start);
    this.#pos = pos;
    return line;
  }

  #skipComment(): Token | undefined {
    const close = this.#text.indexOf("*/", this.#pos + 2);
    if (close < 0) return this.#fail("unclosed comment");
    const end = close + 2;
    const delim = this.#rightDelim(end);
    if (delim === undefined) return this.#fail("comment ends before closing delimiter");
    this.#pos = this.#afterRightDelim(end, delim);
    return undefined;
  }

  /** The closing delimiter at a place: its length with a trim marker. */
  #rightDelim(at: number): { readonly length: number; readonly trims: boolean } | undefined {
    const text = this.#text;
    if (isSpace(text[at]) && text[at + 1] === "-" && text.startsWith(this.#right, at + 2))
      return { length: this.#right.length + 2, trims: true };
    if (text.startsWith(this.#right, at)) return { length: this.#right.length, trims: false };
    return undefined;
  }

  #afterRightDelim(at: number, delim: { readonly length: number; readonly trims: boolean }): number {
    const end = at + delim.length;
    return delim.trims ? end + (matchAt(spaces, this.#text, end)?.length ?? 0) : end;
  }

  #lexAction(): Token {
    const text = this.#text;
    const at = this.#pos;
    const delim = this.#rightDelim(at);
    if (delim !== undefined) {
      if (this.#parens > 0) return this.#fail("unclosed left paren");
      return this.#closeAction(at, delim);
    }
    const code = text.codePointAt(at);
    if (code === undefined) return this.#fail("unclosed action");
    const character = String.fromCodePoint(code);
    if (isSpace(character)) return this.#lexSpace();
    switch (character) {
      case "=":
        return this.#emit("assign", at + 1);
      case ":":
        return text[at + 1] === "=" ? this.#emit("declare", at + 2) : this.#fail("expected :=");
      case "|":
        return this.#emit("pipe", at + 1);
      case '"':
        return this.#lexDelimited("string", quoted, "unterminated quoted string");
      case "`": {
        const close = text.indexOf("`", at + 1);
        return close < 0 ? this.#fail("unterminated raw quoted string") : this.#emit("rawString", close + 1);
      }
      case "'":
        return this.#lexDelimited("charConstant", characterConstant, "unterminated character constant");
      case "$":
        return this.#lexName("variable", at + 1);
      case "(":
        this.#parens++;
        return this.#emit("leftParen", at + 1);
      case ")":
        this.#parens--;
        return this.#parens < 0 ? this.#fail("unexpected right paren") : this.#emit("rightParen", at + 1);
    }
    if (character === "." && at + 1 < text.length && !/[0-9]/.test(text[at + 1] ?? ""))
      return this.#lexName("field", at + 1);
    if (/[.+\-0-9]/.test(character)) return this.#lexNumber();
    if (wordCharacter.test(character)) return this.#lexIdentifier();
    if (code >= 0x20 && code < 0x7f) return this.#emit("char", at + 1);
    return this.#fail(`unrecognized character in action: ${describeRune(code)}`);
  }

  #closeAction(at: number, delim: { readonly length: number; readonly trims: boolean }): Token {
    const token: Token = {
      type: "rightDelim",
      pos: at + delim.length - this.#right.length,
      value: this.#right,
      line: this.#lineAt(at + delim.length - this.#right.length),
    };
    this.#pos = this.#afterRightDelim(at, delim);
    this.#isInside = false;
    return token;
  }

  #lexSpace(): Token {
    const start = this.#pos;
    let end = start + (matchAt(spaces, this.#text, start)?.length ?? 0);
    // The last blank may belong to a trimming delimiter.
    const delim = this.#rightDelim(end - 1);
    if (delim?.trims === true) {
      if (end - start === 1) return this.#closeAction(start, delim);
      end--;
    }
    return this.#emit("space", end);
  }

  #lexDelimited(type: TokenType, pattern: RegExp, problem: string): Token {
    const match = matchAt(pattern, this.#text, this.#pos);
    return match === undefined ? this.#fail(problem) : this.#emit(type, this.#pos + match.length);
  }

  /** A field or a variable: the mark is scanned, a name may follow. */
  #lexName(type: "field" | "variable", after: number): Token {
    const end = after + (matchAt(word, this.#text, after)?.length ?? 0);
    if (!this.#isTerminator(end)) return this.#badCharacter(end);
    if (end === after) return this.#emit(type === "variable" ? "variable" : "dot", end);
    return this.#emit(type, end);
  }

  #lexIdentifier(): Token {
    const name = matchAt(word, this.#text, this.#pos) ?? "";
    const end = this.#pos + name.length;
    if (!this.#isTerminator(end)) return this.#badCharacter(end);
    const keyword = keywords.get(name);
    const isShadowed = (keyword === "break" || keyword === "continue") && this.#isFunction(keyword);
    if (keyword !== undefined && !isShadowed) return this.#emit(keyword, end);
    return this.#emit(name === "true" || name === "false" ? "bool" : "identifier", end);
  }

  #lexNumber(): Token {
    const end = this.#scanNumber(this.#pos);
    if (end === undefined || end.isBad) return this.#badNumber(end?.end ?? this.#pos);
    const sign = this.#text[end.end];
    if (sign !== "+" && sign !== "-") return this.#emit("number", end.end);
    const second = this.#scanNumber(end.end);
    if (second === undefined || second.isBad || this.#text[second.end - 1] !== "i")
      return this.#badNumber(second?.end ?? end.end);
    return this.#emit("complex", second.end);
  }

  #scanNumber(at: number): { readonly end: number; readonly isBad: boolean } | undefined {
    const patterns = [hexNumber, octalNumber, binaryNumber, decimalNumber];
    for (const pattern of patterns) {
      const match = matchAt(pattern, this.#text, at);
      if (match === undefined) continue;
      const end = at + match.length;
      const next = this.#text.codePointAt(end);
      const isBad = next !== undefined && wordCharacter.test(String.fromCodePoint(next));
      return { end: isBad ? end + String.fromCodePoint(next).length : end, isBad };
    }
    return undefined;
  }

  #badNumber(end: number): Token {
    return this.#fail(`bad number syntax: ${quoteText(this.#text.slice(this.#pos, end))}`);
  }

  #badCharacter(at: number): Token {
    return this.#fail(`bad character ${describeRune(this.#text.codePointAt(at) ?? 0xfffd)}`);
  }

  /** Whether an identifier may end here; `$x+2` is not acceptable without a blank. */
  #isTerminator(at: number): boolean {
    const character = this.#text[at];
    if (character === undefined || isSpace(character) || ".,|:)(".includes(character)) return true;
    return this.#text.startsWith(this.#right, at);
  }
}

/** Go's `%#U`. */
export function describeRune(code: number): string {
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const isPrintable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(String.fromCodePoint(code));
  return isPrintable ? `${number} '${String.fromCodePoint(code)}'` : number;
}
