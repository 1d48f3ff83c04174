import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, format, KustomizeError } from "@sluice/kustomize";
import { diskFileSystem } from "../disk-file-system.ts";
import { firstDifference } from "../first-difference.ts";
import type { CaseResult, Suite } from "../suite.ts";

/** Our own cases: what is wanted of them was recorded, and here the real program is asked again. */
const testdata = fileURLToPath(new URL("../../../kustomize/testdata", import.meta.url));

/** Builds our own cases with the real program and in process, and compares bytes or the line of the error. */
export const kustomizeBinarySuite: Suite = {
  name: "kustomize-binary",
  needs: ["kustomize"],
  async *run(context) {
    const { filter, signal } = context;
    const program = context.binary("kustomize");
    for (const field of readdirSync(testdata).toSorted()) {
      for (const file of readdirSync(path.join(testdata, field)).toSorted()) {
        signal.throwIfAborted();
        const name = `${field}/${file.replace(/\.txtar$/, "")}`;
        if (filter !== undefined && !filter.test(name)) continue;
        yield compare(name, readFileSync(path.join(testdata, field, file), "utf8"), program);
        await Promise.resolve();
      }
    }
  },
};

function compare(name: string, archive: string, program: string): CaseResult {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), "kustomize-")));
  try {
    const { root, flags } = unpack(archive, directory);
    const real = runReal(program, root, flags);
    const ours = runOurs(root, flags.includes("LoadRestrictionsNone") ? "none" : "rootOnly");
    return real === ours ? { name, passed: true } : { name, passed: false, detail: firstDifference(real, ours) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Writes the input files of an archive, and the links of its comment, into a directory. */
function unpack(archive: string, directory: string): { readonly root: string; readonly flags: readonly string[] } {
  const [comment = "", ...parts] = archive.split(/^-- (.+?) --\n/m);
  for (let index = 0; index < parts.length; index += 2) {
    const file = parts[index] ?? "";
    if (file.startsWith("want.")) continue;
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), parts[index + 1] ?? "");
  }
  const valuesOf = (key: string): string[] =>
    Array.from(comment.matchAll(new RegExp(`^${key}: (.*)$`, "gm")), ([, value = ""]) => value);
  for (const link of valuesOf("link")) {
    const [from = "", to = ""] = link.split(" -> ");
    symlinkSync(to, path.join(directory, from));
  }
  return { root: path.join(directory, valuesOf("root")[0] ?? ""), flags: valuesOf("flags")[0]?.split(" ") ?? [] };
}

function runReal(program: string, root: string, flags: readonly string[]): string {
  const ran = spawnSync(program, ["build", ...flags, root], { encoding: "utf8" });
  if (ran.error !== undefined) throw ran.error;
  if (ran.status === 0) return ran.stdout;
  return hideAddresses(ran.stderr.split("\n").find((line) => line.startsWith("Error: ")) ?? ran.stderr);
}

function runOurs(root: string, loadRestrictor: "rootOnly" | "none"): string {
  try {
    return format(build(diskFileSystem, root, { loadRestrictor }));
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    const [line = ""] = error.message.split("\n");
    return hideAddresses(`Error: ${line}`);
  }
}

/** One message shows where an object lay in memory. */
function hideAddresses(text: string): string {
  return text.replace(/0x[0-9a-f]{6,16}/g, "0xPTR");
}
