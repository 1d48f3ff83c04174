import { CR, isBlank, isBlankOrEnd, isBreak, LF } from "./parse/characters.ts";

/** One document of a stream, unparsed. */
export interface DocumentText {
  /** Without the `---` line before it. */
  readonly text: string;
  /** Index of its first character in the stream. */
  readonly offset: number;
  /** One-based line of its first character; add it to the lines of errors. */
  readonly line: number;
}

/**
 * Cuts a stream at its `---` lines without parsing it, so that one broken document does not hide the others. Parts
 * without content (blank lines and comments only) are left out. What follows `---` on its line belongs to the document.
 */
export function splitDocuments(text: string): DocumentText[] {
  const documents: DocumentText[] = [];
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  let firstLine = 1;
  for (let lineStart = offset; lineStart <= text.length;) {
    if (isSeparator(text, lineStart)) {
      push(documents, text, offset, lineStart, firstLine);
      const restEnd = endOfLine(text, lineStart);
      const hasContent = !isEmptyText(text, lineStart + 3, restEnd);
      offset = hasContent ? lineStart + 3 : Math.min(afterBreak(text, restEnd), text.length);
      firstLine = hasContent ? line : line + 1;
    }
    lineStart = afterBreak(text, endOfLine(text, lineStart));
    line++;
  }
  push(documents, text, offset, text.length, firstLine);
  return documents;
}

function push(documents: DocumentText[], text: string, from: number, to: number, line: number): void {
  if (isEmptyText(text, from, to)) return;
  documents.push({ text: text.slice(from, to), offset: from, line });
}

function isSeparator(text: string, at: number): boolean {
  return text.startsWith("---", at) && (at + 3 >= text.length || isBlankOrEnd(text.charCodeAt(at + 3)));
}

function endOfLine(text: string, from: number): number {
  let end = from;
  while (end < text.length && text.charCodeAt(end) !== LF && text.charCodeAt(end) !== CR) end++;
  return end;
}

/** Behind the break at `end`; beyond the text when there is none. */
function afterBreak(text: string, end: number): number {
  return text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
}

function isEmptyText(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x23) i = endOfLine(text, i);
    else if (!isBlank(code) && !isBreak(code)) return false;
  }
  return true;
}
