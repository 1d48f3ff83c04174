/**
 * `npm test`: all tests of all packages in one process, which is an order of magnitude faster than a process per
 * file; tests therefore leave nothing behind. Arguments are files or globs to run instead.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";

const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const files = globSync(patterns.length > 0 ? patterns : ["packages/*/src/**/*.test.ts", "scripts/*.test.ts"]).sort();
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(" ")}`);
  process.exit(1);
}
const child = spawn(process.execPath, ["--test", "--test-isolation=none", ...options, ...files], { stdio: "inherit" });
child.on("close", (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
