import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryDirectory } from "@sluice/testing";
import { createArchive } from "../archive/create-archive.ts";
import { type ArtifactServer, serveArtifacts } from "./artifact-server.ts";
import { ArtifactStorage, type StoredArtifact } from "./artifact-storage.ts";
import { digestOf } from "./digest.ts";
import { ArtifactError, type ArtifactErrorCode } from "./errors.ts";
import { fetchArtifact, type FetchArtifactOptions } from "./fetch-artifact.ts";

const files = new Map([["a.yaml", { bytes: Buffer.from("a: 1\n"), executable: false }]]);

async function setUp(
  t: TestContext,
): Promise<{ storage: ArtifactStorage; server: ArtifactServer; stored: StoredArtifact }> {
  const storage = new ArtifactStorage({ directory: join(temporaryDirectory(t), "artifacts") });
  await storage.open();
  const server = await serveArtifacts(storage);
  t.after(() => server.close({ graceMs: 0 }));
  storage.advertise(server.address);
  const owner = { kind: "GitRepository", namespace: "default", name: "app" };
  const stored = await storage.store(owner, "abc.tar.gz", createArchive(files));
  return { storage, server, stored };
}

test("serves files with validators and ranges", async (t) => {
  const { stored } = await setUp(t);
  const whole = await fetch(stored.url);
  assert.equal(whole.status, 200);
  const bytes = Buffer.from(await whole.arrayBuffer());
  assert.equal(digestOf(bytes), stored.digest);
  assert.equal(whole.headers.get("content-type"), "application/gzip");
  const etag = whole.headers.get("etag") ?? "";
  const head = await fetch(stored.url, { method: "HEAD" });
  assert.equal(head.headers.get("content-length"), String(bytes.length));
  assert.equal((await fetch(stored.url, { headers: { "If-None-Match": etag } })).status, 304);
  const cases: readonly (readonly [string, number, Buffer?])[] = [
    ["bytes=0-3", 206, bytes.subarray(0, 4)],
    ["bytes=10-", 206, bytes.subarray(10)],
    ["bytes=-5", 206, bytes.subarray(-5)],
    ["bytes=0-1,3-4", 200, bytes],
    ["bytes=99999-", 416],
  ];
  for (const [range, status, want] of cases) {
    const response = await fetch(stored.url, { headers: { Range: range } });
    assert.equal(response.status, status, range);
    if (want !== undefined) assert.deepEqual(Buffer.from(await response.arrayBuffer()), want, range);
  }
  assert.equal((await fetch(stored.url, { method: "DELETE" })).status, 405);
});

test("gives out nothing else", async (t) => {
  const { server } = await setUp(t);
  const raw = async (target: string): Promise<string> => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const text = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString();
    return text.split("\r\n")[0] ?? "";
  };
  for (const target of [
    "/",
    "/gitrepository/",
    "/gitrepository/default/app",
    "/gitrepository/default/app/",
    "/gitrepository/default/app/nope",
    "/../../../../etc/passwd",
    "/a/b/c/../../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc%2fpasswd",
    "/gitrepository/default/app/..%2f..%2fx",
    "/gitrepository/default/app/%00",
    "/gitrepository/default/app/%zz",
    "//evil/gitrepository/default/app/abc.tar.gz",
    "/gitrepository%2fdefault%2fapp%2f..%2f..",
  ]) {
    assert.equal(await raw(target), "HTTP/1.1 404 Not Found", target);
  }
});

test("fetchArtifact downloads, checks and unpacks", async (t) => {
  const { stored, storage } = await setUp(t);
  const fetched = await fetchArtifact(stored);
  assert.deepEqual([...fetched.keys()], ["a.yaml"]);
  assert.equal(Buffer.from(fetched.get("a.yaml")!.bytes).toString(), "a: 1\n");

  const fails = async (
    artifact: { url: string; digest: string },
    options: FetchArtifactOptions,
    code: ArtifactErrorCode,
  ): Promise<void> => {
    await assert.rejects(fetchArtifact(artifact, { retryDelayMs: 1, ...options }), (error) => {
      assert.ok(error instanceof ArtifactError, String(error));
      assert.equal(error.code, code, error.message);
      return true;
    });
  };
  await fails({ ...stored, digest: digestOf(Buffer.from("other")) }, {}, "DigestMismatch");
  await fails({ ...stored, digest: "md5:abc" }, {}, "UnsupportedDigest");
  await fails(stored, { maxDownloadBytes: 10 }, "DownloadFailed");
  await fails({ ...stored, url: "http://127.0.0.1:1/x" }, { retries: 1 }, "DownloadFailed");
  await storage.remove(stored.path);
  await fails(stored, {}, "ArtifactNotFound");
});

test("the host of the URL can be replaced", async (t) => {
  const { stored, server } = await setUp(t);
  const url = new URL(stored.url);
  url.host = "source-controller.flux-system.svc.cluster.local.";
  const files = await fetchArtifact({ ...stored, url: url.href }, { localhostOverride: server.address });
  assert.equal(files.size, 1);
});

test("what may pass by itself is tried again", async (t) => {
  const { stored } = await setUp(t);
  let attempts = 0;
  const flaky: typeof fetch = async (input, init) => {
    attempts++;
    if (attempts === 1) throw new TypeError("fetch failed", { cause: new Error("connection reset") });
    if (attempts === 2) return new Response("busy", { status: 503 });
    return fetch(input, init);
  };
  assert.equal((await fetchArtifact(stored, { fetch: flaky, retryDelayMs: 1 })).size, 1);
  assert.equal(attempts, 3);
  const reason = new Error("stop");
  const always: typeof fetch = () => Promise.reject(new Error("down"));
  const controller = new AbortController();
  const pending = fetchArtifact(stored, { fetch: always, retryDelayMs: 60_000, signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(pending, reason);
});
