import { isBlank, isBreak, isBreakOrEnd } from "./characters.ts";
import type { Comment } from "./comment.ts";
import { Cursor } from "./cursor.ts";
import { type Token, TokenKind } from "./token.ts";

/** Go looks no further than this for a comment, in characters from the place reached. */
const SEARCH_LIMIT = 512;

/**
 * Finds comments and decides whether they head what follows, foot what precedes, or sit on a line. The rules are
 * go-yaml v3's, some of them surprising; kustomize's output depends on all of them.
 */
export class CommentScanner extends Cursor {
  /** Column of the innermost block, -1 outside of any. */
  protected indent = -1;
  protected flowLevel = 0;
  protected last: Token | undefined;
  protected beforeLast: Token | undefined;
  #pending: Comment[] = [];
  #next = 0;

  /** The oldest comment not handed out whose place is at or before `index`. It stays until {@link takeComment}. */
  peekComment(index: number): Comment | undefined {
    const comment = this.#pending[this.#next];
    return comment !== undefined && index >= comment.tokenIndex ? comment : undefined;
  }

  takeComment(): void {
    if (++this.#next < this.#pending.length) return;
    this.#pending = [];
    this.#next = 0;
  }

  /** Records a comment that follows on the current line. */
  protected scanLineComment(tokenIndex: number): void {
    const { source } = this;
    const limit = this.pos + SEARCH_LIMIT;
    let at = this.pos;
    while (at < limit && isBlank(source.charCodeAt(at))) at++;
    if (at === limit || source.charCodeAt(at) !== 0x23 || this.newlinesBefore() > 0) return;
    const end = this.lineEnd(at);
    this.pos = end;
    this.#pending.push({
      tokenIndex,
      scanIndex: 0,
      startIndex: at,
      startLine: this.line,
      startColumn: at - this.lineStart,
      endIndex: 0,
      head: "",
      line: source.slice(at, end),
      foot: "",
    });
  }

  /**
   * A line comment behind the first `-` of a sequence heads the entry's content if that begins on the next line:
   * ```
   * - # about b
   *   b: 1
   * ```
   */
  protected promoteEntryComment(atBreak: boolean): void {
    if (atBreak || this.last?.kind !== TokenKind.BlockEntry || !this.last.openedSequence) return;
    const comment = this.#pending.at(-1);
    if (comment === undefined || comment.line === "") return;
    comment.head = comment.line;
    comment.line = "";
    if (comment.startLine === this.line - 1) comment.tokenIndex = this.pos;
  }

  /**
   * Reads the comment at the cursor and all that follow without content between, and leaves the cursor at the end of
   * the last one's line. `scanIndex` and `scanLine` tell where the search began: just behind the last token.
   */
  protected scanComments(scanIndex: number, scanLine: number): void {
    const { source } = this;
    let previous = this.last;
    if (previous?.kind === TokenKind.FlowEntry && this.beforeLast !== undefined) previous = this.beforeLast;
    let tokenIndex = previous?.index ?? 0;
    const newlines = this.newlinesBefore();
    // A comment that starts on this line still belongs to the content above.
    let footLine = -1;
    if (scanLine > 0) {
      footLine = this.line - newlines + 1;
      if (newlines === 0 && this.column > 1) footLine++;
    }
    const nextIndent = Math.max(this.indent, 0);
    let noEmptyLineYet = newlines <= 1;
    let afterEmptyLine = false;
    let startIndex = 0;
    let startLine = 0;
    let startColumn = 0;
    let line = this.line;
    let column = this.column;
    let text = "";
    let ahead = 0;

    const foot = (): void => {
      const endIndex = this.pos + ahead;
      this.#pending.push({
        tokenIndex,
        scanIndex,
        startIndex,
        startLine,
        startColumn,
        endIndex,
        head: "",
        line: "",
        foot: text,
      });
      scanIndex = endIndex;
      tokenIndex = endIndex;
      text = "";
    };

    // Another indentation, another subject.
    const isOtherSubject = (): boolean => text !== "" && column - 1 < nextIndent && column !== startColumn;

    for (; ahead < SEARCH_LIMIT; ahead++) {
      column++;
      const code = source.charCodeAt(this.pos + ahead);
      if (isBlank(code)) continue;
      const closesFlow = this.flowLevel > 0 && (code === 0x5d || code === 0x7d);
      if (closesFlow || isBreakOrEnd(code)) {
        if (closesFlow || !afterEmptyLine) {
          const dedented = startColumn - 1 < nextIndent;
          const followsContent = startLine === footLine && previous?.kind !== TokenKind.Value;
          if (closesFlow || (noEmptyLineYet && (followsContent || dedented))) {
            if (text !== "") {
              // Less indented than the content above: not about that token.
              if (dedented) tokenIndex = startIndex;
              foot();
            }
          } else if (text !== "" && code !== 0) text += "\n";
        }
        if (!isBreak(code)) break;
        noEmptyLineYet = false;
        afterEmptyLine = true;
        column = 0;
        line++;
        if (code < 0x80) continue;
        // Go steps by bytes here and takes the rest of an exotic break for content in the first column.
        column = 1;
        if (isOtherSubject()) foot();
        break;
      }
      if (isOtherSubject()) foot();
      if (code !== 0x23) break;

      if (text === "") {
        startIndex = this.pos + ahead;
        startLine = line;
        startColumn = column;
      } else text += "\n";
      afterEmptyLine = false;
      const start = this.pos + ahead;
      while (this.pos < start) {
        if (isBreak(source.charCodeAt(this.pos))) this.skipBreak();
        else this.pos++;
      }
      this.pos = this.lineEnd(start);
      text += source.slice(start, this.pos);
      // The break behind the comment is not looked at: the loop goes on behind it, with this line's number.
      ahead = 0;
      column = 0;
      line = this.line;
      if (source.charCodeAt(this.pos) >= 0x80) {
        ahead = 1;
        column = 1;
        if (isOtherSubject()) foot();
        break;
      }
    }

    if (text !== "") {
      const endIndex = this.pos + ahead - 1;
      this.#pending.push({
        tokenIndex: startIndex,
        scanIndex,
        startIndex,
        startLine,
        startColumn,
        endIndex,
        head: text,
        line: "",
        foot: "",
      });
    }
  }

  /**
   * Where the block ends that is being closed, given where the search for its end stands: before the comments at its
   * own indentation, so that these go to the block around it.
   */
  protected blockEnd(from: number): number {
    let end = from;
    let stop = from;
    for (let i = this.#pending.length - 1; i >= this.#next; i--) {
      const comment = this.#pending[i];
      if (comment === undefined || comment.endIndex < stop) break;
      if (comment.startColumn === this.indent + 1) end = comment.startIndex;
      stop = comment.scanIndex;
    }
    return end;
  }
}
