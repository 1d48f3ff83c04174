import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readKnownDifferences } from "../known-differences.ts";
import { compareFile } from "./apiserver/compare.ts";
import { parseSteps } from "./apiserver/scenario.ts";
import { readRecording, readScenarioFiles } from "./apiserver/scenario-files.ts";
import { startEmbedded, type Server } from "./apiserver/server.ts";

describe("the embedded API server answers as a real one has", { concurrency: 4 }, () => {
  const known = readKnownDifferences();
  let embedded: Server;
  before(async () => {
    embedded = await startEmbedded();
  });
  after(() => embedded.close());

  for (const file of readScenarioFiles()) {
    test(file.name, async () => {
      const unexpected: string[] = [];
      for await (const { name, passed, detail } of compareFile(file, embedded, {
        recording: readRecording(file.name),
      })) {
        // A known difference that is gone fails the suite itself, which also asks the real server.
        if (!passed && !known.has(`apiserver/${name}`)) unexpected.push(`${name}\n${detail ?? ""}`);
      }
      assert.equal(unexpected.join("\n"), "");
    });
  }
});

test("parseSteps() reads labels, words and both forms of bodies", () => {
  const text =
    "# why\nbefore = get configmaps/c\napply a configmaps/c force | data: {x: y}\ncreate configmaps/d\n  data:\n    a: b\n";
  assert.deepEqual(
    parseSteps(text).map(({ line: _line, ...step }) => step),
    [
      { label: "before", verb: "get", words: ["configmaps/c"], body: undefined },
      { label: undefined, verb: "apply", words: ["a", "configmaps/c", "force"], body: "data: {x: y}" },
      { label: undefined, verb: "create", words: ["configmaps/d"], body: "data:\n  a: b" },
    ],
  );
});
