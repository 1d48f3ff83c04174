import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGitUrl } from "./git-url.ts";

const urls: readonly (readonly [raw: string, cloneUrl: string, path: string, ref: string])[] = [
  ["https://github.com/org/repo", "https://github.com/org/repo", "", ""],
  ["https://github.com/org/repo//a/b?ref=v1", "https://github.com/org/repo", "a/b", "v1"],
  ["github.com/org/repo/a/b?ref=main", "https://github.com/org/repo", "a/b", "main"],
  ["git@github.com:org/repo.git//a", "git@github.com:org/repo.git", "a", ""],
  ["git@git.example.com:org/repo.git/a?version=2", "git@git.example.com:org/repo.git", "a", "2"],
  ["ssh://git@host.example.com:7999/org/repo.git//a", "ssh://git@host.example.com:7999/org/repo.git", "a", ""],
  ["https://host.example.com/org/repo.git/a/b", "https://host.example.com/org/repo.git", "a/b", ""],
  ["https://host.example.com/one/two/three/four//a", "https://host.example.com/one/two/three/four", "a", ""],
  ["https://dev.example.com/o/p/_git/repo/a/b", "https://dev.example.com/o/p/_git/repo", "a/b", ""],
  ["git::https://host.example.com/org/repo//a", "https://host.example.com/org/repo", "a", ""],
  ["file:///srv/repo.git//a?ref=x", "file:///srv/repo.git", "a", "x"],
];

for (const [raw, cloneUrl, path, ref] of urls) {
  test(`${raw} is a repository`, () => {
    const url = parseGitUrl(raw);
    assert.deepEqual([url?.cloneUrl, url?.path, url?.ref], [cloneUrl, path, ref]);
  });
}

for (const raw of [
  "../base",
  "base",
  "/srv/repo",
  "https://host.example.com/one",
  "https://github.com/org/repo//../..",
  "host.example.com/org/repo",
]) {
  test(`${raw} is no repository`, () => {
    assert.equal(parseGitUrl(raw), undefined);
  });
}

test("timeouts and submodules come from the query", () => {
  const url = parseGitUrl("https://github.com/org/repo?timeout=1m30s&submodules=false");
  assert.deepEqual([url?.timeoutMs, url?.submodules], [90_000, false]);
  const bare = parseGitUrl("https://github.com/org/repo?timeout=nonsense");
  assert.deepEqual([bare?.timeoutMs, bare?.submodules], [27_000, true]);
});
