import { type Branch, isBranch, isComment, isList, type Value } from "../tree/tree.ts";

/** Writes a document as Go's `json.Indent` lays it out. Comments have no place in JSON and are left out. */
export function writeJson(document: Branch, indent: string): string {
  return `${writeValue(document, indent, "\n")}\n`;
}

/** Writes one value; `lineBreak` is a line break with the indentation of the surrounding line. */
function writeValue(value: Value, indent: string, lineBreak: string): string {
  const inner = lineBreak + indent;
  if (isBranch(value)) {
    const fields = value.entries.flatMap((item) =>
      item.kind === "comment" ? [] : [`${quote(item.key)}: ${writeValue(item.value, indent, inner)}`],
    );
    return fields.length === 0 ? "{}" : `{${inner}${fields.join(`,${inner}`)}${lineBreak}}`;
  }
  if (isList(value)) {
    const items = value.items.flatMap((item) => (isComment(item) ? [] : [writeValue(item, indent, inner)]));
    return items.length === 0 ? "[]" : `[${inner}${items.join(`,${inner}`)}${lineBreak}]`;
  }
  return writeLeaf(value);
}

function writeLeaf(value: Exclude<Value, { kind: "branch" | "list" }>): string {
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (value instanceof Uint8Array) return quote(new TextDecoder().decode(value));
  if (typeof value === "object") return quote(value.text);
  if (typeof value === "number" && !Number.isFinite(value)) return quote(String(value));
  if (Object.is(value, -0)) return "-0";
  return String(value);
}

/** Go escapes what could end a script element, so that JSON can be put into HTML. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
