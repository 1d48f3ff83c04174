import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { lockDirectory } from "./directory-lock.ts";

async function directoryFor(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-lock-"));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

test("a directory is held until it is released", async (t) => {
  const directory = await directoryFor(t);
  const lock = await lockDirectory(join(directory, "new"));
  assert.ok(existsSync(join(directory, "new", "process.lock")));
  await lock.release();
  assert.ok(!existsSync(join(directory, "new", "process.lock")));
});

test("a directory of a living process is refused, and taken over once the process is dead", async (t) => {
  const directory = await directoryFor(t);
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  t.after(() => other.kill("SIGKILL"));
  await once(other, "spawn");
  await writeFile(join(directory, "process.lock"), String(other.pid));
  await assert.rejects(lockDirectory(directory), { code: "DirectoryInUse" });
  other.kill("SIGKILL");
  await once(other, "exit");
  await (await lockDirectory(directory)).release();
});

test("a lock with our own id, or with nonsense in it, is from an earlier life", async (t) => {
  const directory = await directoryFor(t);
  for (const content of [String(process.pid), "", "x"]) {
    await writeFile(join(directory, "process.lock"), content);
    await (await lockDirectory(directory)).release();
  }
});
