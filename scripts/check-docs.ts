/**
 * Keeps the documents true: links and named source files lead somewhere, ARCHITECTURE.md stays short enough to read in one go, every
 * package has a README, and every block of commands says how the tests are to run it.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { documentsWithCommands, shellBlocksOf } from "../packages/cli/src/e2e/shell-blocks.ts";

const architectureLines = 300;

/** The targets of relative Markdown links in a text. */
export function relativeLinksOf(markdown: string): string[] {
  const prose = markdown.replace(/```[\s\S]*?```/g, "");
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), (match) => match[1] ?? "").filter(
    (target) => !/^[a-z]+:|^#/.test(target),
  );
}

/** The source files that a text names in code spans, relative to the document or to the root. */
export function sourceFilesOf(markdown: string): string[] {
  return Array.from(
    markdown.matchAll(/`((?:packages|scripts|src)\/[\w./-]+\.(?:ts|js|json))`/g),
    (match) => match[1] ?? "",
  );
}

/** The lines of a text on which commands begin that neither say where they are run nor why they are not. */
export function unmarkedCommandsOf(markdown: string): number[] {
  return shellBlocksOf(markdown)
    .filter(({ setting }) => setting === undefined)
    .map(({ line }) => line);
}

/** Returns one line per finding. */
export function checkDocs(): string[] {
  const findings: string[] = [];
  const documents = globSync(["*.md", "docs/**/*.md", "packages/*/README.md", "examples/**/*.md", "bench/*.md"]);
  for (const document of documents.sort())
    for (const link of relativeLinksOf(readFileSync(document, "utf8")))
      if (!existsSync(join(dirname(document), link.replace(/#.*$/, ""))))
        findings.push(`${document}: the link ${link} leads nowhere`);
  for (const document of [...globSync(["*.md", "packages/*/README.md"])].sort())
    for (const file of sourceFilesOf(readFileSync(document, "utf8")))
      if (!existsSync(join(dirname(document), file)) && !existsSync(file))
        findings.push(`${document}: there is no ${file}`);
  for (const document of globSync([...documentsWithCommands]).sort())
    for (const line of unmarkedCommandsOf(readFileSync(document, "utf8")))
      findings.push(`${document}:${line}: no <!-- run: … --> or <!-- skip: … --> above the commands`);
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
