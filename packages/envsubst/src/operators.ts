import { trimPrefix, trimSuffix } from "./glob.ts";

/** Applies an operator to a value (`""` when the variable is not set) and its evaluated arguments. */
export type Operator = (value: string, args: readonly string[]) => string;

const orDefault: Operator = (value, [fallback = ""]) => (value === "" ? fallback : value);

const firstCharacter =
  (change: (text: string) => string): Operator =>
  (value) => {
    const first = String.fromCodePoint(value.codePointAt(0) ?? 0);
    return value === "" ? "" : change(first) + value.slice(first.length);
  };

// Go maps runes one to one: letters whose upper case is longer (ß) stay as they are.
const mapRunes =
  (change: (text: string) => string): Operator =>
  (value) =>
    Array.from(value, (rune) => oneRune(rune, change(rune))).join("");
const oneRune = (rune: string, changed: string): string => (Array.from(changed).length === 1 ? changed : rune);
const upper = (text: string): string => oneRune(text, text.toUpperCase());
const lower = (text: string): string => oneRune(text, text.toLowerCase());

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A slice counted in UTF-8 bytes, as Go counts. Arguments that are not numbers leave the value as it is. */
const slice: Operator = (value, [offsetText = "", lengthText]) => {
  const offset = integer(offsetText);
  const length = lengthText === undefined ? undefined : integer(lengthText);
  if (offset === undefined) return value;
  const bytes = encoder.encode(value);
  if (lengthText === undefined || length === undefined)
    return sliceFrom(value, bytes, offset, lengthText !== undefined);
  return sliceOf(value, bytes, offset, length);
};

function integer(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function sliceFrom(value: string, bytes: Uint8Array, offset: number, isMalformed: boolean): string {
  if (isMalformed) return value;
  if (offset > bytes.length) return "";
  return offset < 0 ? value : decoder.decode(bytes.subarray(offset));
}

function sliceOf(value: string, bytes: Uint8Array, offset: number, length: number): string {
  if (offset < 0 || offset > bytes.length) return offset < 0 ? value : "";
  const end = length < 0 ? bytes.length + length : Math.min(bytes.length, offset + length);
  return decoder.decode(bytes.subarray(offset, Math.max(offset, end)));
}

/** What each operator does. The key is the operator as the parser spells it. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["", (value) => value],
  ["#length", (value) => String(encoder.encode(value).length)],
  ["=", orDefault],
  [":=", orDefault],
  [":-", orDefault],
  // In bash these two mean something else; here they are defaults as well.
  [":?", orDefault],
  [":+", orDefault],
  ["^", firstCharacter(upper)],
  ["^^", mapRunes(upper)],
  [",", firstCharacter(lower)],
  [",,", mapRunes(lower)],
  // Mixed up, the two change nothing.
  [",^", (value) => value],
  ["^,", (value) => value],
  [":", slice],
  ["#", (value, [pattern = ""]) => trimPrefix(value, pattern, "shortest")],
  ["##", (value, [pattern = ""]) => trimPrefix(value, pattern, "longest")],
  ["%", (value, [pattern = ""]) => trimSuffix(value, pattern, "shortest")],
  ["%%", (value, [pattern = ""]) => trimSuffix(value, pattern, "longest")],
  ["/", (value, [text = "", by = ""]) => value.replace(text, () => by)],
  ["//", (value, [text = "", by = ""]) => value.replaceAll(text, () => by)],
  // Without a replacement these two do nothing, unlike the two above.
  [
    "/#",
    (value, [text = "", by = ""]) => (by !== "" && value.startsWith(text) ? by + value.slice(text.length) : value),
  ],
  [
    "/%",
    (value, [text = "", by = ""]) =>
      by !== "" && value.endsWith(text) ? value.slice(0, value.length - text.length) + by : value,
  ],
]);

/** Operators that give a variable without value something to fall back on, so strict mode lets them be. */
export const defaultOperators: ReadonlySet<string> = new Set(["=", ":=", ":-", ":?", ":+"]);
