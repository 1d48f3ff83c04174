import { isBlank, isBlankOrEnd, isBreak, SPACE } from "../parse/characters.ts";
import type { Output } from "./output.ts";
import { isPrintable } from "./scalar-analysis.ts";

/** How Go writes scalars, given a style that can carry them. Lines are folded at blanks beyond `width` columns. */
export class ScalarWriter {
  readonly #out: Output;
  readonly #width: number;
  readonly #indentHint: string;

  constructor(out: Output, width: number, indentHint: number) {
    this.#out = out;
    this.#width = width;
    this.#indentHint = String(indentHint);
  }

  /** `value` has no line breaks. */
  writePlain(value: string, mayFold: boolean): void {
    const out = this.#out;
    // An empty scalar still ends the run of indicators on its line.
    out.indention = false;
    if (value === "") return;
    if (!out.whitespace) out.write(" ");
    if (mayFold && out.column + value.length > this.#width) this.#writeFolding(value);
    else out.write(value);
    out.whitespace = false;
    out.indention = false;
  }

  /** Breaks a line at its first single blank beyond the width. Columns count characters here, as in Go. */
  #writeFolding(value: string): void {
    const out = this.#out;
    let start = 0;
    let { column } = out;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      const folds =
        code === SPACE &&
        column > this.#width &&
        value.charCodeAt(i - 1) !== SPACE &&
        value.charCodeAt(i + 1) !== SPACE;
      if (folds) {
        out.write(value.slice(start, i));
        out.indention = false;
        out.writeIndent();
        start = i + 1;
        column = out.column;
      } else if ((code & 0xfc00) !== 0xdc00) column++;
    }
    out.write(value.slice(start));
  }

  writeSingleQuoted(value: string, mayFold: boolean): void {
    const out = this.#out;
    out.writeIndicator("'", true, false, false);
    let { column } = out;
    let afterSpace = false;
    let afterBreak = false;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code === SPACE) {
        const folds =
          mayFold &&
          !afterSpace &&
          column > this.#width &&
          i > 0 &&
          i < value.length - 1 &&
          value.charCodeAt(i + 1) !== SPACE;
        if (folds) {
          out.writeIndent();
          column = out.column;
        } else {
          out.write(" ");
          column++;
        }
        afterSpace = true;
      } else if (isBreak(code)) {
        if (!afterBreak && code === 0x0a) out.writeBreak();
        out.writeBreak(value.charAt(i));
        column = 0;
        afterBreak = true;
      } else {
        if (afterBreak) {
          out.writeIndent();
          column = out.column;
        }
        out.write(code === 0x27 ? "''" : value.charAt(i));
        out.indention = false;
        column += code === 0x27 ? 2 : 1;
        afterSpace = false;
        afterBreak = false;
      }
    }
    out.writeIndicator("'", false, false, false);
    out.whitespace = false;
    out.indention = false;
  }

  writeDoubleQuoted(value: string, mayFold: boolean): void {
    const out = this.#out;
    out.writeIndicator('"', true, false, false);
    // Go tests for a byte order mark at the wrong place: if the text begins with one, everything is escaped.
    const escapesAll = value.charCodeAt(0) === 0xfeff;
    let { column } = out;
    let afterSpace = false;
    let start = 0;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (escapesAll || code === 0x22 || code === 0x5c || code === 0x0a || !isPrintable(code) || isBreak(code)) {
        const point = value.codePointAt(i) ?? code;
        const escape = escapeOf(point);
        out.write(value.slice(start, i) + escape);
        column += escape.length;
        if (point > 0xffff) i++;
        start = i + 1;
        afterSpace = false;
      } else if (code === SPACE) {
        if (mayFold && !afterSpace && column > this.#width && i > 0 && i < value.length - 1) {
          out.write(value.slice(start, i));
          out.indention = false;
          out.writeIndent();
          if (value.charCodeAt(i + 1) === SPACE) out.write("\\");
          start = i + 1;
          column = out.column;
        } else column++;
        afterSpace = true;
      } else {
        column++;
        afterSpace = false;
      }
    }
    out.write(value.slice(start));
    out.writeIndicator('"', false, false, false);
    out.whitespace = false;
    out.indention = false;
  }

  /** Writes `|` or `>` and what tells how the text begins and ends. The caller then ends the line. */
  writeBlockHeader(indicator: "|" | ">", value: string): void {
    const out = this.#out;
    out.writeIndicator(indicator, true, false, false);
    const first = value.charCodeAt(0);
    if (first === SPACE || isBreak(first)) out.writeIndicator(this.#indentHint, false, false, false);
    const { length } = value;
    if (!isBreak(value.charCodeAt(length - 1))) out.writeIndicator("-", false, false, false);
    else if (length === 1 || isBreak(value.charCodeAt(length - 2))) out.writeIndicator("+", false, false, false);
  }

  writeLiteral(value: string): void {
    const out = this.#out;
    out.whitespace = true;
    let start = 0;
    let atLineStart = true;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (isBreak(code)) {
        if (i > start) out.write(value.slice(start, i));
        out.writeBreak(value.charAt(i));
        start = i + 1;
        atLineStart = true;
      } else if (atLineStart) {
        out.writeIndent();
        out.indention = false;
        atLineStart = false;
      }
    }
    if (start < value.length) out.write(value.slice(start));
  }

  writeFolded(value: string): void {
    const out = this.#out;
    out.whitespace = true;
    // Go looks at the start of the whole text here, not at the line: a quirk that its output depends on.
    let leading = 0;
    while (isBreak(value.charCodeAt(leading))) leading++;
    const doublesBreaks = leading < value.length && !isBlankOrEnd(value.charCodeAt(leading));
    let atLineStart = true;
    let indentedLine = true;
    let { column } = out;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (isBreak(code)) {
        if (!atLineStart && !indentedLine && code === 0x0a && doublesBreaks) out.writeBreak();
        out.writeBreak(value.charAt(i));
        atLineStart = true;
        continue;
      }
      if (atLineStart) {
        out.writeIndent();
        column = out.column;
        indentedLine = isBlank(code);
      }
      if (!atLineStart && code === SPACE && value.charCodeAt(i + 1) !== SPACE && column > this.#width) {
        out.writeIndent();
        column = out.column;
      } else {
        out.write(value.charAt(i));
        column++;
      }
      out.indention = false;
      atLineStart = false;
    }
  }
}

const named = new Map<number, string>([
  [0x00, "\\0"],
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x1b, "\\e"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
  [0x85, "\\N"],
  [0xa0, "\\_"],
  [0x2028, "\\L"],
  [0x2029, "\\P"],
]);

function escapeOf(point: number): string {
  const name = named.get(point);
  if (name !== undefined) return name;
  const hex = point.toString(16).toUpperCase();
  if (point <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return point <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
