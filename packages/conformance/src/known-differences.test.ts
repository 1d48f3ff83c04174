import assert from "node:assert/strict";
import { test } from "node:test";
import { parseKnownDifferences } from "./known-differences.ts";

test("parseKnownDifferences() reads names and reasons and skips comments", () => {
  const known = parseKnownDifferences("# a comment\n\nkustomize/crafted/x: prints a pointer\n");
  assert.deepEqual([...known], [["kustomize/crafted/x", "prints a pointer"]]);
});

test("parseKnownDifferences() refuses a difference without a reason", () => {
  assert.throws(() => parseKnownDifferences("kustomize/crafted/x\n"), /a reason is missing/);
});
