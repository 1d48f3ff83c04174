import { blockPlainStops, flowPlainStops, isBlank, isBlankOrEnd, isBreak, LF, TAB } from "./characters.ts";
import type { Cursor } from "./cursor.ts";

export interface PlainScalar {
  readonly value: string;
  /** Whether the cursor stopped behind a line break, so that a key may begin there. */
  readonly endsLine: boolean;
}

/** Thrown as a value by {@link scanPlain}'s caller: a tab stands where indentation must be. */
export const TAB_IN_INDENTATION = "found a tab character that violates indentation";

/**
 * Reads an unquoted scalar, folding its lines, and leaves the cursor behind it and the blanks and breaks that follow.
 * `indent` is the least column of continuation lines. Returns a problem text when the indentation holds a tab.
 */
export function scanPlain(cursor: Cursor, indent: number, inFlow: boolean): PlainScalar | string {
  const { source } = cursor;
  const stops = inFlow ? flowPlainStops : blockPlainStops;
  let value = "";
  let chunkStart = cursor.pos;
  let chunkEnd = chunkStart;
  let pos = chunkStart;
  let code = source.charCodeAt(pos);

  // One round per line of the scalar.
  for (;;) {
    // Words of this line. A `#` behind a blank begins a comment.
    while (code !== 0x23) {
      const wordStart = pos;
      for (;;) {
        while (code < 128 ? stops[code] === 0 : !isBreak(code)) code = source.charCodeAt(++pos);
        if (code !== 0x3a || isBlankOrEnd(source.charCodeAt(pos + 1))) break;
        code = source.charCodeAt(++pos);
      }
      if (pos > wordStart) chunkEnd = pos;
      if (!isBlank(code)) break;
      do code = source.charCodeAt(++pos);
      while (isBlank(code));
    }
    value += source.slice(chunkStart, chunkEnd);
    cursor.pos = pos;
    if (!isBreak(code)) return { value, endsLine: false };

    const firstBreak = cursor.readBreak();
    let furtherBreaks = "";
    code = source.charCodeAt(cursor.pos);
    for (;;) {
      if (isBlank(code)) {
        if (code === TAB && cursor.column < indent) return TAB_IN_INDENTATION;
        code = source.charCodeAt(++cursor.pos);
      } else if (isBreak(code)) {
        furtherBreaks += cursor.readBreak();
        code = source.charCodeAt(cursor.pos);
      } else break;
    }
    pos = cursor.pos;
    if ((!inFlow && cursor.column < indent) || code === 0x23) return { value, endsLine: true };
    if (cursor.column === 0 && cursor.atDocumentIndicator()) return { value, endsLine: true };
    if (stopsAtOnce(source, pos, code, stops)) return { value, endsLine: true };
    if (firstBreak.charCodeAt(0) === LF) value += furtherBreaks === "" ? " " : furtherBreaks;
    else value += firstBreak + furtherBreaks;
    chunkStart = pos;
    chunkEnd = pos;
  }
}

/** Whether the scalar gains nothing from a line that begins here: its end, or an indicator. */
function stopsAtOnce(source: string, pos: number, code: number, stops: Uint8Array): boolean {
  if (code >= 128 || stops[code] === 0) return false;
  return code !== 0x3a || isBlankOrEnd(source.charCodeAt(pos + 1));
}
