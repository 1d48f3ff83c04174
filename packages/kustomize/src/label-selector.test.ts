import assert from "node:assert/strict";
import { test } from "node:test";
import { KustomizeError } from "./errors.ts";
import { matchesSelector } from "./label-selector.ts";

const labels = new Map([
  ["app", "web"],
  ["tier", "front"],
  ["weight", "7"],
  ["example.com/x", ""],
]);

const selectors: readonly (readonly [selector: string, matches: boolean])[] = [
  ["", true],
  ["app=web", true],
  ["app==web,tier!=back", true],
  ["app", true],
  ["!app", false],
  ["!nope", true],
  ["tier in (front, back)", true],
  ["tier notin (front)", false],
  ["nope notin (a)", true],
  ["weight>6,weight<8", true],
  ["app>1", false],
  ["example.com/x=", true],
];

for (const [selector, matches] of selectors) {
  test(`selector ${JSON.stringify(selector)} ${matches ? "matches" : "does not match"}`, () => {
    assert.equal(
      matchesSelector(selector, () => labels),
      matches,
    );
  });
}

for (const selector of ["=a", "a b", "a in b", "a,", "a in (b", "-a=b", "a=b c"]) {
  test(`selector ${JSON.stringify(selector)} is refused`, () => {
    assert.throws(
      () => matchesSelector(selector, () => labels),
      (error) => error instanceof KustomizeError,
    );
  });
}
