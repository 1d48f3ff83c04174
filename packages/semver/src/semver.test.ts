import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseConstraint } from "./constraint.ts";
import { compareVersions, parseStrictVersion } from "./version.ts";

interface Recorded {
  readonly versions: readonly string[];
  readonly valid: readonly string[];
  readonly rows: readonly {
    readonly constraint: string;
    readonly error?: boolean;
    readonly matches: readonly string[];
  }[];
}

/** What Masterminds/semver 3.4.0 says about the same constraints and versions. */
const recorded = JSON.parse(
  readFileSync(new URL("../testdata/masterminds-3.4.0.json", import.meta.url), "utf8"),
) as Recorded;

test("the same versions are valid", () => {
  assert.deepEqual(
    recorded.versions.filter((text) => parseStrictVersion(text) !== undefined),
    recorded.valid,
  );
});

for (const { constraint, error, matches } of recorded.rows) {
  test(`constraint ${JSON.stringify(constraint)}`, () => {
    if (error === true) {
      assert.throws(() => parseConstraint(constraint), SyntaxError);
      return;
    }
    const parsed = parseConstraint(constraint);
    const got = recorded.valid.filter((text) => parsed.matches(parseStrictVersion(text)!));
    assert.deepEqual(got, matches);
  });
}

test("precedence follows the specification", () => {
  const ordered = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
  ];
  const versions = ordered.map((text) => parseStrictVersion(text)!);
  assert.deepEqual(versions.toReversed().sort(compareVersions), versions);
});

test("a long constraint does not take long", () => {
  const started = performance.now();
  assert.throws(() => parseConstraint(`${">1 ".repeat(1300)}!`), SyntaxError);
  assert.throws(() => parseConstraint(" ".repeat(4000) + "!"), SyntaxError);
  assert.throws(() => parseConstraint(`${"1".repeat(2000)} - ${"1".repeat(2000)}!`), SyntaxError);
  assert.ok(performance.now() - started < 5000);
});
