/**
 * How Go prints strings and JSON values. Messages of a real API server hold such text, and clients show it.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from "./json.ts";

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** `%q`: double-quoted, unprintable characters escaped. */
export function quote(text: string): string {
  let result = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const short = shortEscapes.get(code);
    if (short !== undefined) result += short;
    else if (code < 0x20 || code === 0x7f) result += `\\x${hex(code, 2)}`;
    else if (/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(character)) {
      result += code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
    } else result += character;
  }
  return `${result}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** The JSON of a value as Go encodes it: keys sorted, no spaces, `<`, `>` and `&` escaped. */
export function encodeJson(value: JsonValue): string {
  if (typeof value === "string") return encodeString(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isArray(value)) return `[${value.map(encodeJson).join(",")}]`;
  return `{${sortedEntries(value)
    .map(([key, item]) => `${encodeString(key)}:${encodeJson(item)}`)
    .join(",")}}`;
}

function encodeString(text: string): string {
  const json = JSON.stringify(text);
  if (!/[<>&\u2028\u2029]/.test(json)) return json;
  return json.replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

function sortedEntries(object: JsonObject): [string, JsonValue][] {
  return Object.entries(object).toSorted(([a], [b]) => compareUtf8(a, b));
}

/** Orders strings by their UTF-8 bytes, which differs from UTF-16 order beyond the basic plane. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return utf8Rank(x) - utf8Rank(y);
  }
  return a.length - b.length;
}

function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** `%T` of a decoded JSON value. */
export function typeName(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

/** `%v` of a decoded JSON value: `map[a:1 b:[x y]]`. */
export function formatValue(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (isArray(value)) return `[${value.map(formatValue).join(" ")}]`;
  if (isObject(value)) {
    return `map[${sortedEntries(value)
      .map(([key, item]) => `${key}:${formatValue(item)}`)
      .join(" ")}]`;
  }
  return String(value);
}

/** `%#v` of a decoded JSON value: Go syntax. */
export function formatSyntax(value: JsonValue): string {
  if (value === null) return "interface {}(nil)";
  if (typeof value === "string") return quote(value);
  if (isArray(value)) return `[]interface {}{${value.map(formatSyntax).join(", ")}}`;
  if (isObject(value)) {
    return `map[string]interface {}{${sortedEntries(value)
      .map(([key, item]) => `${quote(key)}:${formatSyntax(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}
