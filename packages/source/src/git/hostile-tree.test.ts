import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { GitFixture, temporaryDirectory } from "@sluice/testing";
import { GitError } from "./errors.ts";
import { GitClient, type GitRemote } from "./git-client.ts";
import { defaultTreeLimits } from "./limits.ts";
import { openTree } from "./tree.ts";

/** Writes a tree object that git itself would never write. */
function writeTree(
  fixture: GitFixture,
  entries: readonly (readonly [mode: string, name: string | Buffer, oid: string])[],
): string {
  const input = Buffer.concat(
    entries.map(([mode, name, oid]) =>
      Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(oid, "hex")]),
    ),
  );
  const args = ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"];
  return execFileSync("git", args, { cwd: fixture.directory, input, encoding: "utf8" }).trim();
}

const hostile: readonly (readonly [name: string, path: string | Buffer, message: RegExp])[] = [
  [".git", ".git", /'\.git'/],
  [".GIT", ".GIT", /'\.git'/],
  ["the short name of .git", "git~1", /'\.git'/],
  [".git with an invisible character", ".g\u200cit", /'\.git'/],
  [".git with a space", ".git ", /'\.git'/],
  [".git with a dot", ".git.", /'\.git'/],
  [".git with a stream", ".git::$INDEX_ALLOCATION", /'\.git'/],
  ["a parent", "..", /'\.\.'/],
  ["itself", ".", /'\.'/],
  ["a slash", "a/../../b", /'\.\.'/],
  ["a leading slash", "/etc", /not a relative path/],
  ["a backslash that climbs", "a\\..\\b", /'\.\.'/],
  ["two slashes", "a//b", /empty part/],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x61]), /not UTF-8/],
];

test("trees that could do harm are refused, by name", async (t) => {
  const directory = temporaryDirectory(t);
  const fixture = new GitFixture(join(directory, "repositories"), "hostile");
  fixture.commit({ a: "1" });
  const blob = fixture.git("rev-parse", "main:a");
  const client = new GitClient({ directory: join(directory, "cache"), allowLocal: true });
  const remote: GitRemote = { url: client.parseUrl(fixture.directory), credentials: {} };
  const signal = AbortSignal.timeout(30_000);
  const inner = writeTree(fixture, [["100644", "config", blob]]);
  const twice = writeTree(fixture, [
    ["100644", "a", blob],
    ["100644", "a", blob],
  ]);
  const trees: (readonly [string, string, RegExp])[] = [
    ...hostile.map(([what, name, why]) => [what, writeTree(fixture, [["100644", name, blob]]), why] as const),
    ["a directory .git", writeTree(fixture, [["40000", ".git", inner]]), /'\.git'/],
    ["a name twice", twice, /comes twice/],
  ];
  // One commit brings all of them along, each in a directory of its own.
  const root = writeTree(
    fixture,
    trees.map(([, tree], index) => ["40000", `d${index}`.padEnd(4, "_"), tree] as const),
  );
  const commit = fixture.git("-c", "user.name=A", "-c", "user.email=a@b", "commit-tree", "-m", "x", root);
  fixture.git("update-ref", "refs/heads/main", commit);
  await client.mirrorOf(remote).ensure({ commit, reference: "refs/heads/main" }, signal);
  for (const [what, tree, message] of trees) {
    await assert.rejects(openTree(client, remote, tree, { limits: defaultTreeLimits, signal }), (error) => {
      assert.ok(error instanceof GitError, String(error));
      assert.equal(error.code, "UnsafeTree", `${what}: ${error.message}`);
      assert.match(error.message, message, what);
      return true;
    });
  }
});
