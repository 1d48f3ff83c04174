import { isBlank, isBreak, isDigit, SPACE, TAB } from "./characters.ts";
import type { Cursor } from "./cursor.ts";

/** What stands between `|` or `>` and the end of that line. */
export interface BlockHeader {
  /** Final line breaks: -1 none, 0 one, 1 all. */
  readonly chomping: -1 | 0 | 1;
  /** Explicit indentation relative to the parent, 0 when it is to be detected. */
  readonly increment: number;
}

/** Reads the indicators behind `|` or `>`, up to the blanks that follow them. Returns a problem text for indent 0. */
export function scanBlockHeader(cursor: Cursor): BlockHeader | string {
  const { source } = cursor;
  let chomping: -1 | 0 | 1 = 0;
  let increment = 0;
  // Chomping and indentation come in either order, each at most once.
  for (let round = 0; round < 2; round++) {
    const code = source.charCodeAt(cursor.pos);
    if ((code === 0x2b || code === 0x2d) && chomping === 0) {
      chomping = code === 0x2b ? 1 : -1;
      cursor.pos++;
    } else if (isDigit(code) && increment === 0) {
      if (code === 0x30) return "found an indentation indicator equal to 0";
      increment = code - 0x30;
      cursor.pos++;
    } else break;
  }
  while (isBlank(source.charCodeAt(cursor.pos))) cursor.pos++;
  return { chomping, increment };
}

export type BlockScalar = { readonly value: string } | { readonly problem: string };

/**
 * Reads the lines of a literal or folded scalar; the cursor stands at the start of the line after the header.
 * `parentIndent` is the indentation of the collection that holds the scalar, -1 at the top.
 */
export function scanBlockBody(
  cursor: Cursor,
  header: BlockHeader,
  parentIndent: number,
  literal: boolean,
): BlockScalar {
  const { source } = cursor;
  let indent = header.increment === 0 ? 0 : Math.max(parentIndent, 0) + header.increment;
  const leading = scanBlankLines(cursor, indent, parentIndent);
  if (leading === undefined) return { problem: tabProblem };
  indent = leading.indent;
  let blankLines = leading.breaks;
  let value = "";
  let lineBreak = "";
  let previousIndented = false;
  let hasLine = false;

  while (cursor.column === indent) {
    const code = source.charCodeAt(cursor.pos);
    if (code === 0) break;
    const startsIndented = isBlank(code);
    const folds = !literal && hasLine && lineBreak === "\n" && !previousIndented && !startsIndented;
    if (folds) value += blankLines === "" ? " " : blankLines;
    else value += lineBreak + blankLines;
    previousIndented = startsIndented;

    const end = cursor.lineEnd(cursor.pos);
    value += source.slice(cursor.pos, end);
    cursor.pos = end;
    hasLine = true;
    if (source.charCodeAt(end) === 0) {
      lineBreak = "";
      blankLines = "";
      break;
    }
    lineBreak = cursor.readBreak();
    const between = scanBlankLines(cursor, indent, parentIndent);
    if (between === undefined) return { problem: tabProblem };
    blankLines = between.breaks;
  }
  if (header.chomping !== -1) value += lineBreak;
  if (header.chomping === 1) value += blankLines;
  return { value };
}

const tabProblem = "found a tab character where an indentation space is expected";

/**
 * Steps over empty lines and the indentation of the first other one. With `indent` 0 the indentation is that of the
 * most indented of these lines. Returns `undefined` when a tab stands in the indentation.
 */
function scanBlankLines(
  cursor: Cursor,
  indent: number,
  parentIndent: number,
): { indent: number; breaks: string } | undefined {
  const { source } = cursor;
  let breaks = "";
  let deepest = 0;
  for (;;) {
    let { pos } = cursor;
    const limit = indent === 0 ? Number.POSITIVE_INFINITY : cursor.lineStart + indent;
    while (pos < limit && source.charCodeAt(pos) === SPACE) pos++;
    cursor.pos = pos;
    if (cursor.column > deepest) deepest = cursor.column;
    const code = source.charCodeAt(pos);
    if (code === TAB && pos < limit) return undefined;
    if (!isBreak(code)) break;
    breaks += cursor.readBreak();
  }
  return { indent: indent === 0 ? Math.max(deepest, parentIndent + 1, 1) : indent, breaks };
}
