/**
 * Keeps the documents true: links to files lead somewhere, ARCHITECTURE.md stays short enough to read in one go, and
 * every package has a README.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const architectureLines = 300;

/** The targets of relative Markdown links in a text. */
export function relativeLinksOf(markdown: string): string[] {
  const prose = markdown.replace(/```[\s\S]*?```/g, "");
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), (match) => match[1] ?? "").filter(
    (target) => !/^[a-z]+:|^#/.test(target),
  );
}

/** Returns one line per finding. */
export function checkDocs(): string[] {
  const findings: string[] = [];
  const documents = globSync(["*.md", "docs/**/*.md", "packages/*/README.md", "examples/**/*.md", "bench/*.md"]);
  for (const document of documents.sort())
    for (const link of relativeLinksOf(readFileSync(document, "utf8")))
      if (!existsSync(join(dirname(document), link.replace(/#.*$/, ""))))
        findings.push(`${document}: the link ${link} leads nowhere`);
  const lines = readFileSync("ARCHITECTURE.md", "utf8").split("\n").length;
  if (lines > architectureLines) findings.push(`ARCHITECTURE.md has ${lines} lines; ${architectureLines} are allowed`);
  for (const manifest of globSync("packages/*/package.json"))
    if (!existsSync(join(dirname(manifest), "README.md"))) findings.push(`${dirname(manifest)} has no README.md`);
  return findings;
}

if (import.meta.main) {
  const findings = checkDocs();
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
