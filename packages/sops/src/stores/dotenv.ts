import { SopsError } from "../errors.ts";
import { decodeText, encodeText, tryDecodeText } from "../tree/text.ts";
import { type Branch, branch, comment, type Comment, entry, type Entry } from "../tree/tree.ts";
import { leafText } from "./leaf-text.ts";
import type { Store } from "./store.ts";

export const dotenvStore: Store = {
  layout: "prefixed",
  singleValue: false,
  parse,
  format,
  parseEncrypted: parse,
  formatEncrypted: format,
};

/** Lines `KEY=value` and comments; `\n` in a value is a line break, nothing else is special. Empty lines are dropped. */
function parse(bytes: Uint8Array): Branch[] {
  const items: Array<Entry | Comment> = [];
  decodeText(bytes)
    .split("\n")
    .forEach((line, index) => {
      if (line === "") return;
      if (line.startsWith("#")) {
        items.push(comment(line.slice(1)));
        return;
      }
      const at = line.indexOf("=");
      if (at === -1) throw new SopsError("Malformed", `dotenv: line ${index + 1} has no "="`);
      items.push(entry(line.slice(0, at), line.slice(at + 1).replaceAll("\\n", "\n")));
    });
  return [branch(items)];
}

function format(documents: readonly Branch[]): Uint8Array {
  const items = documents.flatMap((document) => document.entries);
  return encodeText(items.map((item) => `${formatLine(item)}\n`).join(""));
}

function formatLine(item: Entry | Comment): string {
  if (item.kind === "comment") return `#${item.text.replaceAll("\n", "\n#")}`;
  const { key, value } = item;
  if (value instanceof Uint8Array && tryDecodeText(value) === undefined) {
    throw new SopsError("Unsupported", `${key}: a dotenv file cannot hold bytes that are not text`);
  }
  return `${key}=${leafText(key, value, "dotenv").replaceAll("\n", "\\n")}`;
}
