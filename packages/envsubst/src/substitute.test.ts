import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { substitute, SubstitutionError } from "./index.ts";

interface Recorded {
  readonly text: string;
  readonly want?: string;
  readonly error?: string;
  readonly strictError?: string;
}

// Recorded from the Go package that Flux uses; see the README.
const table = JSON.parse(readFileSync(new URL("../testdata/recorded.json", import.meta.url), "utf8")) as {
  readonly variables: { readonly [name: string]: string };
  readonly cases: readonly Recorded[];
};
const lookup = (name: string): string | undefined => table.variables[name];

function outcome(text: string, strict: boolean): { value: string } | { error: string } {
  try {
    return { value: substitute(text, lookup, { strict }) };
  } catch (error) {
    assert.ok(error instanceof SubstitutionError, String(error));
    return { error: error.message };
  }
}

test("substitute() does what Flux does, expression by expression", () => {
  for (const { text, want, error, strictError } of table.cases) {
    assert.deepEqual(outcome(text, false), error === undefined ? { value: want ?? "" } : { error }, text);
    if (strictError !== undefined) assert.deepEqual(outcome(text, true), { error: strictError }, `${text} (strict)`);
  }
});

test("errors name the line and the variable", () => {
  assert.throws(() => substitute("a\nb\n${c}", () => undefined, { strict: true }), { line: 3, variable: "c" });
  assert.throws(() => substitute("a\n${b.c}", () => ""), { code: "SyntaxError", line: 2 });
});

test("expressions nest, but not without end", () => {
  assert.equal(
    substitute("${a:-${b:-${c:-d}}}", () => undefined),
    "d",
  );
  const deep = `${"${a:-".repeat(5000)}x${"}".repeat(5000)}`;
  assert.throws(() => substitute(deep, () => undefined), { code: "TooDeep" });
});

test("any text ends in a result or a coded error", () => {
  const token = fc.constantFrom(
    "$",
    "{",
    "}",
    "V",
    "X",
    ":",
    "-",
    "=",
    "/",
    "#",
    "%",
    "\\",
    "^",
    ",",
    "1",
    "*",
    "[",
    "]",
    "?",
    " ",
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 24 }), (tokens) => {
      outcome(tokens.join(""), false);
      outcome(tokens.join(""), true);
    }),
  );
});
