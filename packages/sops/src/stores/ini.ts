import { SopsError } from "../errors.ts";
import { decodeText, encodeText } from "../tree/text.ts";
import { type Branch, type Comment, type Entry, isBranch } from "../tree/tree.ts";
import { readIni } from "./ini-reader.ts";
import { leafText } from "./leaf-text.ts";
import type { Store } from "./store.ts";

export const iniStore: Store = {
  layout: "section",
  singleValue: false,
  parse,
  format,
  parseEncrypted: parse,
  formatEncrypted: format,
};

interface Line {
  readonly key: string;
  readonly value: string;
  comment: string;
}

function parse(bytes: Uint8Array): Branch[] {
  return [readIni(decodeText(bytes))];
}

/** Writes sections with their equal signs aligned and an empty line between them. */
function format(documents: readonly Branch[]): Uint8Array {
  const sections = documents.flatMap((document) => document.entries).filter((item) => item.kind === "entry");
  const texts = sections.map(({ key, value }, index) => {
    if (!isBranch(value)) throw new SopsError("Unsupported", `${key}: INI holds sections of keys, nothing else`);
    return formatSection(key, value, index === 0);
  });
  return encodeText(texts.filter((text) => text !== "").join("\n"));
}

function formatSection(name: string, section: Branch, isFirst: boolean): string {
  const [first, ...others] = section.entries;
  let text = "";
  let items: ReadonlyArray<Entry | Comment> = section.entries;
  if (first?.kind === "comment") {
    text += formatComment(first.text);
    items = others;
  }
  const lines = linesOf(items);
  // The keys above all sections are in a section of this name that nobody wrote.
  if (!isFirst || name.toUpperCase() !== "DEFAULT") text += `[${name}]\n`;
  else if (lines.length === 0) return text;
  const width = Math.max(0, ...lines.map(({ key }) => Buffer.byteLength(key)));
  for (const { key, value, comment } of lines) {
    const padding = " ".repeat(width - Buffer.byteLength(key));
    text += `${formatComment(comment)}${key}${padding} = ${formatValue(value)}\n`;
  }
  return text;
}

/** In the tree a comment stands behind its key; of several the last counts. */
function linesOf(items: ReadonlyArray<Entry | Comment>): Line[] {
  const lines: Line[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (item.kind === "entry") {
      lines.push({ key: formatKey(item.key), value: leafText(item.key, item.value, "INI"), comment: "" });
    } else if (last !== undefined) last.comment = item.text;
  }
  return lines;
}

function formatComment(text: string): string {
  if (text === "") return "";
  return text
    .split("\n")
    .map((line) => (/^[#;]/.test(line) ? `${line[0]} ${line.slice(1).trim()}\n` : `; ${line.trim()}\n`))
    .join("");
}

function formatKey(key: string): string {
  // Keys that look like comments or sections are not read back unless they are quoted.
  if (/["=:]|^[#;[]/.test(key)) return `\`${key}\``;
  return key.includes("`") ? `"""${key}"""` : key;
}

function formatValue(value: string): string {
  if (/[\n`]/.test(value)) return `"""${value}"""`;
  if (/[#;]/.test(value)) return `\`${value}\``;
  return value.trim() === value ? value : `"${value}"`;
}
