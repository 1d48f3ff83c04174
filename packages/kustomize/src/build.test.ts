import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { loadTxtarCases, type TxtarCase } from "@sluice/testing";
import { build, format } from "./build.ts";
import { KustomizeError } from "./errors.ts";
import { MemoryFileSystem } from "./memory-file-system.ts";
import { joinPath } from "./posix-path.ts";
import { errorLine, fixtureRoot, optionsOf, parseSetup } from "./testing/fixture.ts";

const testdata = new URL("../testdata/", import.meta.url);

// What is wanted was recorded from the real program (scripts/record-fixtures.ts), so it is never rewritten here.
for (const field of readdirSync(testdata).toSorted()) {
  for (const each of loadTxtarCases(new URL(`${field}/`, testdata))) {
    test(`kustomize build: ${field}/${each.name}`, () => {
      assert.equal(run(each), each.archive.files.get("want.yaml") ?? each.archive.files.get("want.error"));
    });
  }
}

function run({ archive }: TxtarCase): string {
  const setup = parseSetup(archive.comment);
  const inputs = [...archive.files, ...setup.links].filter(([name]) => !name.startsWith("want."));
  const files = new MemoryFileSystem(new Map(inputs.map(([name, content]) => [joinPath(fixtureRoot, name), content])));
  try {
    return format(build(files, joinPath(fixtureRoot, setup.root), optionsOf(setup)));
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    return errorLine(error.message, fixtureRoot);
  }
}
