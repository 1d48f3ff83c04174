import assert from "node:assert/strict";
import { test } from "node:test";
import { build, format } from "./build.ts";
import { MemoryFileSystem } from "./memory-file-system.ts";
import { makeMapping } from "./node/make.ts";
import { ParseCache } from "./parse-cache.ts";

test("a text is parsed once, and every reader gets a copy", () => {
  const cache = new ParseCache();
  let parsed = 0;
  const parse = () => {
    parsed++;
    return [makeMapping()];
  };
  const [first] = cache.get("a", parse);
  const [second] = cache.get("a", parse);
  assert.equal(parsed, 1);
  assert.notEqual(first, second);
});

test("the least recently used texts leave when there is no room", () => {
  const cache = new ParseCache({ maxLength: 4 });
  const parsed: string[] = [];
  const read = (text: string) => cache.get(text, () => (parsed.push(text), []));
  for (const text of ["aa", "bb", "aa", "cc", "aa", "bb", "too long"]) read(text);
  assert.deepEqual(parsed, ["aa", "bb", "cc", "bb", "too long"]);
});

test("builds that share a cache do not see each other's changes", () => {
  const parseCache = new ParseCache();
  const files = new MemoryFileSystem(
    new Map([
      ["base/kustomization.yaml", "resources: [a.yaml]\n"],
      ["base/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"],
      ["one/kustomization.yaml", "resources: [../base]\nnamePrefix: one-\n"],
      ["two/kustomization.yaml", "resources: [../base]\nnamePrefix: two-\n"],
    ]),
  );
  const names = ["one", "two", "base"].map((root) => build(files, root, { parseCache }).resources[0]?.name);
  assert.deepEqual(names, ["one-a", "two-a", "a"]);
  assert.equal(format(build(files, "one", { parseCache })), format(build(files, "one")));
});
