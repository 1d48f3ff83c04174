import { SopsError } from "../errors.ts";
import { type Branch, branch, type Comment, comment, type Entry, entry } from "../tree/tree.ts";

interface Key {
  readonly name: string;
  value: string;
  comment: string;
}

interface Section {
  readonly name: string;
  comment: string;
  readonly keys: Key[];
}

/**
 * Reads INI as the Go library under SOPS does: `=` or `:` between key and value, `#` or `;` begin comments anywhere,
 * a backslash continues a line, values may stand in quotes, backquotes or triple quotes. Sections may repeat; a key
 * that repeats in its section keeps its place and takes the last value.
 */
export function readIni(text: string): Branch {
  const reader = new IniReader(text);
  return branch(reader.read().map((section) => entry(section.name, branch(itemsOf(section)))));
}

/** A comment belongs to the item below it, and stands behind that item in the tree, except for a section's own. */
function itemsOf(section: Section): Array<Entry | Comment> {
  const items: Array<Entry | Comment> = [];
  if (section.comment !== "") items.push(comment(withoutMark(section.comment)));
  for (const key of section.keys) {
    items.push(entry(key.name, key.value));
    if (key.comment !== "") items.push(comment(withoutMark(key.comment)));
  }
  return items;
}

function withoutMark(text: string): string {
  if (text.startsWith(";")) return text.replace(/^[; ]+/, "");
  return text.startsWith("#") ? text.replace(/^[# ]+/, "") : text;
}

class IniReader {
  readonly #lines: string[];
  #at = 0;
  #comment = "";
  /** Numbers keys that are written as `-`. */
  #counter = 1;

  constructor(text: string) {
    // Every line keeps its break, so that values over several lines come out as they were.
    this.#lines = text.replace(/^\uFEFF/, "").match(/[^\n]*\n|[^\n]+$/g) ?? [];
  }

  read(): Section[] {
    let section: Section = { name: "DEFAULT", comment: "", keys: [] };
    const sections = [section];
    for (let next = this.#nextLine(); next !== undefined; next = this.#nextLine()) {
      const line = next.trimStart();
      if (line === "") continue;
      if (line.startsWith("#") || line.startsWith(";")) this.#comment += line;
      else if (line.startsWith("[")) {
        section = this.#readSection(line);
        sections.push(section);
      } else this.#readKey(line, section);
    }
    return sections;
  }

  #nextLine(): string | undefined {
    return this.#lines[this.#at++];
  }

  #readSection(line: string): Section {
    const end = line.lastIndexOf("]");
    if (end <= 1) throw this.#malformed(end === -1 ? "section without ]" : "section without name");
    this.#addInlineComment(line.slice(end + 1));
    this.#counter = 1;
    return { name: line.slice(1, end), comment: this.#takeComment(), keys: [] };
  }

  #readKey(line: string, section: Section): void {
    const { name: written, rest } = this.#splitKey(line);
    const name = written === "-" ? `#${this.#counter++}` : written;
    if (name === "") throw this.#malformed("key without name");
    const value = this.#readValue(rest);
    const existing = section.keys.find((key) => key.name === name);
    const text = this.#takeComment();
    if (existing === undefined) section.keys.push({ name, value, comment: text });
    else {
      existing.value = value;
      existing.comment = text;
    }
  }

  #splitKey(line: string): { name: string; rest: string } {
    const quote = line.startsWith('"""') && line.length > 6 ? '"""' : /^["`]/.exec(line)?.[0];
    if (quote === undefined) {
      const at = line.search(/[=:]/);
      if (at === -1) throw this.#malformed('line without "="');
      return { name: line.slice(0, at).trim(), rest: line.slice(at + 1) };
    }
    const end = line.indexOf(quote, quote.length);
    if (end === -1) throw this.#malformed("key without closing quote");
    const behind = line.slice(end + quote.length);
    const at = behind.search(/[=:]/);
    if (at === -1) throw this.#malformed('line without "="');
    return { name: line.slice(quote.length, end).trim(), rest: behind.slice(at + 1) };
  }

  #readValue(rest: string): string {
    const text = rest.trimStart();
    if (text === "") return "";
    const quote = text.length > 3 && text.startsWith('"""') ? '"""' : text.startsWith("`") ? "`" : undefined;
    if (quote !== undefined) return this.#readQuoted(text.slice(quote.length), quote);
    const line = text.trim();
    if (line.endsWith("\\")) return this.#readContinued(line.slice(0, -1));
    const at = line.search(/[#;]/);
    if (at !== -1) this.#comment += line.slice(at);
    const value = at === -1 ? line : line.slice(0, at).trim();
    const first = value[0];
    const isQuoted =
      value.length >= 2 && (first === '"' || first === "'") && value.indexOf(first, 1) === value.length - 1;
    return isQuoted ? value.slice(1, -1) : value;
  }

  #readQuoted(text: string, quote: string): string {
    const end = text.lastIndexOf(quote);
    if (end !== -1) return text.slice(0, end);
    let value = text;
    for (let next = this.#nextLine(); next !== undefined; next = this.#nextLine()) {
      const close = next.lastIndexOf(quote);
      if (
        close !== -1 &&
        !next
          .slice(close + quote.length)
          .trim()
          .endsWith("\\")
      ) {
        this.#addInlineComment(next.slice(close));
        return value + next.slice(0, close);
      }
      value += next;
    }
    throw this.#malformed("value without closing quote");
  }

  #readContinued(first: string): string {
    let value = first;
    for (let next = this.#nextLine(); next !== undefined; next = this.#nextLine()) {
      const line = next.trim();
      if (line === "") return value;
      value += line;
      if (!value.endsWith("\\")) return value;
      value = value.slice(0, -1);
    }
    return value;
  }

  #addInlineComment(text: string): void {
    const at = text.search(/[#;]/);
    if (at !== -1) this.#comment += text.slice(at).trim();
  }

  #takeComment(): string {
    const text = this.#comment.trim();
    this.#comment = "";
    return text;
  }

  #malformed(what: string): SopsError {
    return new SopsError("Malformed", `INI: ${what} at line ${this.#at}`);
  }
}
