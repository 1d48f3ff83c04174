import assert from "node:assert/strict";
import { test } from "node:test";
import { findCycles, importsOf, layerBreach } from "./check-layers.ts";

test("importsOf() reads static, type, side-effect, re-export and dynamic imports, and no comments", () => {
  const text = [
    'import { a } from "./a.ts";',
    "import type {",
    "  B,",
    '} from "@sluice/b";',
    'import "./side-effect.ts";',
    'export * from "./c.ts";',
    'const d = await import("./d.ts");',
    '// import { x } from "./commented.ts";',
    '/* import { y } from "./block.ts"; */',
  ].join("\n");
  assert.deepEqual(importsOf(text), ["./a.ts", "@sluice/b", "./side-effect.ts", "./c.ts", "./d.ts"]);
});

test("layerBreach() allows lower layers, named exceptions and tests' own needs", () => {
  const cases: [from: string, to: string, isTest: boolean, allowed: boolean][] = [
    ["kustomize", "yaml", false, true],
    ["yaml", "patch", false, false],
    ["kube", "apiserver", false, false],
    ["kube", "apiserver", true, false],
    ["controllers", "apiserver", false, true],
    ["helm", "gotemplate", false, true],
    ["gotemplate", "helm", false, false],
    ["yaml", "testing", false, false],
    ["yaml", "testing", true, true],
    ["errors", "nowhere", false, false],
  ];
  for (const [from, to, isTest, allowed] of cases)
    assert.equal(layerBreach(from, to, isTest) === undefined, allowed, `${from} → ${to}${isTest ? " in a test" : ""}`);
});

test("findCycles() names each cycle once", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["a"]],
    ["d", ["a"]],
  ]);
  assert.deepEqual(findCycles(graph), ["a → b → c → a"]);
});
