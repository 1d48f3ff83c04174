import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, parseDuration } from "./duration.ts";

const valid: [text: string, milliseconds: number, formatted: string][] = [
  ["0", 0, "0s"],
  ["0s", 0, "0s"],
  ["500ms", 500, "500ms"],
  ["1.5s", 1500, "1.5s"],
  ["1m", 60_000, "1m0s"],
  ["10m", 600_000, "10m0s"],
  ["1h", 3_600_000, "1h0m0s"],
  ["1h30m10s", 5_410_000, "1h30m10s"],
  [".5h", 1_800_000, "30m0s"],
  ["100us", 0.1, "100µs"],
  ["1ms500µs", 1.5, "1.5ms"],
];

test("Go durations are read and written as Go does", () => {
  for (const [text, milliseconds, formatted] of valid) {
    assert.equal(parseDuration(text), milliseconds, text);
    assert.equal(formatDuration(milliseconds), formatted, text);
  }
});

test("poisoned durations are refused", () => {
  for (const text of [
    "",
    "5",
    "5x",
    "-1h",
    "+1h",
    "-1e999h",
    "1e3s",
    ".1.2m",
    "1 h",
    "9".repeat(30) + "h",
    "h",
    ".s",
  ]) {
    assert.throws(() => parseDuration(text), SyntaxError, text);
  }
});
