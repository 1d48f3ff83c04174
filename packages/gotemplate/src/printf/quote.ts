import { runesOf } from "../value/bytes.ts";

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x0c, "\\f"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x0b, "\\v"],
  [0x5c, "\\\\"],
]);

const plain = /^[ !#-[\]-~]*$/;
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII blank. */
export function isPrintable(code: number): boolean {
  return printable.test(String.fromCodePoint(code));
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

function escapeRune(code: number, quote: number, asciiOnly: boolean): string {
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code === quote) return `\\${String.fromCodePoint(code)}`;
  const short = shortEscapes.get(code);
  if (short !== undefined) return short;
  if (code >= 0xd800 && code <= 0xdfff) return "\\ufffd";
  if (code < 0x80 ? code >= 0x20 && code < 0x7f : !asciiOnly && isPrintable(code)) return String.fromCodePoint(code);
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

/** Go's `strconv.Quote`, or `QuoteToASCII`. */
export function quoteText(text: string, asciiOnly = false): string {
  if (plain.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += escapeRune(character.codePointAt(0) ?? 0, 0x22, asciiOnly);
  return `${quoted}"`;
}

/** Go's `strconv.QuoteRune`. */
export function quoteRune(code: number, asciiOnly = false): string {
  const valid = code > 0x10ffff || code < 0 || (code >= 0xd800 && code <= 0xdfff) ? 0xfffd : code;
  return `'${escapeRune(valid, 0x27, asciiOnly)}'`;
}

/** Whether `%#q` may use backquotes: one line, no control characters, no backquote. */
export function canBackquote(text: string): boolean {
  if (!text.isWellFormed()) return false;
  return runesOf(text).every(
    (code) => code !== 0xfeff && code !== 0x60 && code !== 0x7f && (code >= 0x20 || code === 9),
  );
}
