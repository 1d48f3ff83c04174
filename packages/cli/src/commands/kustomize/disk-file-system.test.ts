import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { diskFileSystem } from "./disk-file-system.ts";

test("pipes are refused instead of waited for, and links in circles lead nowhere", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-disk-"));
  t.after(() => rm(directory, { recursive: true }));
  const at = (name: string): string => join(directory, name);
  execFileSync("mkfifo", [at("pipe.yaml")]);
  await symlink("loop.yaml", at("loop.yaml"));
  await writeFile(at("file.yaml"), "a: 1\n");

  assert.throws(() => diskFileSystem.readFile(at("pipe.yaml")), /pipe\.yaml: not a regular file/);
  assert.equal(diskFileSystem.stat(at("loop.yaml")), undefined);
  assert.equal(diskFileSystem.stat(at("absent.yaml")), undefined);
  assert.equal(diskFileSystem.stat(at("file.yaml")), "file");
  assert.equal(diskFileSystem.stat(directory), "directory");
  assert.equal(Buffer.from(diskFileSystem.readFile(at("file.yaml"))).toString(), "a: 1\n");
});
