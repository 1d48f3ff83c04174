import { FunctionError } from "../errors.ts";
import { floatText } from "../printf/float.ts";
import { compareText } from "../value/bytes.ts";
import { checkText, WalkBudget } from "../value/limits.ts";
import { getKey } from "../value/map.ts";
import { toPlain } from "../value/plain.ts";
import { GoValue, integerOf, isMap, isNilValue, isSlice, typeName, type Value, type ValueMap } from "../value/value.ts";

const escapes: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

function quoted(text: string): string {
  const escaped = text.replaceAll(
    /["\\\0-\x1f\x7f]/g,
    (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const text = floatText(value, "g", -1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A list of nothing but tables is written as `[[key]]` blocks. */
function isTableArray(items: readonly Value[]): boolean {
  let holdsTables = items.length > 0;
  for (const item of items) {
    if (item === null || item === undefined) throw new FunctionError("toml: cannot encode array with nil element");
    if (isSlice(item)) isTableArray(item);
    holdsTables &&= isMap(item);
  }
  return holdsTables;
}

function isTable(value: Value): boolean {
  return isMap(value) || (isSlice(value) && isTableArray(value));
}

/** Writes tables as BurntSushi's encoder does: plain keys first, then tables, each sorted, two blanks per level. */
class TomlWriter {
  text = "";
  readonly #budget: WalkBudget = new WalkBudget();

  #write(text: string): void {
    this.text += text;
    checkText(this.text.length);
  }

  /** Ends a line, but does not begin a document with an empty one. */
  #newline(): void {
    if (this.text !== "") this.#write("\n");
  }

  encode(path: readonly string[], value: Value): void {
    this.#budget.visit(path.length);
    if (isSlice(value) && isTableArray(value)) this.#tables(path, value);
    else if (isMap(value)) this.#table(path, value);
    else if (path.length === 0) this.#write(this.#element(value, 0));
    else {
      this.#write(`${"  ".repeat(path.length - 1)}${keyText(path.at(-1) ?? "")} = ${this.#element(value, 0)}`);
      this.#newline();
    }
  }

  #tables(path: readonly string[], items: readonly Value[]): void {
    if (path.length === 0) throw new FunctionError("toml: top-level values must be Go maps or structs");
    for (const item of items) {
      if (!isMap(item) || isNilValue(item)) continue;
      this.#newline();
      this.#write(`${"  ".repeat(path.length - 1)}[[${path.map(keyText).join(".")}]]`);
      this.#newline();
      this.#entries(path, item);
    }
  }

  #table(path: readonly string[], map: ValueMap): void {
    if (path.length === 1) this.#newline();
    if (path.length > 0) {
      this.#write(`${"  ".repeat(path.length - 1)}[${path.map(keyText).join(".")}]`);
      this.#newline();
    }
    this.#entries(path, map);
  }

  #entries(path: readonly string[], map: ValueMap): void {
    for (const [key, value] of this.#sorted(map)) this.encode([...path, key], value);
  }

  #sorted(map: ValueMap): (readonly [string, Value])[] {
    const entries = Object.keys(map)
      .sort(compareText)
      .map((key) => [key, getKey(map, key)] as const);
    const direct = entries.filter(([, value]) => !isTable(value));
    const tables = entries.filter(([, value]) => isTable(value));
    return [...direct, ...tables].filter(([, value]) => !isNilValue(value));
  }

  #element(value: Value, depth: number): string {
    this.#budget.visit(depth);
    if (typeof value === "string") return quoted(value);
    if (typeof value === "boolean") return String(value);
    if (typeof value === "number") return numberText(value);
    const integer = integerOf(value);
    if (integer !== undefined) return integer.toString();
    if (value instanceof Uint8Array) return `[${value.join(", ")}]`;
    if (isSlice(value)) return `[${value.map((item) => this.#element(item, depth + 1)).join(", ")}]`;
    if (isMap(value)) {
      const entries = this.#sorted(value);
      return `{${entries.map(([key, item]) => `${keyText(key)} = ${this.#element(item, depth + 1)}`).join(", ")}}`;
    }
    if (value instanceof GoValue) return this.#element(toPlain(value), depth + 1);
    throw new FunctionError(`unexpected type: ${typeName(value)}`);
  }
}

/** Writes a map as TOML. Throws `FunctionError` for nils in lists and lists at the top. */
export function encodeToml(value: Value): string {
  const writer = new TomlWriter();
  writer.encode([], value);
  return writer.text;
}
