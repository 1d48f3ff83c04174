import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryDirectory } from "@sluice/testing";
import { ArtifactStorage, type ArtifactStorageOptions } from "./artifact-storage.ts";
import { digestOf } from "./digest.ts";
import { ArtifactError, type ArtifactErrorCode } from "./errors.ts";

const owner = { kind: "GitRepository", namespace: "flux-system", name: "fleet" };

async function openStorage(
  t: TestContext,
  options: Partial<ArtifactStorageOptions> = {},
): Promise<{ storage: ArtifactStorage; root: string }> {
  const root = join(temporaryDirectory(t), "artifacts");
  const storage = new ArtifactStorage({ directory: root, advertisedAddress: "source.local", ...options });
  await storage.open();
  return { storage, root };
}

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function hasCode(code: ArtifactErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ArtifactError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}

test("stores a file and says where and what it is", async (t) => {
  const { storage, root } = await openStorage(t);
  const stored = await storage.store(owner, "abc.tar.gz", chunksOf("one", "two"));
  assert.deepEqual(stored, {
    path: "gitrepository/flux-system/fleet/abc.tar.gz",
    url: "http://source.local/gitrepository/flux-system/fleet/abc.tar.gz",
    digest: digestOf(Buffer.from("onetwo")),
    size: 6,
  });
  assert.deepEqual(readdirSync(join(root, "gitrepository/flux-system/fleet")), ["abc.tar.gz"]);
  assert.equal(await storage.verify(stored), "present");
  writeFileSync(join(root, stored.path), "other!");
  assert.equal(await storage.verify(stored), "corrupt");
  await storage.remove(stored.path);
  assert.equal(await storage.verify(stored), "missing");
});

test("other digests", async (t) => {
  const { storage } = await openStorage(t, { digestAlgorithm: "sha512" });
  const stored = await storage.store(owner, "x", chunksOf("one"));
  assert.match(stored.digest, /^sha512:[0-9a-f]{128}$/);
  assert.equal(await storage.verify(stored), "present");
  await assert.rejects(storage.verify({ path: stored.path, digest: "blake3:00" }), hasCode("UnsupportedDigest"));
});

test("a failed write leaves the file before it and nothing else", async (t) => {
  const { storage, root } = await openStorage(t);
  const stored = await storage.store(owner, "x", chunksOf("one"));
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("half");
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  }
  await assert.rejects(storage.store(owner, "x", broken()), hasCode("StorageFull"));
  assert.equal(await storage.verify(stored), "present");
  assert.deepEqual(readdirSync(join(root, "gitrepository/flux-system/fleet")), ["x"]);
});

test("a directory that cannot be made is a coded failure", async (t) => {
  const { storage, root } = await openStorage(t);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "gitrepository"), "in the way");
  await assert.rejects(storage.store(owner, "x", chunksOf("one")), hasCode("StorageFailed"));
});

for (const path of [
  "a/b/c",
  "../../etc/passwd",
  "a/../../x",
  "a/b/../x",
  "/a/b/c",
  "a//c/d",
  "a/b/c/d\0",
  "a/b/c\\d/e",
  "a/b/c/..",
]) {
  test(`path ${JSON.stringify(path)} is refused`, async (t) => {
    const { storage } = await openStorage(t);
    assert.throws(() => storage.localPath(path), hasCode("InvalidArtifactPath"));
  });
}

test("an owner's names cannot leave the root", async (t) => {
  const { storage } = await openStorage(t);
  await assert.rejects(storage.removeAll({ ...owner, name: ".." }), hasCode("InvalidArtifactPath"));
  await assert.rejects(
    storage.store({ ...owner, namespace: "a/b" }, "x", chunksOf("")),
    hasCode("InvalidArtifactPath"),
  );
});

test("old files are collected, the current one never", async (t) => {
  const now = 1_000_000_000_000;
  const { storage, root } = await openStorage(t, { now: () => now, retentionTtlMs: 60_000, retentionRecords: 3 });
  const ages = { current: 600, ancient: 300, old: 61, recent: 30, newer: 20, newest: 10 };
  for (const [name, seconds] of Object.entries(ages)) {
    const { path } = await storage.store(owner, name, chunksOf(name));
    utimesSync(join(root, path), now / 1000 - seconds, now / 1000 - seconds);
  }
  const removed = await storage.collectGarbage(owner, { path: "gitrepository/flux-system/fleet/current" });
  assert.deepEqual([...removed].sort(), ["ancient", "old", "recent"]);
  assert.deepEqual(readdirSync(join(root, "gitrepository/flux-system/fleet")).sort(), ["current", "newer", "newest"]);
});

test("everything of an object goes with it", async (t) => {
  const { storage, root } = await openStorage(t);
  await storage.store(owner, "x", chunksOf("one"));
  await storage.store({ ...owner, name: "fleet-2" }, "x", chunksOf("one"));
  assert.equal(await storage.removeAll(owner), true);
  assert.equal(await storage.removeAll(owner), false);
  assert.deepEqual(readdirSync(join(root, "gitrepository/flux-system")), ["fleet-2"]);
});

test("a process that is killed while it writes leaves nothing behind after the next start", async (t) => {
  const { root } = await openStorage(t);
  const program = `
    import { ArtifactStorage } from ${JSON.stringify(new URL("./artifact-storage.ts", import.meta.url).href)};
    const storage = new ArtifactStorage({ directory: ${JSON.stringify(root)} });
    await storage.open();
    const owner = ${JSON.stringify(owner)};
    async function* endless() { yield Buffer.from("begun"); process.stdout.write("writing"); setInterval(() => {}, 1000); await new Promise(() => {}); }
    await storage.store(owner, "whole", [Buffer.from("whole")]);
    await storage.store(owner, "half", endless());`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const directory = join(root, "gitrepository/flux-system/fleet");
  assert.equal(readdirSync(directory).length, 2, "a temporary file is there");
  assert.equal(existsSync(join(directory, "half")), false);
  const storage = new ArtifactStorage({ directory: root });
  await storage.open();
  assert.deepEqual(readdirSync(directory), ["whole"]);
});
