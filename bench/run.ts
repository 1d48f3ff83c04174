/**
 * `npm run bench [-- NAME… [--FLAG=VALUE…]]`: runs the benchmarks one after the other, each in a process of its own;
 * each prints one line. Those that take minutes, or need what is not in the clone, run only where they are named;
 * flags other than `--store` and `--list` are theirs. With `--store` the lines go to `results/DATE.txt` beside this
 * file, in place of what an earlier run of the same day wrote about the same.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** What runs without being named. */
const quick: readonly (readonly [name: string, what: string])[] = [
  ["demo", "three clusters converge"],
  ["kustomize", "kustomize build as a command"],
  ["applies", "objects applied per second by the embedded server"],
  ["no-op", "what a reconciliation costs that finds nothing to do"],
  ["memory", "memory with 100 Kustomizations"],
  ["drift", "how long a manual edit lives"],
  ["chain", "ten dependencies after a push"],
];
const long: readonly (readonly [name: string, what: string])[] = [
  [
    "kustomizations",
    "many at once: --count=1000 --server=real, beside Flux where SLUICE_BENCH_FLUX has its controllers",
  ],
];

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
if (flags.includes("--list")) {
  for (const [name, what] of [...quick, ...long]) console.log(`${name}: ${what}`);
  process.exit();
}
const all = quick.map(([name]) => name);
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const own = flags.filter((flag) => flag !== "--store");
const lines: string[] = [];
let failed = false;
for (const name of chosen.length > 0 ? chosen : all) {
  const script = new URL(`${name}.ts`, import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...own], {
    encoding: "utf8",
    timeout: 1_800_000,
  });
  const line = stdout.trim();
  console.log(status === 0 ? line : `${name} failed: ${stderr.trim().slice(-2000)}`);
  if (status === 0) lines.push(line);
  else failed = true;
}
if (process.argv.includes("--store") && !failed) {
  const directory = new URL("results/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const path = new URL(`${date}.txt`, directory);
  const header = `# ${date}, ${availableParallelism()} cores, Node ${process.versions.node}`;
  const before = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(1) : [];
  // Two lines are about the same when they differ in nothing but the figures that were measured.
  const replaced = new Set(lines.map(subjectOf));
  const kept = before.filter((line) => !replaced.has(subjectOf(line)));
  writeFileSync(path, `${[header, ...kept, ...lines].join("\n")}\n`);
}
process.exitCode = failed ? 1 : 0;

/** Name, size and server: what two runs share that measured the same. */
function subjectOf(line: string): string {
  return [/^[\w-]+(?:: \d+ Ready)?/, / on the \w+ server/].map((part) => part.exec(line)?.[0] ?? "").join("");
}
