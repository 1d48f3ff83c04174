import assert from "node:assert/strict";
import { test } from "node:test";
import { ArtifactFiles, type FetchArtifact } from "./artifact-files.ts";

const { signal } = new AbortController();

function artifact(digest: string): { readonly url: string; readonly digest: string } {
  return { url: "http://localhost/a.tar.gz", digest };
}

/** Counts downloads of artifacts that hold one file. */
function counting(sizeBytes = 1): { readonly fetch: FetchArtifact; readonly downloads: string[] } {
  const downloads: string[] = [];
  const file = { bytes: new Uint8Array(sizeBytes), executable: false, mode: 0o600 };
  const fetch: FetchArtifact = ({ digest }) => {
    downloads.push(digest);
    return Promise.resolve(new Map([["a.yaml", file]]));
  };
  return { fetch, downloads };
}

test("an artifact is downloaded once, however many build it", async () => {
  const { fetch, downloads } = counting();
  const artifacts = new ArtifactFiles(fetch);
  const [first, second] = await Promise.all([
    artifacts.get(artifact("a"), signal),
    artifacts.get(artifact("a"), signal),
  ]);
  assert.equal(first, second);
  assert.equal(first?.stat("/a.yaml"), "file");
  assert.equal(await artifacts.get(artifact("a"), signal), first);
  assert.deepEqual(downloads, ["a"]);
});

test("the artifact that was used longest ago leaves, by number and by size", async () => {
  for (const { sizeBytes, names } of [
    { sizeBytes: 1, names: ["a", "b", "c", "d", "e", "f", "g", "h", "i"] },
    { sizeBytes: 60 * 1024 * 1024, names: ["a", "b", "c"] },
  ]) {
    const { fetch, downloads } = counting(sizeBytes);
    const artifacts = new ArtifactFiles(fetch);
    for (const name of names) await artifacts.get(artifact(name), signal);
    await artifacts.get(artifact(names.at(-1) ?? ""), signal);
    await artifacts.get(artifact("a"), signal);
    assert.deepEqual(downloads, [...names, "a"]);
  }
});

test("a failed download is tried again by the next who asks", async () => {
  let calls = 0;
  const artifacts = new ArtifactFiles(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error("not now")) : Promise.resolve(new Map());
  });
  await assert.rejects(artifacts.get(artifact("a"), signal), /not now/);
  await artifacts.get(artifact("a"), signal);
  assert.equal(calls, 2);
});

test("who gives up leaves the download to the others; closing ends it", async () => {
  const download = Promise.withResolvers<never>();
  const artifacts = new ArtifactFiles((_artifact, options) => {
    options?.signal?.addEventListener("abort", () => download.reject(new Error("closed")));
    return download.promise;
  });
  const impatient = new AbortController();
  const gaveUp = artifacts.get(artifact("a"), impatient.signal);
  const patient = artifacts.get(artifact("a"), signal);
  impatient.abort(new Error("too slow"));
  await assert.rejects(gaveUp, /too slow/);
  artifacts.close();
  await assert.rejects(patient, /closed/);
});
