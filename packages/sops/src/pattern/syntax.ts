/** What a pattern consists of once groups have lost their names and classes their spelling. */
export type Expression =
  | { readonly type: "character"; readonly test: (character: string) => boolean }
  | { readonly type: "assertion"; readonly test: (before: string, after: string) => boolean }
  | { readonly type: "sequence"; readonly items: readonly Expression[] }
  | { readonly type: "choice"; readonly items: readonly Expression[] }
  | { readonly type: "repeat"; readonly item: Expression; readonly min: number; readonly max: number };

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const MAX_REPEAT = 1000;
const noFlags: Flags = { ignoreCase: false, multiline: false, dotAll: false };
const isWord = (character: string): boolean => /^[0-9A-Za-z_]$/.test(character);
const controls: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07" };
const posixClasses: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t-\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};
/** Go's `\s` knows no vertical tab, its `\d` and `\w` only ASCII. */
const perlClasses: Readonly<Record<string, string>> = { d: "0-9", w: "0-9A-Za-z_", s: "\\t\\n\\f\\r " };

/**
 * Reads a regular expression in RE2's syntax.
 * @throws SyntaxError for anything else, such as back references and look-around.
 */
export function parsePattern(pattern: string): Expression {
  const parser = new PatternParser(pattern);
  return parser.parse();
}

