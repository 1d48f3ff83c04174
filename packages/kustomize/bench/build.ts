/**
 * Builds the ten largest cases of the corpus in process, warm, and beside the real program when there is one:
 * `node packages/kustomize/bench/build.ts [--cold-cache] [--only REGEXP]`, with `KUSTOMIZE=/path/to/kustomize`.
 * Prints a line per case (medians in ms) and one for all.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type FileSystem, format, ParseCache } from "../src/index.ts";

const corpus = fileURLToPath(new URL("../../../../shared/corpus/kustomize", import.meta.url));
const rounds = 7;
const program = process.env["KUSTOMIZE"] ?? "kustomize";

const disk: FileSystem = {
  stat(file) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return found.isDirectory() ? "directory" : "file";
  },
  readFile: (file) => readFileSync(file),
  readDirectory: (file) => readdirSync(file).toSorted(),
  realPath: (file) => realpathSync(file),
};

interface BenchCase {
  readonly name: string;
  readonly root: string;
  readonly flags: readonly string[];
  readonly bytes: number;
}

function findCases(directory: string): BenchCase[] {
  const file = path.join(directory, "case.json");
  if (!existsSync(file)) {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !["input", "_tree", "tools"].includes(entry.name))
      .flatMap((entry) => findCases(path.join(directory, entry.name)));
  }
  const { root, tree, flags, exit } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly root?: string;
    readonly tree?: string;
    readonly flags?: readonly string[];
    readonly exit: number;
  };
  if (exit !== 0) return [];
  const bytes = statSync(path.join(directory, "expected.yaml")).size;
  const input = path.resolve(directory, tree ?? "input");
  return [{ name: path.relative(corpus, directory), root: path.join(input, root ?? "."), flags: flags ?? [], bytes }];
}

function medianMs(run: () => void): number {
  run();
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

function runProgram({ root, flags }: BenchCase): void {
  const ran = spawnSync(program, ["build", ...flags, root], { maxBuffer: 1 << 28 });
  if (ran.error !== undefined) throw ran.error;
}

const hasProgram = spawnSync(program, ["version"]).status === 0;
const only = process.argv.includes("--only") ? new RegExp(process.argv[process.argv.indexOf("--only") + 1] ?? "") : /./;
const parseCache = process.argv.includes("--cold-cache") ? undefined : new ParseCache();
if (!existsSync(corpus)) {
  console.log("kustomize build: skipped: the corpus is not beside the repository");
  process.exit(0);
}

const largest = findCases(corpus)
  .filter(({ name }) => only.test(name))
  .toSorted((a, b) => b.bytes - a.bytes)
  .slice(0, 10);
let ours = 0;
let theirs = 0;
for (const each of largest) {
  const options: BuildOptions = {
    ...(each.flags.includes("LoadRestrictionsNone") && { loadRestrictor: "none" as const }),
    ...(parseCache !== undefined && { parseCache }),
  };
  const mine = medianMs(() => format(build(disk, each.root, options)));
  const real = hasProgram ? medianMs(() => runProgram(each)) : 0;
  ours += mine;
  theirs += real;
  const beside = hasProgram ? `, kustomize ${real.toFixed(0)} ms, ${(real / mine).toFixed(1)}x` : "";
  console.log(`${each.name} (${Math.round(each.bytes / 1024)} KB): ${mine.toFixed(0)} ms${beside}`);
}
const beside = hasProgram ? `, kustomize ${theirs.toFixed(0)} ms, ${(theirs / ours).toFixed(1)} times faster` : "";
console.log(`kustomize build, ten largest: ${ours.toFixed(0)} ms in process${beside}`);
