import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, humanDuration, parseDuration } from "./duration.ts";

test("parseDuration reads Go's notation", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["1m", 60_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1500],
    ["500ms", 500],
    ["-2s", -2000],
    ["1h2m3.5s", 3_723_500],
  ];
  for (const [text, want] of cases) assert.equal(parseDuration(text), want, text);
});

test("parseDuration says what is wrong as Go does", () => {
  assert.throws(() => parseDuration("5x"), { message: 'time: unknown unit "x" in duration "5x"' });
  assert.throws(() => parseDuration(""), { message: 'time: invalid duration ""' });
  assert.throws(() => parseDuration("abc"), { message: 'time: invalid duration "abc"' });
  assert.throws(() => parseDuration("5"), { message: 'time: missing unit in duration "5"' });
  assert.throws(() => parseDuration("1m 2s"), { message: 'time: unknown unit "m " in duration "1m 2s"' });
});

test("formatDuration writes as Go prints", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [60_000, "1m0s"],
    [600_000, "10m0s"],
    [3_600_000, "1h0m0s"],
    [1500, "1.5s"],
    [750, "750ms"],
    [90_061_000, "25h1m1s"],
  ];
  for (const [milliseconds, want] of cases) assert.equal(formatDuration(milliseconds), want);
});

test("humanDuration gets coarser with age", () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  const cases: [number, string][] = [
    [45 * second, "45s"],
    [119 * second, "119s"],
    [200 * second, "3m20s"],
    [600 * second, "10m"],
    [3 * hour, "3h"],
    [3 * hour + 5 * minute, "3h5m"],
    [40 * hour, "40h"],
    [51 * hour, "2d3h"],
    [400 * day, "400d"],
    [900 * day, "2y170d"],
  ];
  for (const [milliseconds, want] of cases) assert.equal(humanDuration(milliseconds), want);
});
