/**
 * Lays rows out as Flux's tables: upper-case header, columns padded with spaces and ended by a tab, no borders. A
 * cell of several lines takes several rows. Scripts in the field cut these columns at the tabs, so the last column has
 * one too (in the header, for whatever reason, a space).
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = header.map((cell) => cell.toUpperCase());
  const lines = [...(header.length === 0 ? [] : [titles]), ...rows.flatMap(splitRow)];
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...lines.map((line) => displayWidth(line[column] ?? ""))),
  );
  const laidOut = lines.map((line) => widths.map((width, column) => pad(line[column] ?? "", width)).join("\t"));
  return laidOut.map((line, index) => `${line}${lines[index] === titles ? " " : "\t"}\n`).join("");
}

/** The lines of a row whose cells have line breaks. */
function splitRow(row: readonly string[]): readonly (readonly string[])[] {
  const cells = row.map((cell) => cell.split("\n"));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}

function pad(cell: string, width: number): string {
  return `${cell}${" ".repeat(Math.max(0, width - displayWidth(cell)))}`;
}

/** How many columns of a terminal a text takes: wide characters and emoji two, combining ones none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)) {
    width +=
      /\p{Extended_Pictographic}\uFE0F|\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return width;
}
