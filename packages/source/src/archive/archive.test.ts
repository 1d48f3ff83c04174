import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { createArchive } from "./create-archive.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";
import { extractArchive, type ExtractOptions } from "./extract-archive.ts";
import type { FileTree, TreeFile } from "./file-tree.ts";
import { encodeHeader } from "./tar-header.ts";

function file(text: string, executable = false): TreeFile {
  return { bytes: Buffer.from(text), executable };
}

async function pack(files: FileTree): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(createArchive(files)));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const long = `${"deep/".repeat(40)}kustomization.yaml`;
const sample: FileTree = new Map([
  ["b/run.sh", file("#!/bin/sh\n", true)],
  ["a.yaml", file("a: 1\n")],
  ["b/c/empty", file("")],
  ["ünïcode/naïve.yaml", file("x")],
  [long, file("long")],
]);

test("what was packed comes out again", async () => {
  const extracted = await extractArchive(await pack(sample));
  assert.deepEqual([...extracted.keys()], [...sample.keys()].sort());
  for (const [path, want] of sample) {
    const got = extracted.get(path)!;
    assert.equal(Buffer.from(got.bytes).toString(), Buffer.from(want.bytes).toString(), path);
    assert.equal(got.mode, want.executable ? 0o700 : 0o600, path);
  }
});

test("the order of insertion does not matter", async () => {
  const again = new Map([...sample].reverse());
  assert.equal(sha256(await pack(again)), sha256(await pack(sample)));
  const header = (await pack(sample)).subarray(0, 10).toString("hex");
  assert.equal(header, "1f8b08000000000000ff", "no time, no operating system");
});

test("GNU tar reads our archives", async () => {
  const listing = execFileSync("tar", ["-tvzf", "-", "--numeric-owner"], {
    input: await pack(sample),
    encoding: "utf8",
    env: { TZ: "UTC", LC_ALL: "C.UTF-8", PATH: process.env["PATH"] },
  });
  const lines = listing
    .trim()
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " "));
  assert.ok(lines.includes("-rw------- 0/0 5 1970-01-01 00:00 a.yaml"), listing);
  assert.ok(lines.includes("drwxr-x--- 0/0 0 1970-01-01 00:00 b"), listing);
  assert.ok(lines.includes("-rwx------ 0/0 10 1970-01-01 00:00 b/run.sh"), listing);
  assert.ok(lines.includes("-rw------- 0/0 1 1970-01-01 00:00 ünïcode/naïve.yaml"), listing);
  assert.ok(lines.includes(`-rw------- 0/0 4 1970-01-01 00:00 ${long}`), listing);
});

test("we read GNU tar's archives", async () => {
  const script = `set -e; d=$(mktemp -d); cd "$d"; mkdir -p ${"deep/".repeat(40)} x; echo hi > ${long}; echo run > x/run; chmod +x x/run
    tar -czf - --format=$1 .; cd /; rm -rf "$d"`;
  for (const format of ["gnu", "pax"]) {
    const bytes = execFileSync("sh", ["-c", script, "sh", format]);
    const files = await extractArchive(bytes);
    assert.deepEqual([...files.keys()], [long, "x/run"], format);
    assert.equal(files.get("x/run")?.executable, true);
  }
});

