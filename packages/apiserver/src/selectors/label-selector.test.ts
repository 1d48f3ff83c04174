import assert from "node:assert/strict";
import { test } from "node:test";
import { labelSelectorOf, parseLabelSelector } from "./label-selector.ts";

test("parseLabelSelector() selects as kubectl -l does", () => {
  const labels = { app: "web", tier: "front", empty: "", n: "5" };
  const cases: readonly [string, boolean][] = [
    ["", true],
    ["app=web", true],
    ["app==web,tier!=back", true],
    ["app = web , tier in (front, back)", true],
    ["tier notin (front)", false],
    ["missing notin (a)", true],
    ["app", true],
    ["!app", false],
    ["!missing", true],
    ["empty=", true],
    ["n>4,n<6", true],
    ["missing!=x", true],
  ];
  for (const [text, want] of cases) assert.equal(parseLabelSelector(text).matches(labels), want, text);
});

test("parseLabelSelector() refuses what is none", () => {
  for (const text of ["a b", "a,,b", "a in", "a in (b", "=b", "a=b,", "-a"]) {
    assert.throws(() => parseLabelSelector(text), { name: "StatusError" }, text);
  }
});

test("labelSelectorOf() reads objects; an absent one is no selector", () => {
  assert.equal(labelSelectorOf(undefined), undefined);
  const selector = labelSelectorOf({
    matchLabels: { a: "b" },
    matchExpressions: [{ key: "c", operator: "In", values: ["x", "y"] }],
  });
  assert.equal(selector?.toString(), "a=b,c in (x,y)");
});
