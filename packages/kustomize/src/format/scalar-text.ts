import { resolvePlain } from "../node/resolve.ts";

/** The column after which Go's printer breaks a line at the next space. */
const bestWidth = 80;

/** Text that needs no quotes whatever surrounds it, and no closer look. */
const simple = /^[A-Za-z_/$(][^\0-\x1f\x7f-\uffff:# ]*$/;
const longestWord = 5;
const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Where a scalar is printed. */
export interface ScalarPlace {
  /** The column of the next character, before the space that separates it from the key or dash. */
  readonly column: number;
  /** The indentation of continued lines and of block scalars. */
  readonly indent: number;
  /** Whether it is a key: then it stays on its line. */
  readonly isKey: boolean;
}

/** Prints a string as Go's YAML 1.1 printer does, without the space before it. */
export function formatText(text: string, place: ScalarPlace): string {
  if (simple.test(text)) {
    if (text.length > longestWord || resolvePlain(text, "1.1").tag === "!!str") return text;
    return `"${text}"`;
  }
  if (text === "") return `""`;
  const traits = inspect(text);
  if (text.includes("\n") && !place.isKey) {
    return traits.block ? literal(text, place.indent) : doubleQuoted(text, place);
  }
  if (!isString(text)) return doubleQuoted(text, place);
  if (traits.plain && !text.includes("\n")) return plain(text, place);
  return traits.single && !(place.isKey && traits.multiline) ? singleQuoted(text, place) : doubleQuoted(text, place);
}

/** Whether YAML 1.1 reads the plain text as a string again. */
function isString(text: string): boolean {
  return resolvePlain(text, "1.1").tag === "!!str" && !sexagesimal.test(text);
}

/** Whether a key must be printed in the long form, `? key`. */
export function isComplexKey(text: string): boolean {
  if (text.length <= 42 && !lineBreak.test(text)) return false;
  return lineBreak.test(text) || new TextEncoder().encode(text).length > 128;
}

const lineBreak = /[\n\r\u0085\u2028\u2029]/;

interface Traits {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
  readonly multiline: boolean;
}

/** Which styles the characters of a text allow. */
function inspect(text: string): Traits {
  const multiline = lineBreak.test(text);
  const special = unprintable.test(text) || / [\n\r\u0085\u2028\u2029]/.test(text);
  const leading = /^[ \n\r\u0085\u2028\u2029]/.test(text);
  const trailing = /[ \n\r\u0085\u2028\u2029]$/.test(text);
  const breakSpace = /[\n\r\u0085\u2028\u2029] /.test(text);
  const indicators = indicator.test(text);
  return {
    multiline,
    plain: !special && !leading && !trailing && !breakSpace && !multiline && !indicators,
    single: !special && !breakSpace,
    block: !special && !text.endsWith(" "),
  };
}

/** What the printer escapes: everything but line feeds, printable ASCII and the printable rest of the basic plane. */
const unprintable = /[\0-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]/;

/** What would be read as structure in a plain scalar. */
const indicator =
  /^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[?:](?:[ \t]|$)|^-(?:[ \t]|$)|:(?:[ \t]|$)|[\0 \t\n\r\u0085\u2028\u2029]#/;

function plain(text: string, place: ScalarPlace): string {
  return place.isKey ? text : fold(text, place, 1);
}

/** Breaks at single spaces behind the best width; columns count characters. */
function fold(text: string, place: ScalarPlace, opening: number): string {
  if (place.column + opening + text.length <= bestWidth || !text.includes(" ")) return text;
  const newline = `\n${" ".repeat(place.indent)}`;
  const isQuoted = opening > 1;
  let column = place.column + opening;
  let out = "";
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (isLowSurrogate(text.charCodeAt(index))) continue;
    column++;
    if (text[index] !== " " || column <= bestWidth + 1) continue;
    const isInside = !isQuoted || (index > 0 && index < text.length - 1);
    if (!isInside || text[index - 1] === " " || text[index + 1] === " ") continue;
    out += text.slice(start, index) + newline;
    start = index + 1;
    column = place.indent;
  }
  return out + text.slice(start);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function singleQuoted(text: string, place: ScalarPlace): string {
  const doubled = text.replaceAll("'", "''");
  if (lineBreak.test(text)) return `'${breakSingle(doubled, place.indent)}'`;
  if (place.isKey) return `'${doubled}'`;
  // A doubled quote counts two columns, as it is printed.
  return `'${fold(doubled, place, 2)}'`;
}

/** Line and paragraph separators stay, and what follows them is indented. */
function breakSingle(text: string, indent: number): string {
  return text.replace(/[\u2028\u2029]+(?=[^\u2028\u2029])/g, (breaks) => breaks + " ".repeat(indent));
}

const escapes: ReadonlyMap<number, string> = new Map([
  [0x00, "0"],
  [0x07, "a"],
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0b, "v"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x1b, "e"],
  [0x22, '"'],
  [0x5c, "\\"],
  [0x85, "N"],
  [0xa0, "_"],
  [0x2028, "L"],
  [0x2029, "P"],
]);

const needsEscape = /[\0-\x1f"\\\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/;

function doubleQuoted(text: string, place: ScalarPlace): string {
  // The printer takes a text that begins with a byte order mark for one of such marks only.
  const escapesAll = text.startsWith("\ufeff");
  if (!escapesAll && !needsEscape.test(text) && (place.isKey || place.column + text.length <= bestWidth))
    return `"${text}"`;
  const newline = `\n${" ".repeat(place.indent)}`;
  let column = place.column + 2;
  let out = "";
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (escapesAll || needsEscape.test(character)) {
      const code = text.codePointAt(index) ?? 0;
      const escaped = escape(code);
      out += text.slice(start, index) + escaped;
      column += escaped.length;
      if (code > 0xffff) index++;
      start = index + 1;
      continue;
    }
    column++;
    if (character !== " " || place.isKey || column <= bestWidth + 1) continue;
    if (index === 0 || index === text.length - 1 || text[index - 1] === " ") continue;
    const isDouble = text[index + 1] === " ";
    out += text.slice(start, index) + newline + (isDouble ? "\\" : "");
    start = index + 1;
    column = place.indent + (isDouble ? 1 : 0);
  }
  return `"${out}${text.slice(start)}"`;
}

function escape(code: number): string {
  const short = escapes.get(code);
  if (short !== undefined) return `\\${short}`;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function literal(text: string, indent: number): string {
  const margin = " ".repeat(indent);
  const hint = /^[ \n\u2028\u2029]/.test(text) ? "2" : "";
  const chomp = !/[\n\u2028\u2029]$/.test(text)
    ? "-"
    : text.length === 1 || /[\n\u2028\u2029]{2}$/.test(text)
      ? "+"
      : "";
  let out = `|${hint}${chomp}`;
  const end = text.endsWith("\n") ? text.length - 1 : text.length;
  for (let start = 0; start <= end;) {
    const stop = text.indexOf("\n", start);
    const line = text.slice(start, stop < 0 || stop > end ? end : stop);
    out += line === "" ? "\n" : `\n${margin}${separated(line, margin)}`;
    start = stop < 0 || stop >= end ? end + 1 : stop + 1;
  }
  return out;
}

function separated(line: string, margin: string): string {
  return lineSeparator.test(line) ? line.replace(/([\u2028\u2029]+)(?=[^\u2028\u2029])/g, `$1${margin}`) : line;
}

const lineSeparator = /[\u2028\u2029]/;
