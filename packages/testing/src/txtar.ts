/** Several text files in one, as Go's txtar: a comment, then files that each begin with `-- name --` on its own line. */
export interface Txtar {
  /** The text before the first file. */
  readonly comment: string;
  /** In the order of the archive. Every file ends in a line feed, or is empty. */
  readonly files: ReadonlyMap<string, string>;
}

const marker = /^-- (.+?) --[ \t]*\r?\n/gm;

/** Reads an archive. Throws `SyntaxError` for a name that occurs twice: one of the two would be lost. */
export function parseTxtar(text: string): Txtar {
  const source = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const marks = [...source.matchAll(marker)];
  const files = new Map<string, string>();
  marks.forEach((mark, index) => {
    const name = (mark[1] ?? "").trim();
    if (files.has(name)) throw new SyntaxError(`txtar: file ${JSON.stringify(name)} occurs twice`);
    files.set(name, source.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? source.length));
  });
  return { comment: source.slice(0, marks[0]?.index ?? source.length), files };
}

/** Writes an archive; the inverse of {@link parseTxtar}. A missing line feed at a file's end is added. */
export function formatTxtar(archive: Txtar): string {
  const parts = [withLineFeed(archive.comment)];
  for (const [name, content] of archive.files) parts.push(`-- ${name} --\n`, withLineFeed(content));
  return parts.join("");
}

function withLineFeed(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
