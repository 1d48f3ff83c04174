import { SopsError } from "../errors.ts";
import { type Branch, branch, type Entry, entry, list, type Value } from "../tree/tree.ts";

const MAX_DEPTH = 1000;
const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const words: ReadonlyArray<readonly [string, boolean | null]> = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/**
 * Reads a JSON object keeping what `JSON.parse` loses: the order of all keys, and whether a number is an integer.
 * @throws SopsError `Malformed`, also for a key that occurs twice: two readers could disagree about which one counts.
 */
export function readJson(text: string): Branch {
  const reader = new JsonReader(text);
  return reader.readDocument();
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): Branch {
    this.#skipSpace();
    if (this.#text[this.#at] !== "{") {
      throw new SopsError("Unsupported", "a JSON document must be an object to be encrypted");
    }
    const document = this.#readObject(1);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return document;
  }

  #readValue(depth: number): Value {
    if (depth > MAX_DEPTH) throw new SopsError("Unsupported", `nested deeper than ${MAX_DEPTH} levels`);
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === "{") return this.#readObject(depth);
    if (first === "[") return this.#readArray(depth);
    if (first === '"') return this.#readString();
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#readNumber();
  }

  #readObject(depth: number): Branch {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    this.#at++;
    this.#skipSpace();
    if (this.#accept("}")) return branch(entries);
    for (;;) {
      this.#skipSpace();
      const key = this.#readString();
      if (seen.has(key)) throw new SopsError("Malformed", `JSON: the key ${JSON.stringify(key)} occurs twice`);
      seen.add(key);
      this.#skipSpace();
      if (!this.#accept(":")) throw this.#unexpected();
      entries.push(entry(key, this.#readValue(depth + 1)));
      this.#skipSpace();
      if (this.#accept("}")) return branch(entries);
      if (!this.#accept(",")) throw this.#unexpected();
    }
  }

  #readArray(depth: number): Value {
    const items: Value[] = [];
    this.#at++;
    this.#skipSpace();
    if (this.#accept("]")) return list(items);
    for (;;) {
      items.push(this.#readValue(depth + 1));
      this.#skipSpace();
      if (this.#accept("]")) return list(items);
      if (!this.#accept(",")) throw this.#unexpected();
    }
  }

  #readString(): string {
    const text = this.#match(string);
    if (text === undefined) throw this.#unexpected();
    const value: unknown = JSON.parse(text);
    // Go replaces halves of surrogate pairs, and so must the bytes that are encrypted.
    return typeof value === "string" ? value.toWellFormed() : "";
  }

  #readNumber(): Value {
    const text = this.#match(number);
    if (text === undefined) throw this.#unexpected();
    if (/^-?\d+$/.test(text)) {
      const integer = BigInt(text);
      if (integer >= INT64_MIN && integer <= INT64_MAX) return integer;
    }
    const value = Number(text);
    if (!Number.isFinite(value)) throw new SopsError("Unsupported", `JSON: number out of range at offset ${this.#at}`);
    return value;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #unexpected(): SopsError {
    const { line, column } = placeOf(this.#text, this.#at);
    const what = this.#at >= this.#text.length ? "unexpected end" : "unexpected character";
    // The character itself could be part of a secret.
    return new SopsError("Malformed", `JSON: ${what} at line ${line}, column ${column}`);
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
