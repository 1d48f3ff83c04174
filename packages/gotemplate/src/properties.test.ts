import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TemplateError } from "./errors.ts";
import { TemplateSet } from "./exec/template-set.ts";
import { sprigFunctions } from "./functions/sprig.ts";
import { helmFunctions } from "./functions/yaml.ts";
import { sprintf } from "./printf/sprintf.ts";
import { fromBytes, toBytes } from "./value/bytes.ts";
import type { Value } from "./value/value.ts";

const functions = {
  ...sprigFunctions({
    now: () => 0,
    randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37) % 251),
  }),
  ...helmFunctions,
};

/** Slow by design; their own tests run them. */
const slow = new Set([
  "bcrypt",
  "htpasswd",
  "derivePassword",
  "genPrivateKey",
  "genCA",
  "genSelfSignedCert",
  "genSignedCert",
]);
const names = Object.keys(functions).filter((name) => !slow.has(name));

const operand = fc.oneof(
  fc.constantFrom(
    ".",
    ".a",
    ".b",
    ".c.d",
    "$",
    "$.a",
    "nil",
    "true",
    "1",
    "-3",
    "2.5",
    "1e3",
    '"x"',
    '"a b,c"',
    "`{`",
    "(list 1 2)",
    '(dict "k" .a)',
  ),
  fc.integer({ min: -20, max: 200 }).map(String),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
);
const call = fc
  .tuple(
    fc.constantFrom(...names, "printf", "index", "len", "eq", "lt", "and", "or", "html"),
    fc.array(operand, { maxLength: 4 }),
  )
  .map(([name, args]) => [name, ...args].join(" "));
const pipeline = fc
  .array(fc.oneof(call, call, operand), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(" | "));
const action = fc.oneof(
  pipeline.map((text) => `{{ ${text} }}`),
  pipeline.map((text) => `{{- range $i, $e := ${text} -}} {{ $e }} {{ else }}-{{ end }}`),
  pipeline.map((text) => `{{ with ${text} }}{{ . }}{{ else }}{{ $ }}{{ end }}`),
  pipeline.map((text) => `{{ $x := ${text} }}{{ if $x }}{{ $x }}{{ end }}`),
  fc.constantFrom(
    "{{ end }}",
    "{{ else }}",
    "{{ define `d` }}",
    "{{ template `d` . }}",
    "{{",
    "}}",
    "{{/* c */}}",
    "text\n",
  ),
);

/** Runs a template; only coded errors may leave it. */
function run(text: string, data: Value): void {
  const set = new TemplateSet({ functions });
  try {
    set.parse("t", text);
    const output = set.execute("t", data, { steps: 20_000, output: 100_000, depth: 50 });
    assert.ok(output.length <= 100_000);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    assert.match(error.message, /^template: /);
  }
}

test("templates of any functions end with output or a coded error", () => {
  const texts = fc.array(action, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  const data = fc.record({
    a: fc.jsonValue({ maxDepth: 2 }),
    b: fc.string({ maxLength: 6 }),
    c: fc.constant({ d: [1, "x"] }),
  });
  fc.assert(
    fc.property(texts, data, (text, value) => run(text, value as unknown as Value)),
    { numRuns: 3000, interruptAfterTimeLimit: 4000 },
  );
});

test("any text ends with output or a coded error", () => {
  const pieces = fc.constantFrom(
    "{{",
    "}}",
    "{{-",
    "-}}",
    " ",
    ".",
    "$",
    "(",
    ")",
    "|",
    ":=",
    "=",
    ",",
    '"',
    "`",
    "'",
    "if",
    "range",
    "end",
    "else",
    "define",
    "x",
    "1",
    "\\",
    "\n",
    "é",
    "/*",
    "*/",
    "@",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => run(parts.join(""), null)),
    { numRuns: 3000, interruptAfterTimeLimit: 2000 },
  );
});

test("sprintf() never throws", () => {
  const value = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constant(null),
  );
  const format = fc.array(
    fc.constantFrom(
      "%",
      "d",
      "v",
      "q",
      "x",
      "s",
      "f",
      "g",
      "e",
      "5",
      ".",
      "2",
      "*",
      "[1]",
      "+",
      "-",
      "#",
      "0",
      " ",
      "T",
      "c",
      "U",
      "a",
    ),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(format, fc.array(value, { maxLength: 3 }), (parts, args) => {
      sprintf(parts.join(""), args);
    }),
    { numRuns: 3000 },
  );
});

test("bytes survive the way through a text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.deepEqual(toBytes(fromBytes(bytes)), Uint8Array.from(bytes));
    }),
  );
});
