import assert from "node:assert/strict";
import { test } from "node:test";
import { KustomizeError } from "./errors.ts";
import { MemoryFileSystem, type SymbolicLink } from "./memory-file-system.ts";

const files = new MemoryFileSystem(
  new Map<string, string | SymbolicLink>([
    ["a/b/file", "text"],
    ["/a/link", { target: "b" }],
    ["/a/up", { target: "../../.." }],
    ["/absolute", { target: "/a/b/file" }],
    ["/loop", { target: "loop" }],
  ]),
);

test("files and directories are found by any path to them", () => {
  assert.equal(files.stat("/a"), "directory");
  assert.equal(files.stat("/a/./b//file"), "file");
  assert.equal(files.stat("/a/nope"), undefined);
  assert.equal(files.stat("/a/b/file/below"), undefined);
  assert.equal(new TextDecoder().decode(files.readFile("/a/b/../b/file")), "text");
  assert.deepEqual(files.readDirectory("/a"), ["b", "link", "up"]);
});

test("links are followed and never leave the root", () => {
  assert.equal(files.realPath("/a/link/file"), "/a/b/file");
  assert.equal(files.realPath("/a/link/.."), "/a");
  assert.equal(files.realPath("/absolute"), "/a/b/file");
  assert.equal(files.realPath("/a/up/a"), "/a");
  assert.equal(files.stat("/loop"), undefined);
});

test("what is not there is a coded error", () => {
  for (const read of [() => files.readFile("/a"), () => files.readDirectory("/nope"), () => files.realPath("/loop")]) {
    assert.throws(read, (error) => error instanceof KustomizeError && error.code === "FileNotFound");
  }
});

test("a path cannot be a file and a directory", () => {
  const both = new Map([
    ["/a", "text"],
    ["/a/b", "text"],
  ]);
  assert.throws(() => new MemoryFileSystem(both), RangeError);
});
