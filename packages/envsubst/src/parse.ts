import { SubstitutionError } from "./errors.ts";

/** Text that stays, or an expression. */
export type Part = string | Expression;

/** `${name}` with an operator and its arguments. Arguments are texts that may hold expressions themselves. */
export interface Expression {
  readonly name: string;
  /** `""` for `${name}`, else the operator as written: `:=`, `//`, `##`, … */
  readonly operator: string;
  readonly args: readonly (readonly Part[])[];
  /** One-based line in the text. */
  readonly line: number;
}

const maxDepth = 32;

/** Splits a text into what stays and what is replaced. Outside of expressions `$$` stands for one `$`. */
export function parse(text: string): Part[] {
  return new Parser(text).parseText();
}

const nameCharacter = /[\p{L}\p{N}_]/u;

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parseText(): Part[] {
    const parts: Part[] = [];
    let start = this.#at;
    const keep = (end: number): void => {
      if (end > start) parts.push(this.#text.slice(start, end));
    };
    for (;;) {
      const dollar = this.#text.indexOf("$", this.#at);
      const next = dollar < 0 ? undefined : this.#text[dollar + 1];
      if (next === undefined) {
        keep(this.#text.length);
        return parts;
      }
      if (next === "$") {
        keep(dollar + 1);
        this.#at = start = dollar + 2;
      } else if (next === "{") {
        keep(dollar);
        this.#at = dollar;
        parts.push(this.#expression());
        start = this.#at;
      } else this.#at = dollar + 1;
    }
  }

  /** At `${`. */
  #expression(): Expression {
    const line = this.#line();
    this.#depth++;
    if (this.#depth > maxDepth)
      throw new SubstitutionError("TooDeep", `more than ${maxDepth} expressions inside each other`, { line });
    this.#at += 2;
    const isLength = this.#text[this.#at] === "#";
    if (isLength) this.#at++;
    const name = this.#name();
    if (name === "") throw this.#fail(isLength ? "bad substitution" : "unable to parse variable name");
    const { operator, args } = isLength ? { operator: "#length", args: [] } : this.#operation();
    if (this.#text[this.#at] !== "}") throw this.#fail("missing closing brace");
    this.#at++;
    this.#depth--;
    return { name, operator, args, line };
  }

  #name(): string {
    const start = this.#at;
    while (this.#at < this.#text.length) {
      const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      if (!nameCharacter.test(character)) break;
      this.#at += character.length;
    }
    return this.#text.slice(start, this.#at);
  }

  #operation(): { operator: string; args: Part[][] } {
    switch (this.#text[this.#at]) {
      case ",":
      case "^":
        return { operator: this.#caseOperator(), args: [] };
      case "=":
        this.#at++;
        return { operator: "=", args: [this.#argument("}", "raw")] };
      case ":":
        return this.#colon();
      case "#":
      case "%": {
        const operator = this.#doubled();
        return { operator, args: [this.#requiredArgument("}")] };
      }
      case "/":
        return this.#replacement();
      default:
        return { operator: "", args: [] };
    }
  }

  #caseOperator(): string {
    const start = this.#at++;
    if (this.#text[this.#at] === "," || this.#text[this.#at] === "^") this.#at++;
    if (this.#text[this.#at] !== "}") throw this.#fail("bad substitution");
    return this.#text.slice(start, this.#at);
  }

  #doubled(): string {
    const character = this.#text[this.#at] ?? "";
    this.#at++;
    if (this.#text[this.#at] !== character) return character;
    this.#at++;
    return character + character;
  }

  #colon(): { operator: string; args: Part[][] } {
    const next = this.#text[this.#at + 1] ?? "";
    if ("-=?+".includes(next) && next !== "") {
      this.#at += 2;
      return { operator: `:${next}`, args: [this.#argument("}", "raw")] };
    }
    this.#at++;
    const offset = this.#requiredArgument(":}");
    if (this.#text[this.#at] !== ":") return { operator: ":", args: [offset] };
    this.#at++;
    if (this.#text[this.#at] === ":") throw this.#fail("unable to parse substitution within function");
    return { operator: ":", args: [offset, this.#requiredArgument("}")] };
  }

  #replacement(): { operator: string; args: Part[][] } {
    this.#at++;
    const variant = this.#text[this.#at] ?? "";
    const operator = variant !== "" && "/#%".includes(variant) ? `/${variant}` : "/";
    if (operator !== "/") this.#at++;
    const pattern = this.#requiredArgument("/", "escaped");
    this.#at++;
    return { operator, args: [pattern, this.#singleArgument("}", "escaped")] };
  }

  /** An argument that must be there, and be either one text or one expression. */
  #requiredArgument(ends: string, escapes: "raw" | "escaped" = "raw"): Part[] {
    const start = this.#at;
    const argument = this.#singleArgument(ends, escapes);
    if (this.#at === start) throw this.#fail("unable to parse substitution within function");
    return argument;
  }

  #singleArgument(ends: string, escapes: "raw" | "escaped"): Part[] {
    const argument = this.#argument(ends, escapes);
    if (argument.length > 1) throw this.#fail("bad substitution");
    return argument;
  }

  /**
   * Reads up to one of `ends`, which it leaves. Expressions inside are parsed; `$$` and `\\/` stand for one character
   * only where `escapes` says so.
   */
  #argument(ends: string, escapes: "raw" | "escaped"): Part[] {
    const parts: Part[] = [];
    let text = "";
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#fail(ends === "/" ? "bad substitution" : "missing closing brace");
      if (ends.includes(character)) break;
      const next = this.#text[this.#at + 1];
      if (character === "$" && next === "{") {
        if (text !== "") parts.push(text);
        text = "";
        parts.push(this.#expression());
      } else if (escapes === "escaped" && isEscape(character, next)) {
        text += next;
        this.#at += 2;
      } else {
        text += character;
        this.#at++;
      }
    }
    if (text !== "") parts.push(text);
    return parts;
  }

  #line(): number {
    return this.#text.slice(0, this.#at).split("\n").length;
  }

  #fail(message: string): SubstitutionError {
    return new SubstitutionError("SyntaxError", message, { line: this.#line() });
  }
}

function isEscape(character: string, next: string | undefined): next is string {
  return (character === "\\" && (next === "/" || next === "\\")) || (character === "$" && next === "$");
}
