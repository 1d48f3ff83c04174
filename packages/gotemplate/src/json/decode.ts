import { FunctionError } from "../errors.ts";
import { quoteRune } from "../printf/quote.ts";
import type { Value } from "../value/value.ts";

const literals: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };
const token = /[ \t\r\n]*/y;

/** Finds the first mistake and describes it as Go's scanner does. Only for texts that are not JSON. */
class JsonChecker {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  check(): void {
    this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("after top-level value");
  }

  #skip(): void {
    token.lastIndex = this.#at;
    this.#at += token.exec(this.#text)?.[0].length ?? 0;
  }

  #fail(context: string): never {
    const code = this.#text.codePointAt(this.#at);
    // At the end Go's scanner tries a blank, which some places refuse.
    if (code === undefined && /^(?:in (?!string literal)|after decimal)/.test(context))
      throw new FunctionError(`invalid character ' ' ${context}`);
    if (code === undefined) throw new FunctionError("unexpected end of JSON input");
    const shown = code === 0x27 ? "'\\''" : code === 0x22 ? "'\"'" : quoteRune(code);
    throw new FunctionError(`invalid character ${shown} ${context}`);
  }

  #value(depth: number): void {
    if (depth > 10_000) throw new FunctionError("exceeded max depth");
    this.#skip();
    const first = this.#text[this.#at] ?? "";
    if (first === "{") this.#object(depth);
    else if (first === "[") this.#array(depth);
    else if (first === '"') this.#string();
    else if (literals[first] !== undefined) this.#literal(literals[first]);
    else if (/[-0-9]/.test(first)) this.#number();
    else this.#fail("looking for beginning of value");
  }

  #object(depth: number): void {
    this.#at++;
    this.#skip();
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return;
    }
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] !== '"') this.#fail("looking for beginning of object key string");
      this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ":") this.#fail("after object key");
      this.#at++;
      this.#value(depth + 1);
      this.#skip();
      const next = this.#text[this.#at];
      if (next !== "," && next !== "}") this.#fail("after object key:value pair");
      this.#at++;
      if (next === "}") return;
    }
  }

  #array(depth: number): void {
    this.#at++;
    this.#skip();
    if (this.#text[this.#at] === "]") {
      this.#at++;
      return;
    }
    for (;;) {
      this.#value(depth + 1);
      this.#skip();
      const next = this.#text[this.#at];
      if (next !== "," && next !== "]") this.#fail("after array element");
      this.#at++;
      if (next === "]") return;
    }
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character < " ") this.#fail("in string literal");
      this.#at++;
      if (character === '"') return;
      if (character === "\\") this.#escape();
    }
  }

  #escape(): void {
    const kind = this.#text[this.#at];
    if (kind === undefined || !/["\\/bfnrtu]/.test(kind)) this.#fail("in string escape code");
    this.#at++;
    if (kind !== "u") return;
    for (let count = 0; count < 4; count++, this.#at++)
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? "")) this.#fail("in \\u hexadecimal character escape");
  }

  #literal(word: string): void {
    for (const [index, letter] of Array.from(word).entries()) {
      if (this.#text[this.#at] !== letter && index > 0)
        this.#fail(`in literal ${word} (expecting ${quoteRune(letter.codePointAt(0) ?? 0)})`);
      this.#at++;
    }
  }

  #number(): void {
    const digit = (): boolean => /^[0-9]$/.test(this.#text[this.#at] ?? "");
    if (this.#text[this.#at] === "-") this.#at++;
    if (!digit()) this.#fail("in numeric literal");
    if (this.#text[this.#at] === "0") this.#at++;
    else while (digit()) this.#at++;
    if (this.#text[this.#at] === ".") {
      this.#at++;
      if (!digit()) this.#fail("after decimal point in numeric literal");
      while (digit()) this.#at++;
    }
    if (/^[eE]$/.test(this.#text[this.#at] ?? "")) {
      this.#at++;
      if (/^[-+]$/.test(this.#text[this.#at] ?? "")) this.#at++;
      if (!digit()) this.#fail("in exponent of numeric literal");
      while (digit()) this.#at++;
    }
  }
}

/** Go's `json.Unmarshal` into `any`: every number is a float. Throws `FunctionError` with Go's message. */
export function decodeJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    new JsonChecker(text).check();
    throw new FunctionError("invalid JSON", { cause: error });
  }
}
