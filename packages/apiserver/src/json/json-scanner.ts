/** What a JSON text is, in the eyes of Go's decoder. */
export type JsonFindings =
  | { readonly isValid: true; readonly duplicates: readonly string[] }
  | { readonly isValid: false; readonly message: string };

/**
 * Reads a JSON text as Go does: says in Go's words where it is malformed, or which members occur twice
 * (`metadata.name`, `items[0].op`). Far slower than `JSON.parse`, so it is only asked when that leaves a question.
 */
export function scanJson(text: string): JsonFindings {
  const scanner = new Scanner(text);
  try {
    scanner.document();
    return { isValid: true, duplicates: [...scanner.duplicates] };
  } catch (error) {
    if (error instanceof Malformed) return { isValid: false, message: error.message };
    throw error;
  }
}

class Malformed extends Error {}

const space = /[ \t\r\n]*/y;
const plainCharacters = /[^"\\\u0000-\u001f]*/y;
const digits = /[0-9]*/y;
const literals: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };

class Scanner {
  readonly #text: string;
  #at = 0;
  readonly duplicates = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value("");
    this.#skip(space);
    if (this.#at < this.#text.length) this.#fail("after top-level value");
  }

  #value(path: string): void {
    this.#skip(space);
    const character = this.#peek();
    if (character === "{") this.#object(path);
    else if (character === "[") this.#array(path);
    else if (character === '"') this.#string();
    else if (character === "-" || isDigit(character)) this.#number();
    else if (literals[character] !== undefined) this.#literal(literals[character]);
    else this.#fail("looking for beginning of value");
  }

  #object(path: string): void {
    this.#at++;
    this.#skip(space);
    if (this.#take("}")) return;
    const seen = new Set<string>();
    for (;;) {
      this.#skip(space);
      if (this.#peek() !== '"') this.#fail("looking for beginning of object key string");
      const start = this.#at;
      this.#string();
      const key = JSON.parse(this.#text.slice(start, this.#at)) as string;
      const member = path === "" ? key : `${path}.${key}`;
      if (seen.has(key)) this.duplicates.add(member);
      seen.add(key);
      this.#skip(space);
      if (!this.#take(":")) this.#fail("after object key");
      this.#value(member);
      this.#skip(space);
      if (this.#take("}")) return;
      if (!this.#take(",")) this.#fail("after object key:value pair");
    }
  }

  #array(path: string): void {
    this.#at++;
    this.#skip(space);
    if (this.#take("]")) return;
    for (let index = 0; ; index++) {
      this.#value(`${path}[${index}]`);
      this.#skip(space);
      if (this.#take("]")) return;
      if (!this.#take(",")) this.#fail("after array element");
    }
  }

  #string(): void {
    this.#at++;
    for (;;) {
      this.#skip(plainCharacters);
      const character = this.#peek();
      if (character === '"') {
        this.#at++;
        return;
      }
      if (character !== "\\") this.#fail("in string literal");
      this.#at++;
      this.#escape();
    }
  }

  #escape(): void {
    if (!'"\\/bfnrtu'.includes(this.#peek())) this.#fail("in string escape code");
    const isUnicode = this.#peek() === "u";
    this.#at++;
    for (let count = 0; isUnicode && count < 4; count++) {
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail("in \\u hexadecimal character escape");
      this.#at++;
    }
  }

  #number(): void {
    this.#take("-");
    if (!isDigit(this.#peek())) this.#fail("in numeric literal");
    if (!this.#take("0")) this.#skip(digits);
    if (this.#take(".")) this.#digits("after decimal point in numeric literal");
    if (this.#take("e") || this.#take("E")) {
      if (!this.#take("+")) this.#take("-");
      this.#digits("in exponent of numeric literal");
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#peek())) this.#fail(where);
    this.#skip(digits);
  }

  #literal(word: string): void {
    for (const expected of word) {
      if (this.#peek() !== expected) this.#fail(`in literal ${word} (expecting '${expected}')`);
      this.#at++;
    }
  }

  /** The next character. Throws at the end of the text. */
  #peek(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new Malformed("unexpected end of JSON input");
    return character;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.test(this.#text);
    this.#at = pattern.lastIndex;
  }

  #fail(where: string): never {
    throw new Malformed(`invalid character ${quoteByte(this.#peek())} ${where}`);
  }
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

const escapes: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  "\b": String.raw`\b`,
  "\f": String.raw`\f`,
  "\\": String.raw`\\`,
  "'": String.raw`\'`,
};

/** A character as Go's decoder quotes it: by its first byte. */
function quoteByte(character: string): string {
  const [byte = 0] = Buffer.from(character, "utf8");
  const shown = escapes[character] ?? (byte < 0x20 ? String.raw`\x` + byte.toString(16).padStart(2, "0") : "");
  return `'${shown === "" ? String.fromCharCode(byte) : shown}'`;
}
