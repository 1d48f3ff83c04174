import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "@sluice/errors";
import { build, type BuildOptions, format, KustomizeError, ParseCache } from "@sluice/kustomize";
import { diskFileSystem } from "../disk-file-system.ts";
import { firstDifference } from "../first-difference.ts";
import type { CaseResult, Suite } from "../suite.ts";

/** Builds recorded from the real program: input tree, flags, and the bytes or the error that came out. */
const corpus = fileURLToPath(new URL("../../../../../shared/corpus/kustomize", import.meta.url));

/** One recorded run; `case.json` of the corpus. */
interface RecordedCase {
  readonly root?: string;
  readonly tree?: string;
  readonly flags?: readonly string[];
  readonly exit: number;
  readonly errorVaries?: boolean;
  /** Where the documents of `expected.yaml` stand when nothing is reordered. */
  readonly fifo?: readonly number[];
}

/** Every build of the corpus in process: bytes, or the line of the error, in both orders of the output. */
export const kustomizeSuite: Suite = {
  name: "kustomize",
  needs: [],
  unavailable: () => (existsSync(corpus) ? undefined : "the corpus is not beside the repository"),
  async *run({ filter, signal }) {
    const parseCache = new ParseCache();
    for (const directory of findCases(corpus)) {
      signal.throwIfAborted();
      const name = `${path.basename(path.dirname(directory))}/${path.basename(directory)}`;
      if (filter !== undefined && !filter.test(name)) continue;
      yield runCase(name, directory, parseCache);
      // Lets the process hear signals between cases.
      await Promise.resolve();
    }
  },
};

const notCases: ReadonlySet<string> = new Set(["input", "_tree", "node_modules", "tools"]);

function findCases(directory: string): string[] {
  if (existsSync(path.join(directory, "case.json"))) return [directory];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notCases.has(entry.name))
    .map((entry) => entry.name)
    .toSorted()
    .flatMap((name) => findCases(path.join(directory, name)));
}

function runCase(name: string, directory: string, parseCache: ParseCache): CaseResult {
  const recorded = JSON.parse(readFileSync(path.join(directory, "case.json"), "utf8")) as RecordedCase;
  const input = path.resolve(directory, recorded.tree ?? "input");
  const root = path.join(input, recorded.root ?? ".");
  const options = { ...readFlags(recorded.flags ?? []), parseCache };
  const legacy = run(root, options);
  if (recorded.exit !== 0) return compareError(name, legacy, input, directory, recorded);
  const want = readFileSync(path.join(directory, "expected.yaml"), "utf8");
  const result = compareOutput(name, legacy, want);
  if (!result.passed || recorded.fifo === undefined) return result;
  const documents = want.split(/^---\n/m);
  const reordered = recorded.fifo.map((index) => documents[index]).join("---\n");
  return compareOutput(name, run(root, { ...options, reorder: "none" }), reordered);
}

function readFlags(flags: readonly string[]): BuildOptions {
  const restrictor = flags.indexOf("--load-restrictor");
  return restrictor >= 0 && flags[restrictor + 1] === "LoadRestrictionsNone" ? { loadRestrictor: "none" } : {};
}

type Result = { readonly output: string } | { readonly error: string; readonly isCoded: boolean };

function run(root: string, options: BuildOptions): Result {
  try {
    return { output: format(build(diskFileSystem, root, options)) };
  } catch (thrown) {
    return { error: messageOf(thrown), isCoded: thrown instanceof KustomizeError };
  }
}

/** Real kustomize writes its own version here, and the recording binary had none. */
function loosen(text: string): string {
  return text.replace(/(app\.kubernetes\.io\/managed-by: )kustomize-\S+/g, "$1kustomize-VERSION");
}

function compareOutput(name: string, result: Result, want: string): CaseResult {
  if (!("output" in result)) return { name, passed: false, detail: `failed: ${result.error}` };
  if (loosen(result.output) === loosen(want)) return { name, passed: true };
  return { name, passed: false, detail: firstDifference(loosen(want), loosen(result.output)) };
}

function compareError(
  name: string,
  result: Result,
  input: string,
  directory: string,
  recorded: RecordedCase,
): CaseResult {
  const want = readFileSync(path.join(directory, "expected-error.txt"), "utf8").trimEnd();
  if ("output" in result) return { name, passed: false, detail: `should fail: ${want}` };
  if (!result.isCoded) return { name, passed: false, detail: `uncoded error: ${result.error}` };
  // Of several problems the real program reports any one in these cases.
  if (recorded.errorVaries === true) return { name, passed: true };
  const [got = ""] = hideMachine(`Error: ${result.error}`, input).split("\n");
  return got.trimEnd() === want
    ? { name, passed: true }
    : { name, passed: false, detail: firstDifference(want, got.trimEnd()) };
}

function hideMachine(text: string, input: string): string {
  const hidden = [diskFileSystem.realPath(input), input].reduce((all, each) => all.replaceAll(each, "{INPUT}"), text);
  return hidden.replace(/0x[0-9a-f]{6,16}/g, "0xPTR");
}