class PatternParser {
  readonly #characters: string[];
  readonly #pattern: string;
  #at = 0;
  #flags: Flags = noFlags;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#characters = Array.from(pattern);
  }

  parse(): Expression {
    const expression = this.#parseChoice();
    if (this.#peek() !== undefined) throw this.#invalid("unexpected )");
    return expression;
  }

  #parseChoice(): Expression {
    const outer = this.#flags;
    const items = [this.#parseSequence()];
    while (this.#accept("|")) items.push(this.#parseSequence());
    this.#flags = outer;
    return items.length === 1 ? (items[0] as Expression) : { type: "choice", items };
  }

  #parseSequence(): Expression {
    const items: Expression[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      items.push(...this.#parseRepeated());
    }
    return { type: "sequence", items };
  }

  #parseRepeated(): Expression[] {
    if (this.#acceptText("\\Q")) return this.#parseQuotation();
    let item = this.#parseItem();
    if (item === undefined) return [];
    for (let bounds = this.#parseBounds(); bounds !== undefined; bounds = this.#parseBounds()) {
      item = { type: "repeat", item, ...bounds };
      // Whether it is lazy makes no difference to whether it matches.
      this.#accept("?");
    }
    return [item];
  }

  #parseQuotation(): Expression[] {
    const items: Expression[] = [];
    while (this.#peek() !== undefined && !this.#acceptText("\\E")) items.push(this.#literal(this.#take()));
    return items;
  }

  #parseBounds(): { min: number; max: number } | undefined {
    if (this.#accept("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#accept("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#accept("?")) return { min: 0, max: 1 };
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#rest(12));
    if (match === null) return undefined;
    this.#at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (min > MAX_REPEAT || (Number.isFinite(max) && max > MAX_REPEAT) || max < min) {
      throw this.#invalid(`invalid repeat count ${match[0]}`);
    }
    return { min, max };
  }

  /** One thing that can be repeated; `undefined` for flags, which match nothing. */
  #parseItem(): Expression | undefined {
    const character = this.#take();
    switch (character) {
      case "(":
        return this.#parseGroup();
      case "[":
        return this.#parseClass();
      case ".": {
        const { dotAll } = this.#flags;
        return { type: "character", test: (c) => dotAll || c !== "\n" };
      }
      case "^": {
        const { multiline } = this.#flags;
        return { type: "assertion", test: (before) => before === "" || (multiline && before === "\n") };
      }
      case "$": {
        const { multiline } = this.#flags;
        return { type: "assertion", test: (_, after) => after === "" || (multiline && after === "\n") };
      }
      case "\\":
        return this.#parseEscape();
      case "*":
      case "+":
      case "?":
        throw this.#invalid(`nothing to repeat before ${character}`);
      default:
        return this.#literal(character);
    }
  }

  #parseGroup(): Expression | undefined {
    let inner = this.#flags;
    if (this.#accept("?")) {
      if (/^P?<[A-Za-z0-9_]+>/.test(this.#rest(200))) while (this.#take() !== ">");
      else {
        const match = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.#rest(20));
        if (match === null) throw this.#invalid("unknown group; look-around does not exist in RE2");
        this.#at += match[0].length;
        inner = withFlags(inner, match[1] ?? "", match[2] ?? "");
        if (match[3] === ")") {
          this.#flags = inner;
          return undefined;
        }
      }
    }
    const outer = this.#flags;
    this.#flags = inner;
    const item = this.#parseChoice();
    this.#flags = outer;
    if (!this.#accept(")")) throw this.#invalid("missing )");
    return item;
  }

  #parseEscape(): Expression {
    const character = this.#take();
    const lower = character.toLowerCase();
    const perl = perlClasses[lower];
    if (perl !== undefined) return this.#set(perl, character !== lower);
    if (lower === "p") return this.#set(`\\p${this.#parsePropertyName()}`, character === "P");
    switch (character) {
      case "A":
        return { type: "assertion", test: (before) => before === "" };
      case "z":
        return { type: "assertion", test: (_, after) => after === "" };
      case "b":
        return { type: "assertion", test: (before, after) => isWord(before) !== isWord(after) };
      case "B":
        return { type: "assertion", test: (before, after) => isWord(before) === isWord(after) };
      default:
        return this.#literal(this.#escapedCharacter(character));
    }
  }

  #parsePropertyName(): string {
    const name = /^(?:[A-Za-z]|\{[A-Za-z_]+\})/.exec(this.#rest(40))?.[0];
    if (name === undefined) throw this.#invalid("invalid character class");
    this.#at += name.length;
    const bare = name.replaceAll(/[{}]/g, "");
    // JavaScript wants to be told that a longer name is that of a script.
    return bare.length > 2 ? `{Script=${bare}}` : `{${bare}}`;
  }

  #escapedCharacter(character: string): string {
    const control = controls[character];
    if (control !== undefined) return control;
    if (character === "x") {
      const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(this.#rest(10));
      const code = Number.parseInt(match?.[1] ?? match?.[2] ?? "", 16);
      if (match === null || code > 0x10ffff) throw this.#invalid("invalid escape sequence");
      this.#at += match[0].length;
      return String.fromCodePoint(code);
    }
    if (/[0-9A-Za-z]/.test(character)) throw this.#invalid(`invalid escape sequence \\${character}`);
    return character;
  }

  /** Rewrites a class for JavaScript's engine, which then sees one character at a time. */
  #parseClass(): Expression {
    const negated = this.#accept("^");
    let set = "";
    for (let isFirst = true; isFirst || this.#peek() !== "]"; isFirst = false) {
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#rest(12));
      if (posix !== null) {
        const members = posixClasses[posix[2] ?? ""];
        if (members === undefined || posix[1] !== "") throw this.#invalid(`invalid character class ${posix[0]}`);
        this.#at += posix[0].length;
        set += members;
      } else set += this.#parseClassMember();
    }
    this.#take();
    return this.#set(set, negated);
  }

  #parseClassMember(): string {
    const character = this.#take();
    if (character !== "\\") return escapeMember(character);
    const escaped = this.#take();
    const perl = perlClasses[escaped.toLowerCase()];
    if (perl !== undefined) {
      if (escaped === escaped.toLowerCase()) return perl;
      return escaped === "S" ? "\\x00-\\x08\\v\\x0E-\\x1F!-\\u{10FFFF}" : `\\${escaped}`;
    }
    if (escaped === "p" || escaped === "P") return `\\${escaped}${this.#parsePropertyName()}`;
    return `\\u{${(this.#escapedCharacter(escaped).codePointAt(0) ?? 0).toString(16)}}`;
  }

  #set(members: string, negated: boolean): Expression {
    let compiled: RegExp;
    try {
      compiled = new RegExp(`^[${negated ? "^" : ""}${members}]$`, this.#flags.ignoreCase ? "iu" : "u");
    } catch {
      throw this.#invalid("invalid character class");
    }
    return { type: "character", test: (character) => compiled.test(character) };
  }

  #literal(character: string): Expression {
    if (!this.#flags.ignoreCase) return { type: "character", test: (other) => other === character };
    const folded = character.toLowerCase();
    return { type: "character", test: (other) => other === character || other.toLowerCase() === folded };
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #rest(length: number): string {
    return this.#characters.slice(this.#at, this.#at + length).join("");
  }

  #take(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw this.#invalid("unexpected end");
    return character;
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #acceptText(text: string): boolean {
    if (this.#rest(text.length) !== text) return false;
    this.#at += text.length;
    return true;
  }

  #invalid(reason: string): SyntaxError {
    return new SyntaxError(`invalid regular expression ${JSON.stringify(this.#pattern)}: ${reason}`);
  }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const has = (letter: string, before: boolean): boolean => (on.includes(letter) || before) && !off.includes(letter);
  return {
    ignoreCase: has("i", flags.ignoreCase),
    multiline: has("m", flags.multiline),
    dotAll: has("s", flags.dotAll),
  };
}

/** A range's dash stays itself; everything that means something to JavaScript inside a class is escaped. */
function escapeMember(character: string): string {
  return /[\^\\[\]/&~|{}()$.*+?]/.test(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character;
}
