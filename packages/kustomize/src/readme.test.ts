import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileFunction } from "node:vm";
import * as kustomize from "./index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

// A line `expression; // value` of an example says what the expression is.
for (const [index, [, example = ""]] of [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].entries()) {
  test(`README example ${index + 1} does what it says`, () => {
    const checked = example
      .replace(/^import .*\n/gm, "")
      .replace(/^( *)(\S.*); \/\/ (.*)$/gm, (_, indent: string, expression: string, value: string) => {
        return `${indent}check(${expression}, (${value}));`;
      });
    let checks = 0;
    const check = (actual: unknown, wanted: unknown): void => {
      checks++;
      assert.deepEqual(actual, wanted);
    };
    const names = Object.keys(kustomize);
    const run = compileFunction(checked, [...names, "check"]) as (...values: readonly unknown[]) => void;
    run(...Object.values(kustomize), check);
    assert.ok(checks > 0);
  });
}
