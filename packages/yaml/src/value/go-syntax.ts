import { formatFloat } from "../resolve/float-text.ts";
import type { JsonValue } from "./value.ts";

/** How Go's `%#v` prints a decoded value; error texts quote keys this way. Maps have untyped keys in v2, strings in v3. */
export function goSyntax(value: JsonValue, dialect: "v2" | "v3", nested = false): string {
  if (value === null) return nested ? "interface {}(nil)" : "<nil>";
  if (typeof value === "string") return goQuote(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : formatFloat(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item, dialect, true)).join(", ")}}`;
  const keyType = dialect === "v2" ? "interface {}" : "string";
  const fields = Object.keys(value).sort();
  const pairs = fields.map((key) => `${goQuote(key)}:${goSyntax(value[key] ?? null, dialect, true)}`);
  return `map[${keyType}]interface {}{${pairs.join(", ")}}`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
const needsEscape = /["\\\p{C}\u2028\u2029]|(?! )\p{Z}/gu;

/** `strconv.Quote`. */
export function goQuote(text: string): string {
  const escaped = text.replace(needsEscape, (character) => {
    const known = escapes[character];
    if (known !== undefined) return known;
    const point = character.codePointAt(0) ?? 0;
    const hex = point.toString(16);
    if (point < 0x80) return `\\x${hex.padStart(2, "0")}`;
    return point > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
