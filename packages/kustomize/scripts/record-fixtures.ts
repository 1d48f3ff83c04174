/**
 * Records what the real program makes of our fixtures: `KUSTOMIZE=/path/to/kustomize node scripts/record-fixtures.ts`.
 * Each `testdata/FIELD/CASE.txtar` gets a `want.yaml` or a `want.error` in place of what it had. Read the diff.
 */
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
import { formatTxtar, parseTxtar } from "@sluice/testing";
import { errorLine, parseSetup } from "../src/testing/fixture.ts";

const binary = process.env["KUSTOMIZE"] ?? "kustomize";
const testdata = fileURLToPath(new URL("../testdata", import.meta.url));

function record(file: string): string {
  const archive = parseTxtar(readFileSync(file, "utf8"));
  const inputs = new Map([...archive.files].filter(([name]) => !name.startsWith("want.")));
  const setup = parseSetup(archive.comment);
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "fixture-")));
  try {
    for (const [name, content] of inputs) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), content);
    }
    for (const [name, { target }] of setup.links) symlinkSync(target, path.join(root, name));
    const ran = spawnSync(binary, ["build", ...setup.flags, path.join(root, setup.root)], { encoding: "utf8" });
    if (ran.error !== undefined) throw ran.error;
    if (ran.status === 0) inputs.set("want.yaml", ran.stdout);
    else {
      const error = ran.stderr.split("\n").find((line) => line.startsWith("Error: ")) ?? ran.stderr;
      inputs.set("want.error", errorLine(error.replace(/^Error: /, ""), root));
    }
    return formatTxtar({ comment: archive.comment, files: inputs });
  } finally {
    rmSync(root, { recursive: true });
  }
}

for (const entry of readdirSync(testdata, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !entry.name.endsWith(".txtar")) continue;
  const file = path.join(entry.parentPath, entry.name);
  writeFileSync(file, record(file));
}
