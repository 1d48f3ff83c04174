import assert from "node:assert/strict";
import { test } from "node:test";
import { compareKeys } from "../index.ts";

test("compareKeys() sorts runs of digits by value and letters last", () => {
  const sorted = ["", "_", "1", "2", "10", "a", "a-b", "a.b", "a1", "a1b", "a01", "a2", "a10", "aB", "ab", "é", "日"];
  assert.deepEqual(sorted.toReversed().toSorted(compareKeys), sorted);
});
