/**
 * `npm run bench [-- NAME…]`: runs the benchmarks one after the other, each in a process of its own; each prints one
 * line. With `--store` the lines are written to `results/DATE.txt` beside this file.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const all = ["demo", "applies", "no-op", "memory"];
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const lines: string[] = [];
let failed = false;
for (const name of chosen.length > 0 ? chosen : all) {
  const script = new URL(`${name}.ts`, import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8", timeout: 300_000 });
  const line = stdout.trim();
  console.log(status === 0 ? line : `${name} failed: ${stderr.trim().slice(-2000)}`);
  if (status === 0) lines.push(line);
  else failed = true;
}
if (process.argv.includes("--store") && !failed) {
  const directory = new URL("results/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const header = `# ${date}, ${availableParallelism()} cores, Node ${process.versions.node}\n`;
  writeFileSync(new URL(`${date}.txt`, directory), `${header}${lines.join("\n")}\n`);
}
process.exitCode = failed ? 1 : 0;
