import assert from "node:assert/strict";
import { test } from "node:test";
import { relativeLinksOf, sourceFilesOf, unmarkedCommandsOf } from "./check-docs.ts";

test("relativeLinksOf() reads links to files, outside of code", () => {
  const text = "[a](a.md#part) ![b](img/b.svg) [c](https://example.com) [d](#here)\n```sh\necho '[e](e.md)'\n```\n";
  assert.deepEqual(relativeLinksOf(text), ["a.md#part", "img/b.svg"]);
});

test("sourceFilesOf() reads the source files in code spans, not patterns or prose", () => {
  const text =
    "1. `src/index.ts`, `packages/kube/src/client/client.ts`; not `commands/<verb>.ts`, src/prose.ts, `src/*.ts`";
  assert.deepEqual(sourceFilesOf(text), ["src/index.ts", "packages/kube/src/client/client.ts"]);
});

test("unmarkedCommandsOf() names the lines of commands without a comment that can be understood", () => {
  const block = "```sh\nls\n```";
  const text = [
    "<!-- run: clone -->",
    block,
    "<!-- skip: for a reason -->",
    block,
    "<!-- run: away -->",
    block,
    "",
    block,
  ];
  assert.deepEqual(unmarkedCommandsOf(text.join("\n")), [11, 15]);
});
