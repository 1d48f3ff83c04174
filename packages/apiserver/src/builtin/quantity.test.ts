import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalQuantity, quantityValue } from "./quantity.ts";

test("canonicalQuantity() writes quantities as Go does", () => {
  const cases: readonly [string, string | undefined][] = [
    ["0.5", "500m"],
    ["1", "1"],
    ["1000m", "1"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["100", "100"],
    ["1000", "1k"],
    ["1e3", "1e3"],
    ["0", "0"],
    ["-1", "-1"],
    ["0.1m", "100u"],
    ["", undefined],
    ["x", undefined],
    ["1.2.3", undefined],
  ];
  for (const [text, want] of cases) assert.equal(canonicalQuantity(text), want, text);
});

test("quantityValue() compares across units", () => {
  assert.equal(quantityValue("1Ki"), 1024);
  assert.equal(quantityValue("250m"), 0.25);
  assert.equal(quantityValue("nothing"), undefined);
});
