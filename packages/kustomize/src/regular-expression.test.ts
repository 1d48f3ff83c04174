import assert from "node:assert/strict";
import { test } from "node:test";
import { KustomizeError } from "./errors.ts";
import { compileGoRegExp } from "./regular-expression.ts";

const matching: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ["^(?:web)$", "web", true],
  ["^(?:web)$", "web-2", false],
  ["^(?:web.*|api)$", "web-2", true],
  ["b", "abc", true],
  ["^$", "", true],
  ["a{2,3}$", "aaaa", true],
  ["^a{2,3}$", "aaaa", false],
  ["(?i)KUBE", "kube-system", true],
  ["[[:upper:]][^a-c\\]]", "Xd", true],
  ["\\bfoo\\b", "a foo.", true],
  ["\\pL+\\d", "é1", true],
  ["a.c", "a\nc", false],
  ["(?s)a.c", "a\nc", true],
  ["\\Qa.b\\E+", "a.bb", true],
  ["^(a+)+$", `${"a".repeat(5000)}!`, false],
];

for (const [pattern, text, matches] of matching) {
  test(`${pattern} ${matches ? "matches" : "does not match"} ${text.slice(0, 20)}`, () => {
    assert.equal(compileGoRegExp(pattern).test(text), matches);
  });
}

const refused: readonly (readonly [pattern: string, message: string])[] = [
  ["(", "missing closing ): `(`"],
  ["a)", "unexpected ): `a)`"],
  ["[a", "missing closing ]: `[a`"],
  ["*", "missing argument to repetition operator: `*`"],
  ["a**", "invalid nested repetition operator: `**`"],
  ["a{1001}", "invalid repeat count: `{1001}`"],
  ["[z-a]", "invalid character class range: `z-a`"],
  ["\\y", "invalid escape sequence: `\\y`"],
  ["a\\", "trailing backslash at end of expression: ``"],
  ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
  ["((a{1000}){1000})", "expression too large: `((a{1000}){1000})`"],
];

for (const [pattern, message] of refused) {
  test(`${pattern} is refused`, () => {
    assert.throws(
      () => compileGoRegExp(pattern),
      (error) => error instanceof KustomizeError && error.message === `error parsing regexp: ${message}`,
    );
  });
}
