import { YamlError } from "../errors.ts";
import { CR, isBlank, isBreak, LF } from "./characters.ts";

const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;
const loneSurrogate = /\p{Surrogate}/u;
const exoticBreak = /[\r\x85\u2028\u2029]/;
const surrogate = /[\ud800-\udbff]/;

/** A place in a text. Lines and columns are zero-based here. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** A text and the place reached in it. */
export class Cursor {
  /** The text, followed by NULs so that looking a few characters ahead never leaves it. */
  readonly source: string;
  /** Whether every line ends in a plain line feed, so that a line's end can be searched for. */
  readonly onlyLineFeeds: boolean;
  readonly #hasSurrogates: boolean;
  #countedLine = -1;
  #countedTo = 0;
  #countedPairs = 0;
  pos = 0;
  line = 0;
  /** Index of the current line's first character. */
  lineStart = 0;

  /** @throws YamlError `Syntax` for characters that YAML does not allow. */
  constructor(text: string) {
    const unmarked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    const found = control.exec(unmarked) ?? (unmarked.isWellFormed() ? null : loneSurrogate.exec(unmarked));
    if (found !== null) throw forbiddenCharacter(unmarked, found.index);
    this.source = `${unmarked}\0\0\0\0\0\0\0\0`;
    this.onlyLineFeeds = !exoticBreak.test(unmarked);
    this.#hasSurrogates = surrogate.test(unmarked);
  }

  get column(): number {
    return this.pos - this.lineStart;
  }

  mark(): Mark {
    return { index: this.pos, line: this.line, column: this.pos - this.lineStart };
  }

  /** Steps over the line break at the cursor; CR LF is one. */
  skipBreak(): void {
    this.pos += this.source.charCodeAt(this.pos) === CR && this.source.charCodeAt(this.pos + 1) === LF ? 2 : 1;
    this.line++;
    this.lineStart = this.pos;
  }

  /** Steps over a line break and returns what it contributes to a scalar. */
  readBreak(): string {
    const code = this.source.charCodeAt(this.pos);
    this.skipBreak();
    return code >= 0x2028 ? String.fromCharCode(code) : "\n";
  }

  /** The end of the line that holds `from`: the index of its break or of the end of the text. */
  lineEnd(from: number): number {
    const { source } = this;
    if (this.onlyLineFeeds) {
      const end = source.indexOf("\n", from);
      return end === -1 ? source.length - 8 : end;
    }
    let end = from;
    let code = source.charCodeAt(end);
    while (code !== 0 && !isBreak(code)) code = source.charCodeAt(++end);
    return end;
  }

  /** How many line breaks stand between the last visible character before the cursor and the cursor. */
  newlinesBefore(): number {
    const { source } = this;
    let count = 0;
    for (let at = this.pos - 1; at >= 0; at--) {
      const code = source.charCodeAt(at);
      if (isBreak(code)) {
        count++;
        if (code === LF && at > 0 && source.charCodeAt(at - 1) === CR) at--;
      } else if (!isBlank(code)) break;
    }
    return count;
  }

  /** Whether `---` or `...` stands alone at the cursor, which is at the start of a line. */
  atDocumentIndicator(): boolean {
    const { source, pos } = this;
    const code = source.charCodeAt(pos);
    if (code !== 0x2d && code !== 0x2e) return false;
    if (source.charCodeAt(pos + 1) !== code || source.charCodeAt(pos + 2) !== code) return false;
    const next = source.charCodeAt(pos + 3);
    return next === 0 || isBlank(next) || isBreak(next);
  }

  /**
   * The one-based column of a place, which is at `column` code units in its line: Go counts characters. Places are
   * asked for in ascending order, so counting goes on from the last one.
   */
  displayColumn(index: number, column: number): number {
    if (!this.#hasSurrogates) return column + 1;
    const lineStart = index - column;
    if (lineStart !== this.#countedLine || index < this.#countedTo) {
      this.#countedLine = lineStart;
      this.#countedTo = lineStart;
      this.#countedPairs = 0;
    }
    for (; this.#countedTo < index; this.#countedTo++) {
      if ((this.source.charCodeAt(this.#countedTo) & 0xfc00) === 0xdc00) this.#countedPairs++;
    }
    return column + 1 - this.#countedPairs;
  }
}

function forbiddenCharacter(text: string, index: number): YamlError {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  const isSurrogate = (text.charCodeAt(index) & 0xf800) === 0xd800;
  // Go notices before it knows lines, so its message has none.
  const problem = isSurrogate ? "invalid Unicode character" : "control characters are not allowed";
  return new YamlError("Syntax", `yaml: ${problem}`, line, index - lineStart + 1);
}
