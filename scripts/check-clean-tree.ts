/**
 * Regenerates every generated file that needs nothing from outside the repository and fails when one of them, or
 * anything else, differs from what is committed. Outside CI uncommitted work is normal, so there only the
 * regeneration is compared.
 */
import { execFileSync } from "node:child_process";

const status = (): string => execFileSync("git", ["status", "--porcelain"], { encoding: "utf8" });

/** Programs that write generated files; each must be deterministic. */
const generators: readonly (readonly string[])[] = [];

const before = status();
for (const [program = "", ...args] of generators) execFileSync(program, args, { stdio: "inherit" });
const after = status();
if (after !== before) {
  console.error(`generated files are out of date:\n${after}`);
  process.exitCode = 1;
} else if (process.env["CI"] === "true" && after !== "") {
  console.error(`the working tree is not clean:\n${after}`);
  process.exitCode = 1;
}
