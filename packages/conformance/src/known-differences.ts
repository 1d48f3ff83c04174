import { existsSync, readFileSync } from "node:fs";

/** Differences that are known and why: `suite/case: reason`, a line each; `#` begins a comment. */
export type KnownDifferences = ReadonlyMap<string, string>;

/** Reads the list. A line without a reason is an error: a difference that nobody can explain is not known. */
export function parseKnownDifferences(text: string): KnownDifferences {
  const known = new Map<string, string>();
  text.split("\n").forEach((line, index) => {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) return;
    const colon = content.indexOf(": ");
    if (colon < 0) throw new SyntaxError(`known-differences.txt:${index + 1}: a reason is missing after "${content}"`);
    known.set(content.slice(0, colon), content.slice(colon + 2).trim());
  });
  return known;
}

/** The committed list. */
export function readKnownDifferences(): KnownDifferences {
  const file = new URL("../known-differences.txt", import.meta.url);
  return existsSync(file) ? parseKnownDifferences(readFileSync(file, "utf8")) : new Map();
}
