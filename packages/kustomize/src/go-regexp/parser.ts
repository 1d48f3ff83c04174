import { anyOf, foldCase, inRanges, not, perlClasses, posixClasses, unicodeClass } from "./classes.ts";
import { type CharacterTest, type Expression, RegExpSyntaxError } from "./syntax.ts";

interface Flags {
  readonly foldCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const noFlags: Flags = { foldCase: false, multiline: false, dotAll: false };
const maximumRepeat = 1000;
const maximumDepth = 200;
const newline = 0x0a;

/** Reads a pattern of Go's `regexp` package. Throws {@link RegExpSyntaxError}. */
export function parsePattern(pattern: string): Expression {
  return new Parser(pattern).parse();
}

class Parser {
  readonly #pattern: string;
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;
  #flags = noFlags;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#characters = Array.from(pattern);
  }

  parse(): Expression {
    const expression = this.#choice();
    if (this.#at < this.#characters.length) throw new RegExpSyntaxError("unexpected )", this.#pattern);
    return expression;
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #startsWith(text: string): boolean {
    return Array.from(text).every((character, index) => this.#characters[this.#at + index] === character);
  }

  #take(): string {
    return this.#characters[this.#at++] ?? "";
  }

  #excerpt(start: number): string {
    return this.#characters.slice(start, this.#at).join("");
  }

