import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type JsonValue, parse, parseAll, parseDocument, toJS, YamlError } from "../index.ts";

interface ValueCase {
  readonly in: string;
  readonly error?: string;
  readonly json?: string;
  readonly valueError?: string;
  readonly strictError?: string;
  readonly treeJson?: string;
  readonly treeError?: string;
}

const cases = ["scalars", "texts"].flatMap(
  (name) => JSON.parse(readFileSync(new URL(`../../testdata/go/${name}.json`, import.meta.url), "utf8")) as ValueCase[],
);

/** JSON with every digit of its integers and sorted keys. */
function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(",")}}`;
}

/** Reads Go's JSON without losing digits. */
function goJson(json: string): JsonValue {
  const exact = (_: string, value: JsonValue, { source }: { source?: string }): JsonValue =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d{1,20}$/.test(source ?? "")
      ? BigInt(source ?? "")
      : value;
  return JSON.parse(json, exact as (key: string, value: JsonValue) => JsonValue) as JsonValue;
}

function outcome(run: () => JsonValue, text: string): { value?: string; error?: string } {
  try {
    return { value: canonical(run()) };
  } catch (thrown) {
    assert.ok(thrown instanceof YamlError, text);
    return { error: thrown.message };
  }
}

test("parse() reads values as sigs.k8s.io/yaml", () => {
  for (const { in: text, json, valueError } of cases) {
    const want = json === undefined ? { error: valueError } : { value: canonical(goJson(json)) };
    assert.deepEqual(
      outcome(() => parse(text), text),
      want,
      JSON.stringify(text),
    );
  }
});

test("parse() refuses repeated keys on demand, as UnmarshalStrict", () => {
  for (const { in: text, strictError, valueError } of cases) {
    const { error } = outcome(() => parse(text, { duplicateKeys: "error" }), text);
    assert.equal(error, strictError ?? valueError, JSON.stringify(text));
  }
});

test("toJS() gives what go-yaml v3 decodes", () => {
  for (const { in: text, error, treeJson, treeError } of cases) {
    if (error !== undefined) continue;
    const want = treeJson === undefined ? { error: treeError } : { value: canonical(goJson(treeJson)) };
    const got = outcome(() => {
      const root = parseDocument(text);
      return root === undefined ? null : toJS(root, { nonStringKeys: "refuse" });
    }, text);
    assert.deepEqual(got, want, JSON.stringify(text));
  }
});

test("parse() keeps integers exact", () => {
  assert.deepEqual(parse("[9007199254740991, 9007199254740992, 18446744073709551615, -9223372036854775808]"), [
    9007199254740991,
    9007199254740992n,
    18446744073709551615n,
    -9223372036854775808n,
  ]);
});

test("keys never reach the prototype", () => {
  const value = parse("__proto__: {polluted: true}\nconstructor: {prototype: 1}\n");
  assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  const merged = parse("a: &a {__proto__: {polluted: true}}\nb: {<<: *a}\n") as { b: object };
  assert.deepEqual(Object.keys(merged.b), ["__proto__"]);
});

test("aliases are expanded within a budget", () => {
  const names = "abcdefghij";
  let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (let i = 1; i < names.length; i++) {
    bomb += `${names[i]}: &${names[i]} [${Array(9)
      .fill(`*${names[i - 1]}`)
      .join(", ")}]\n`;
  }
  const refused = { code: "LimitExceeded", message: "yaml: document contains excessive aliasing" };
  assert.throws(() => parse(bomb), refused);
  const root = parseDocument(bomb);
  assert.ok(root);
  assert.throws(() => toJS(root), refused);
  const cyclic = parseDocument("a: &a [*a]");
  assert.ok(cyclic);
  assert.throws(() => toJS(cyclic), { code: "CyclicAlias", message: "yaml: anchor 'a' value contains itself" });
});

test("expanded aliases do not share values", () => {
  const value = parse("a: &a {x: [1]}\nb: *a\n") as { a: JsonValue; b: JsonValue };
  assert.deepEqual(value.a, value.b);
  assert.notEqual(value.a, value.b);
});

test("parseAll() reads every document, empty ones as null", () => {
  assert.deepEqual(parseAll("a: 1\n---\n---\n- b\n...\n"), [{ a: 1 }, null, ["b"]]);
  assert.deepEqual(parseAll("# nothing\n"), []);
  // go-yaml v2 forgets anchors between documents.
  assert.throws(() => parseAll("a: &x 1\n---\nb: *x\n"), { code: "UnknownAnchor" });
});

test("toJS() takes keys by their text, or refuses those that are not strings", () => {
  const root = parseDocument("a: {1: x, yes: y, ~: z}");
  assert.ok(root);
  assert.deepEqual(toJS(root), { a: { "1": "x", yes: "y", "~": "z" } });
  assert.throws(() => toJS(root, { nonStringKeys: "refuse" }), {
    code: "InvalidValue",
    message: "json: unsupported type: map[interface {}]interface {}",
  });
});

test("a long list of repeated keys is cut", () => {
  const root = parseDocument("a: 1\n".repeat(5000));
  assert.ok(root);
  assert.throws(
    () => toJS(root),
    (thrown: Error) => thrown.message.split("\n").length === 101,
  );
  assert.deepEqual(toJS(root, { duplicateKeys: "last" }), { a: 1 });
});
