import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { stringify, YamlError } from "../index.ts";

interface MarshalCase {
  readonly json: string;
  readonly yaml?: string;
  readonly error?: string;
}

test("stringify() writes what sigs.k8s.io/yaml marshals", () => {
  const file = new URL("../../testdata/go/marshal.json", import.meta.url);
  for (const { json, yaml, error } of JSON.parse(readFileSync(file, "utf8")) as MarshalCase[]) {
    // Integers keep their digits in Go.
    const exact = (_: string, value: unknown, { source }: { source?: string }): unknown =>
      typeof value === "number" && /^-?\d+$/.test(source ?? "") ? BigInt(source ?? "") : value;
    const value: unknown = JSON.parse(json, exact as (key: string, value: unknown) => unknown);
    let got: { yaml?: string; error?: string };
    try {
      got = { yaml: stringify(value) };
    } catch (thrown) {
      assert.ok(thrown instanceof YamlError, json);
      got = { error: thrown.message };
    }
    assert.deepEqual(got, error === undefined ? { yaml } : { error }, json);
  }
});

test("stringify() treats JavaScript's own values as JSON does", () => {
  const cases: { name: string; value: unknown; want: string }[] = [
    { name: "undefined field", value: { a: undefined, b: 1 }, want: "b: 1\n" },
    { name: "only undefined fields", value: { a: undefined }, want: "{}\n" },
    { name: "undefined item", value: [undefined], want: "- null\n" },
    { name: "date", value: { at: new Date(0) }, want: 'at: "1970-01-01T00:00:00.000Z"\n' },
    { name: "large bigint", value: 2n ** 64n, want: "1.8446744073709552e+19\n" },
    { name: "negative zero", value: [-0], want: "- 0\n" },
    { name: "lone surrogate", value: "a\ud800", want: "a\ufffd\n" },
    { name: "own __proto__", value: JSON.parse('{"__proto__": 1}'), want: "__proto__: 1\n" },
  ];
  for (const { name, value, want } of cases) assert.equal(stringify(value), want, name);
});

test("stringify() refuses what YAML cannot say", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const cases = [
    { value: Number.NaN, code: "Unrepresentable" },
    { value: { a: () => 1 }, code: "Unrepresentable" },
    { value: Symbol("a"), code: "Unrepresentable" },
    { value: undefined, code: "Unrepresentable" },
    { value: cyclic, code: "LimitExceeded" },
  ];
  for (const { value, code } of cases) assert.throws(() => stringify(value), { code });
});
