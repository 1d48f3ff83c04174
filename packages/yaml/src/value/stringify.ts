import { YamlError } from "../errors.ts";
import { Output } from "../format/output.ts";
import { analyzeScalar } from "../format/scalar-analysis.ts";
import { ScalarWriter } from "../format/scalar-writer.ts";
import { Cursor } from "../parse/cursor.ts";
import { scanQuoted } from "../parse/scan-quoted.ts";
import { formatFloat } from "../resolve/float-text.ts";
import { parseNumber } from "../resolve/numbers.ts";
import { resolveScalar } from "../resolve/resolve-tag.ts";
import { compareKeys } from "./key-order.ts";

/** Lines are folded at the first blank beyond this column. */
const WIDTH = 80;
const STEP = 2;
const MAX_DEPTH = 1000;
/** Longest key written before its `:`; longer ones get a `?`. */
const MAX_SIMPLE_KEY = 128;

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** What JSON leaves unescaped and YAML does not take as it is. */
const rawInJson = /[\x7f-\x9f\ufffe\uffff]/;
const encoder = new TextEncoder();

/**
 * Writes a value as `sigs.k8s.io/yaml` marshals it: sorted keys, sequences not indented below their key, quotes where
 * YAML 1.1 would read something else, lines folded beyond 80 columns. Fields that are `undefined` are left out, as in
 * JSON, objects with `toJSON` are asked, lone surrogates become U+FFFD.
 * The detour over JSON that Go takes shows: C1 control characters are refused (`Syntax`), NEL becomes a blank.
 * @throws YamlError `Unrepresentable` for functions, symbols, NaN and infinities, `LimitExceeded` for cycles.
 */
export function stringify(value: unknown): string {
  const writer = new ValueWriter();
  writer.writeValue(value, "root", 0);
  writer.out.indent = -1;
  writer.out.writeIndent();
  return writer.out.text;
}

type Place = "root" | "item" | "value";

class ValueWriter {
  readonly out: Output = new Output();
  readonly #scalars: ScalarWriter = new ScalarWriter(this.out, WIDTH, STEP);

  writeValue(input: unknown, place: Place, depth: number): void {
    if (depth > MAX_DEPTH)
      throw new YamlError("LimitExceeded", `yaml: value is nested deeper than ${MAX_DEPTH} levels`);
    const value = jsonOf(input);
    if (typeof value === "object" && value !== null) {
      if (Array.isArray(value)) this.#writeSequence(value, place, depth);
      else this.#writeMapping(value as Readonly<Record<string, unknown>>, depth);
    } else if (typeof value === "string") this.#writeString(throughJson(value), false);
    else this.#writePlain(primitiveText(value));
  }

  #writeSequence(items: readonly unknown[], place: Place, depth: number): void {
    const { out } = this;
    if (items.length === 0) return this.#writeEmpty("[", "]");
    const outer = out.indent;
    // Below a key the dashes stand at the key's own column.
    if (outer < 0) out.indent = 0;
    else if (place !== "value" || out.indention) out.indent = outer + STEP;
    for (const item of items) {
      this.#writeLineStart();
      out.writeIndicator("-", true, false, true);
      this.writeValue(item === undefined ? null : item, "item", depth + 1);
    }
    out.indent = outer;
  }

  #writeMapping(object: Readonly<Record<string, unknown>>, depth: number): void {
    const { out } = this;
    const keys = Object.keys(object).filter((key) => jsonOf(object[key]) !== undefined);
    if (keys.length === 0) return this.#writeEmpty("{", "}");
    keys.sort(compareKeys);
    const outer = out.indent;
    out.indent = outer < 0 ? 0 : outer + STEP;
    for (const key of keys) {
      this.#writeLineStart();
      const text = throughJson(key);
      const isSimple = isSimpleKey(text);
      if (!isSimple) out.writeIndicator("?", true, false, true);
      this.#writeString(text, isSimple);
      if (isSimple) out.writeIndicator(":", false, false, false);
      else {
        this.#writeLineStart();
        out.writeIndicator(":", true, false, true);
      }
      this.writeValue(object[key], "value", depth + 1);
    }
    out.indent = outer;
  }

  #writeLineStart(): void {
    this.out.writeIndent();
    this.out.indention = true;
  }

  #writeEmpty(open: string, close: string): void {
    this.out.writeIndicator(open, true, true, false);
    this.out.writeIndicator(close, false, false, false);
  }

  #writePlain(text: string): void {
    if (!this.out.whitespace) this.out.write(" ");
    this.out.writeContent(text);
  }

  #writeString(value: string, isSimpleKey: boolean): void {
    const { out } = this;
    const analysis = analyzeScalar(value, false);
    let style: "plain" | "single" | "double" | "literal" = "plain";
    if (value.includes("\n")) style = isSimpleKey || !analysis.block ? "double" : "literal";
    else if (!isPlainString(value)) style = "double";
    else if (isSimpleKey && analysis.multiline) style = "double";
    else if (!analysis.blockPlain) style = analysis.single ? "single" : "double";
    const outer = out.indent;
    out.indent = outer < 0 ? STEP : outer + STEP;
    if (style === "plain") this.#scalars.writePlain(value, !isSimpleKey);
    else if (style === "single") this.#scalars.writeSingleQuoted(value, !isSimpleKey);
    else if (style === "double") this.#scalars.writeDoubleQuoted(value, !isSimpleKey);
    else {
      this.#scalars.writeBlockHeader("|", value);
      out.writeBreak();
      this.#scalars.writeLiteral(value);
    }
    out.indent = outer;
  }
}

/**
 * Go writes JSON first and reads that as YAML, where an unescaped NEL is a line break to be folded and other C1
 * controls are refused.
 */
function throughJson(text: string): string {
  const value = text.toWellFormed();
  if (!rawInJson.test(value)) return value;
  // Go's JSON escapes these two, so they are no line breaks there.
  const json = JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  const scalar = scanQuoted(new Cursor(json), 0x22);
  if ("problem" in scalar) throw unrepresentable(scalar.problem);
  return scalar.value;
}

/** What JSON would make of a value: the result of `toJSON` where there is one. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === "function" ? (Reflect.apply(toJSON, value, []) as unknown) : value;
}

function primitiveText(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  // Go reads the number back from its JSON form: 1e6 is an integer, what exceeds 64 bits is a float.
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) {
    const number = parseNumber(String(value));
    if (number === undefined) throw unrepresentable(String(value));
    return number.type === "int" ? String(number.value) : formatFloat(number.value);
  }
  throw unrepresentable(typeof value === "number" ? String(value) : typeof value);
}

function unrepresentable(what: string): YamlError {
  return new YamlError("Unrepresentable", `json: unsupported value: ${what}`);
}

/** Whether a text without quotes would be read as a string again. */
function isPlainString(value: string): boolean {
  if (value === "<<") return true;
  if (resolveScalar(value, "v2", "") !== undefined) return false;
  return !(value.includes(":") && base60.test(value));
}

function isSimpleKey(key: string): boolean {
  if (/[\n\r\x85\u2028\u2029]/.test(key)) return false;
  return key.length <= MAX_SIMPLE_KEY / 3 || encoder.encode(key).length <= MAX_SIMPLE_KEY;
}