/** Builds archives that no honest program would. */
function forge(
  ...entries: readonly { name: string; type?: string; content?: string; size?: number; mode?: number }[]
): Buffer {
  const blocks: Uint8Array[] = [];
  for (const { name, type = "0", content = "", size, mode = 0o600 } of entries) {
    const bytes = Buffer.from(content);
    const block = encodeHeader({ name, type: "file", mode, size: size ?? bytes.length });
    block[156] = type.charCodeAt(0);
    block.fill(0x20, 148, 156);
    const sum = block.reduce((a, b) => a + b, 0);
    block.set(Buffer.from(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    blocks.push(block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const attacks: readonly { name: string; bytes: () => Buffer; code: ArchiveErrorCode; options?: ExtractOptions }[] = [
  { name: "parent segment", bytes: () => forge({ name: "../evil" }), code: "UnsafeEntry" },
  { name: "parent segment inside", bytes: () => forge({ name: "a/../../evil" }), code: "UnsafeEntry" },
  { name: "parent directory entry", bytes: () => forge({ name: "../evil/", type: "5" }), code: "UnsafeEntry" },
  { name: "absolute", bytes: () => forge({ name: "/etc/passwd" }), code: "UnsafeEntry" },
  { name: "symbolic link", bytes: () => forge({ name: "a", type: "2" }), code: "UnsafeEntry" },
  { name: "hard link", bytes: () => forge({ name: "a", type: "1" }), code: "UnsafeEntry" },
  { name: "character device", bytes: () => forge({ name: "a", type: "3" }), code: "UnsafeEntry" },
  { name: "block device", bytes: () => forge({ name: "a", type: "4" }), code: "UnsafeEntry" },
  { name: "FIFO", bytes: () => forge({ name: "a", type: "6" }), code: "UnsafeEntry" },
  { name: "GNU sparse file", bytes: () => forge({ name: "a", type: "S" }), code: "UnsafeEntry" },
  { name: "duplicate", bytes: () => forge({ name: "a" }, { name: "./a" }), code: "UnsafeEntry" },
  { name: "file and directory", bytes: () => forge({ name: "a" }, { name: "a/b" }), code: "UnsafeEntry" },
  { name: "file named as the root", bytes: () => forge({ name: "./" }), code: "UnsafeEntry" },
  {
    name: "pax path that leaves the root",
    bytes: () => forge({ name: "p", type: "x", content: "16 path=../evil\n" }, { name: "a" }),
    code: "UnsafeEntry",
  },
  {
    name: "pax size that lies",
    bytes: () => forge({ name: "p", type: "x", content: "12 size=512\n" }, { name: "a" }),
    code: "UnsafeEntry",
  },
  {
    name: "GNU long name that leaves the root",
    bytes: () => forge({ name: "L", type: "L", content: "../evil\0" }, { name: "a" }),
    code: "UnsafeEntry",
  },
  {
    name: "malformed pax record",
    bytes: () => forge({ name: "p", type: "x", content: "99 path=a\n" }, { name: "a" }),
    code: "InvalidArchive",
  },
  { name: "size beyond the end", bytes: () => forge({ name: "a", size: 1 << 20 }), code: "InvalidArchive" },
  { name: "not gzip", bytes: () => Buffer.from("hello"), code: "InvalidArchive" },
  {
    name: "cut short",
    bytes: () => forge({ name: "a", content: "x".repeat(600) }).subarray(0, 30),
    code: "InvalidArchive",
  },
  { name: "no header", bytes: () => gzipSync(Buffer.alloc(512, "x")), code: "InvalidArchive" },
  { name: "nothing inside", bytes: () => gzipSync(Buffer.alloc(0)), code: "InvalidArchive" },
  {
    name: "bomb",
    bytes: () => forge({ name: "a", content: "0".repeat(4 << 20) }),
    code: "LimitExceeded",
    options: { maxRatio: 200 },
  },
  {
    name: "too many bytes",
    bytes: () => forge({ name: "a", content: "x".repeat(100) }, { name: "b", content: "x".repeat(100) }),
    code: "LimitExceeded",
    options: { maxBytes: 150 },
  },
  {
    name: "too many entries",
    bytes: () => forge({ name: "a" }, { name: "b" }, { name: "c" }),
    code: "LimitExceeded",
    options: { maxEntries: 2 },
  },
  {
    name: "too many directories by one path",
    bytes: () => forge({ name: "a/b/c/d/e" }),
    code: "LimitExceeded",
    options: { maxEntries: 3 },
  },
  {
    name: "path too long",
    bytes: () => forge({ name: "abcdefghij" }),
    code: "LimitExceeded",
    options: { maxPathBytes: 5 },
  },
];

for (const { name, bytes, code, options } of attacks) {
  test(`an archive is refused: ${name}`, async () => {
    await assert.rejects(
      extractArchive(bytes(), options),
      (error) => error instanceof ArchiveError && error.code === code,
    );
  });
}

test("what compresses well is unpacked all the same", async () => {
  const content = "0".repeat(4 << 20);
  const files = await extractArchive(forge({ name: "blank.img", content }));
  assert.equal(files.get("blank.img")?.bytes.length, content.length);
});

test("links can be skipped", async () => {
  const files = await extractArchive(forge({ name: "a", type: "2" }, { name: "b", content: "x" }), { links: "skip" });
  assert.deepEqual([...files.keys()], ["b"]);
});

test("cancelling stops the packing", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(Array.fromAsync(createArchive(sample, { signal })), /enough/);
});

test("broken bytes end in a coded error, never in another", async () => {
  const good = forge({ name: "a", content: "one" }, { name: "b/c", content: "two" });
  const raw = gunzipSync(good);
  await fc.assert(
    fc.asyncProperty(fc.nat(raw.length - 1), fc.nat(255), async (at, value) => {
      const broken = Buffer.from(raw);
      broken[at] = value;
      try {
        await extractArchive(gzipSync(broken));
      } catch (error) {
        assert.ok(error instanceof ArchiveError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
