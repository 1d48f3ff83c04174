import { hexValue, isBlank, isBreak, isBreakOrEnd, LF, SPACE, TAB } from "./characters.ts";
import type { Cursor } from "./cursor.ts";

/** A scalar's text, or what is wrong with it. */
export type QuotedScalar = { readonly value: string } | { readonly problem: string };

const singleEscapes = new Map<number, string>([
  [0x30, "\0"],
  [0x61, "\x07"],
  [0x62, "\b"],
  [0x74, "\t"],
  [TAB, "\t"],
  [0x6e, "\n"],
  [0x76, "\v"],
  [0x66, "\f"],
  [0x72, "\r"],
  [0x65, "\x1b"],
  [SPACE, " "],
  [0x22, '"'],
  [0x27, "'"],
  [0x5c, "\\"],
  [0x4e, "\x85"],
  [0x5f, "\xa0"],
  [0x4c, "\u2028"],
  [0x50, "\u2029"],
]);
const escapeLengths = new Map<number, number>([
  [0x78, 2],
  [0x75, 4],
  [0x55, 8],
]);

/** Reads a quoted scalar, from its opening quote at the cursor to behind the closing one. */
export function scanQuoted(cursor: Cursor, quote: 0x22 | 0x27): QuotedScalar {
  const { source } = cursor;
  const isSingle = quote === 0x27;
  cursor.pos++;
  let value = "";
  for (;;) {
    if (cursor.column === 0 && cursor.atDocumentIndicator()) return { problem: "found unexpected document indicator" };
    if (source.charCodeAt(cursor.pos) === 0) return { problem: "found unexpected end of stream" };

    // A stretch without line breaks; blanks inside it belong to it, blanks before a line break do not.
    let start = cursor.pos;
    let pos = start;
    let escapedBreak = false;
    let code = source.charCodeAt(pos);
    for (;;) {
      while (code !== quote && code !== 0x5c && !isBreakOrEnd(code)) code = source.charCodeAt(++pos);
      if (code === quote) {
        if (isSingle && source.charCodeAt(pos + 1) === quote) {
          value += source.slice(start, pos + 1);
          pos += 2;
          start = pos;
          code = source.charCodeAt(pos);
          continue;
        }
        value += source.slice(start, pos);
        cursor.pos = pos + 1;
        return { value };
      }
      if (code !== 0x5c) break;
      if (isSingle) {
        code = source.charCodeAt(++pos);
        continue;
      }
      value += source.slice(start, pos);
      const next = source.charCodeAt(pos + 1);
      if (isBreak(next)) {
        cursor.pos = pos + 1;
        cursor.skipBreak();
        escapedBreak = true;
        break;
      }
      cursor.pos = pos;
      const escaped = readEscape(cursor, next);
      if (escaped.problem !== undefined) return { problem: escaped.problem };
      value += escaped.text;
      pos = cursor.pos;
      start = pos;
      code = source.charCodeAt(pos);
    }

    if (!escapedBreak) {
      if (code === 0) {
        cursor.pos = pos;
        return { problem: "found unexpected end of stream" };
      }
      let end = pos;
      while (end > start && isBlank(source.charCodeAt(end - 1))) end--;
      value += source.slice(start, end);
      cursor.pos = pos;
    }
    value += foldBreaks(cursor, escapedBreak);
  }
}

/** Steps over line breaks and the blanks between them; an escaped break contributes nothing itself. */
function foldBreaks(cursor: Cursor, escapedBreak: boolean): string {
  const { source } = cursor;
  const firstBreak = escapedBreak ? "" : cursor.readBreak();
  let furtherBreaks = "";
  for (;;) {
    const code = source.charCodeAt(cursor.pos);
    if (isBlank(code)) cursor.pos++;
    else if (isBreak(code)) furtherBreaks += cursor.readBreak();
    else break;
  }
  if (firstBreak.charCodeAt(0) !== LF) return firstBreak + furtherBreaks;
  return furtherBreaks === "" ? " " : furtherBreaks;
}

function readEscape(cursor: Cursor, code: number): { text: string; problem?: string } {
  const single = singleEscapes.get(code);
  if (single !== undefined) {
    cursor.pos += 2;
    return { text: single };
  }
  const length = escapeLengths.get(code);
  if (length === undefined) return { text: "", problem: "found unknown escape character" };
  cursor.pos += 2;
  let point = 0;
  for (let i = 0; i < length; i++) {
    const digit = hexValue(cursor.source.charCodeAt(cursor.pos + i));
    if (digit < 0) return { text: "", problem: "did not find expected hexdecimal number" };
    point = point * 16 + digit;
  }
  if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) {
    return { text: "", problem: "found invalid Unicode character escape code" };
  }
  cursor.pos += length;
  return { text: String.fromCodePoint(point) };
}
