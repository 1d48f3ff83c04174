import { compareText } from "../value/bytes.ts";
import { checkText } from "../value/limits.ts";
import { type PlainValue, toPlain } from "../value/plain.ts";
import type { Value } from "../value/value.ts";

export interface JsonFormat {
  /** Blanks per level; 0 for one line. Default 0. */
  readonly indent?: number;
  /** Writes `<`, `>` and `&` as escapes. Default true. */
  readonly escapesHtml?: boolean;
}

const special: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escapeCharacter(character: string): string {
  const short = special.get(character);
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? "\\ufffd" : `\\u${code.toString(16).padStart(4, "0")}`;
}

const withHtml = /["\\\0-\x1f<>&\u2028\u2029]|\p{Cs}/gu;
const withoutHtml = /["\\\0-\x1f\u2028\u2029]|\p{Cs}/gu;

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

class JsonWriter {
  readonly #indent: string;
  readonly #escapes: RegExp;
  #length = 0;

  constructor({ indent = 0, escapesHtml = true }: JsonFormat) {
    this.#indent = " ".repeat(indent);
    this.#escapes = escapesHtml ? withHtml : withoutHtml;
  }

  write(value: PlainValue, level: number): string {
    const text = this.#text(value, level);
    this.#length += text.length;
    checkText(this.#length / (level + 1));
    return text;
  }

  #text(value: PlainValue, level: number): string {
    if (value === null) return "null";
    if (typeof value === "string") return this.#string(value);
    if (typeof value === "number") return numberText(value);
    if (typeof value !== "object") return String(value);
    if (Array.isArray(value)) {
      return this.#join(
        "[]",
        value.map((item) => this.write(item, level + 1)),
        level,
      );
    }
    const colon = this.#indent === "" ? ":" : ": ";
    const keys = Object.keys(value).sort(compareText);
    return this.#join(
      "{}",
      keys.map((key) => this.#string(key) + colon + this.write(value[key] ?? null, level + 1)),
      level,
    );
  }

  #string(text: string): string {
    return `"${text.replace(this.#escapes, escapeCharacter)}"`;
  }

  #join(brackets: string, items: readonly string[], level: number): string {
    const [open = "", close = ""] = brackets;
    if (items.length === 0) return brackets;
    if (this.#indent === "") return open + items.join(",") + close;
    const line = `\n${this.#indent.repeat(level + 1)}`;
    return `${open}${line}${items.join(`,${line}`)}\n${this.#indent.repeat(level)}${close}`;
  }
}

/** Go's `json.Marshal`: sorted keys, `<`, `>` and `&` as escapes. Throws `FunctionError`. */
export function encodeJson(value: Value, format: JsonFormat = {}): string {
  return new JsonWriter(format).write(toPlain(value), 0);
}
