import assert from "node:assert/strict";
import { test } from "node:test";
import { humanDuration } from "./duration.ts";

test("humanDuration() speaks like kubectl get", () => {
  const s = 1000;
  const h = 3600 * s;
  const d = 24 * h;
  const cases: readonly [number, string][] = [
    [0, "0s"],
    [119 * s, "119s"],
    [120 * s, "2m"],
    [150 * s, "2m30s"],
    [11 * 60 * s, "11m"],
    [3 * h, "3h"],
    [3 * h + 61 * s, "3h1m"],
    [9 * h, "9h"],
    [2 * d, "2d"],
    [2 * d + 3 * h, "2d3h"],
    [10 * d, "10d"],
    [800 * d, "2y70d"],
    [-5 * s, "<invalid>"],
  ];
  for (const [ms, want] of cases) assert.equal(humanDuration(ms), want, String(ms));
});