  #choice(): Expression {
    if (++this.#depth > maximumDepth) throw new RegExpSyntaxError("expression nests too deeply", this.#pattern);
    const outer = this.#flags;
    const options = [this.#sequence()];
    while (this.#next === "|") {
      this.#at++;
      options.push(this.#sequence());
    }
    this.#flags = outer;
    this.#depth--;
    const [only, ...others] = options;
    return only !== undefined && others.length === 0 ? only : { type: "choice", options };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    for (let next = this.#next; next !== undefined && next !== "|" && next !== ")"; next = this.#next) {
      const atoms = this.#startsWith("\\Q") ? this.#quoted() : [this.#atom()];
      const last = atoms.pop();
      // A repetition behind quoted text is about its last character.
      parts.push(...atoms, ...(last === undefined ? [] : [this.#repeated(last)]));
    }
    return { type: "sequence", parts };
  }

  #quoted(): Expression[] {
    this.#at += 2;
    const parts: Expression[] = [];
    while (this.#next !== undefined && !this.#startsWith("\\E")) parts.push(this.#character(this.#take()));
    this.#at += 2;
    return parts;
  }

  #repeated(atom: Expression): Expression {
    const start = this.#at;
    const bounds = this.#bounds();
    if (bounds === undefined) return atom;
    if (this.#next === "?") this.#at++;
    if (this.#bounds() !== undefined) {
      if (this.#next === "?") this.#at++;
      throw new RegExpSyntaxError("invalid nested repetition operator", this.#excerpt(start));
    }
    return { type: "repeat", part: atom, ...bounds };
  }

  #bounds(): { readonly least: number; readonly most: number } | undefined {
    switch (this.#next) {
      case "*":
        this.#at++;
        return { least: 0, most: Number.POSITIVE_INFINITY };
      case "+":
        this.#at++;
        return { least: 1, most: Number.POSITIVE_INFINITY };
      case "?":
        this.#at++;
        return { least: 0, most: 1 };
      case "{":
        return this.#counts();
      default:
        return undefined;
    }
  }

  /** `{2}`, `{2,}`, `{2,5}`; any other brace is a character. */
  #counts(): { readonly least: number; readonly most: number } | undefined {
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const match = /^\{(\d+)(,(\d*))?\}/.exec(rest);
    if (match === null) return undefined;
    const [all, least = "", comma, most = ""] = match;
    const start = this.#at;
    this.#at += all.length;
    const bounds = {
      least: Number(least),
      most: comma === undefined ? Number(least) : most === "" ? Number.POSITIVE_INFINITY : Number(most),
    };
    if (
      bounds.least > maximumRepeat ||
      (Number.isFinite(bounds.most) && bounds.most > maximumRepeat) ||
      bounds.most < bounds.least
    ) {
      throw new RegExpSyntaxError("invalid repeat count", this.#excerpt(start));
    }
    return bounds;
  }

  #atom(): Expression {
    const start = this.#at;
    const character = this.#take();
    switch (character) {
      case "*":
      case "+":
      case "?":
        throw new RegExpSyntaxError("missing argument to repetition operator", this.#excerpt(start));
      case "(":
        return this.#group();
      case "[":
        return { type: "character", test: this.#class() };
      case ".":
        return this.#dot();
      case "^":
        return { type: "assertion", assertion: this.#flags.multiline ? "lineStart" : "textStart" };
      case "$":
        return { type: "assertion", assertion: this.#flags.multiline ? "lineEnd" : "textEnd" };
      case "\\":
        return this.#escape();
      default:
        return this.#character(character);
    }
  }

  #character(character: string): Expression {
    const wanted = character.codePointAt(0) ?? 0;
    return { type: "character", test: this.#folded((code) => code === wanted) };
  }

  #folded(test: CharacterTest): CharacterTest {
    return this.#flags.foldCase ? foldCase(test) : test;
  }

  #dot(): Expression {
    const { dotAll } = this.#flags;
    return { type: "character", test: (code) => dotAll || code !== newline };
  }

  #group(): Expression {
    const start = this.#at - 1;
    const outer = this.#flags;
    if (this.#next === "?") {
      this.#at++;
      if (this.#groupHead(start) === "flags") return { type: "empty" };
    }
    const expression = this.#choice();
    if (this.#next !== ")") throw new RegExpSyntaxError("missing closing )", this.#pattern);
    this.#at++;
    this.#flags = outer;
    return expression;
  }

  /** What follows `(?`: a name, or flags for the group or for the rest of the surrounding one. */
  #groupHead(start: number): "group" | "flags" {
    const rest = this.#characters.slice(this.#at, this.#at + 80).join("");
    const name = /^P?<([A-Za-z_][A-Za-z0-9_]*)>/.exec(rest);
    if (name !== null) {
      this.#at += name[0].length;
      return "group";
    }
    const match = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
    if (match === null || match[0] === ")") {
      this.#at++;
      throw new RegExpSyntaxError("invalid or unsupported Perl syntax", this.#excerpt(start));
    }
    const [all, on = "", off = "", end] = match;
    this.#at += all.length;
    const has = (flag: string, before: boolean): boolean => (on.includes(flag) || before) && !off.includes(flag);
    this.#flags = {
      foldCase: has("i", this.#flags.foldCase),
      multiline: has("m", this.#flags.multiline),
      dotAll: has("s", this.#flags.dotAll),
    };
    return end === ")" ? "flags" : "group";
  }

  #escape(): Expression {
    const start = this.#at - 1;
    const next = this.#next;
    if (next === undefined) throw new RegExpSyntaxError("trailing backslash at end of expression", "");
    const assertion = { A: "textStart", z: "textEnd", b: "wordBoundary", B: "noWordBoundary" } as const;
    if (next === "A" || next === "z" || next === "b" || next === "B") {
      this.#at++;
      return { type: "assertion", assertion: assertion[next] };
    }
    const named = this.#namedClass(start);
    if (named !== undefined) return { type: "character", test: this.#folded(named) };
    const wanted = this.#escapedCode(start);
    return { type: "character", test: this.#folded((code) => code === wanted) };
  }

  /** `\d`, `\W`, `\pL`, `\P{Greek}` behind the backslash. */
  #namedClass(start: number): CharacterTest | undefined {
    const next = this.#next ?? "";
    const ranges = perlClasses.get(next.toLowerCase());
    if (ranges !== undefined) {
      this.#at++;
      return next === next.toLowerCase() ? inRanges(ranges) : not(inRanges(ranges));
    }
    if (next !== "p" && next !== "P") return undefined;
    this.#at++;
    const rest = this.#characters.slice(this.#at, this.#at + 40).join("");
    const [all, braced, single] = /^(?:\{(\^?\w+)\}|(\w))/.exec(rest) ?? ["", undefined, undefined];
    this.#at += all.length;
    const name = braced ?? single ?? "";
    const test = unicodeClass(name.replace(/^\^/, ""));
    if (test === undefined) throw new RegExpSyntaxError("invalid character class range", this.#excerpt(start));
    return (next === "P") === name.startsWith("^") ? test : not(test);
  }

  /** The code point of an escaped character, behind the backslash. */
  #escapedCode(start: number): number {
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const hex = /^x(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(rest);
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    const control = "afnrtv".indexOf(rest[0] ?? " ");
    if (hex !== null) {
      this.#at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? "0", 16);
    }
    if (octal !== null) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    const character = this.#take();
    if (control >= 0) return [0x07, 0x0c, 0x0a, 0x0d, 0x09, 0x0b][control] ?? 0;
    if (!/^[ -/:-@[-`{-~\x00-\x1f]$/.test(character))
      throw new RegExpSyntaxError("invalid escape sequence", this.#excerpt(start));
    return character.codePointAt(0) ?? 0;
  }

  #class(): CharacterTest {
    const start = this.#at - 1;
    const isNegated = this.#next === "^";
    if (isNegated) this.#at++;
    const tests: CharacterTest[] = [];
    for (let isFirst = true; isFirst || this.#next !== "]"; isFirst = false) {
      if (this.#next === undefined) {
        throw new RegExpSyntaxError("missing closing ]", this.#characters.slice(start).join(""));
      }
      tests.push(this.#classItem());
    }
    this.#at++;
    const test = this.#folded(anyOf(tests));
    return isNegated ? not(test) : test;
  }

  #classItem(): CharacterTest {
    const start = this.#at;
    const rest = this.#characters.slice(this.#at, this.#at + 16).join("");
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest);
    if (posix !== null) {
      this.#at += posix[0].length;
      const ranges = posixClasses.get(posix[2] ?? "");
      if (ranges === undefined) throw new RegExpSyntaxError("invalid character class range", posix[0]);
      return posix[1] === "" ? inRanges(ranges) : not(inRanges(ranges));
    }
    if (this.#next === "\\") {
      this.#at++;
      const named = this.#namedClass(start);
      if (named !== undefined) return named;
      this.#at--;
    }
    const first = this.#classCode();
    if (this.#next !== "-" || this.#characters[this.#at + 1] === "]" || this.#characters[this.#at + 1] === undefined) {
      return (code) => code === first;
    }
    this.#at++;
    const last = this.#classCode();
    if (last < first) throw new RegExpSyntaxError("invalid character class range", this.#excerpt(start));
    return (code) => code >= first && code <= last;
  }

  #classCode(): number {
    const start = this.#at;
    const character = this.#take();
    if (character !== "\\") return character.codePointAt(0) ?? 0;
    if (this.#next === undefined) throw new RegExpSyntaxError("trailing backslash at end of expression", "");
    return this.#escapedCode(start);
  }
}
