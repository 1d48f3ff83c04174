import assert from "node:assert/strict";
import { test } from "node:test";
import { compileJsonPath } from "./json-path.ts";

test("compileJsonPath() finds what printer columns ask for", () => {
  const object = {
    spec: { a: { "b.c": 1 }, list: [{ n: "x" }, { n: "y" }] },
    status: {
      conditions: [
        { type: "Ready", status: "True", reason: "R" },
        { type: "Other", status: "False" },
      ],
    },
  };
  const cases: readonly [string, unknown[]][] = [
    [".spec.list[0].n", ["x"]],
    [".spec.list[-1].n", ["y"]],
    [".spec.list[*].n", ["x", "y"]],
    [".spec.a['b.c']", [1]],
    [".spec.a.b\\.c", [1]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".status.conditions[?(@.type=='Ready')].reason", ["R"]],
    ['.status.conditions[?(@.type!="Ready")].status', ["False"]],
    [".nothing.here", []],
    ["{.spec.list[0].n}", ["x"]],
  ];
  for (const [path, want] of cases) assert.deepEqual(compileJsonPath(path)?.(object), want, path);
});

test("compileJsonPath() knows what it cannot read", () => {
  assert.equal(compileJsonPath(".a[?(@.b =~ 'c')"), undefined);
});
