import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { ArtifactError, ArtifactStorage, createArchive } from "@sluice/source";
import { temporaryDirectory } from "@sluice/testing";
import { fetchFromOwnStorage } from "./own-artifacts.ts";

test("an artifact comes from the own storage, wherever its URL leads; others come from there", async (t) => {
  const storage = new ArtifactStorage({ directory: temporaryDirectory(t), advertisedAddress: "long-gone:1" });
  await storage.open();
  const owner = { kind: "GitRepository", namespace: "flux-system", name: "fleet" };
  const tree = new Map([["a.txt", { bytes: new TextEncoder().encode("a"), executable: false }]]);
  const artifact = await storage.store(owner, "0123.tar.gz", createArchive(tree));
  const asked: string[] = [];
  const fetch = fetchFromOwnStorage(storage, ({ url }) => {
    asked.push(url);
    return Promise.reject(new ArtifactError("ArtifactNotFound", "not there either"));
  });
  const files = await fetch(artifact);
  assert.deepEqual([...files.keys()], ["a.txt"]);
  assert.deepEqual(asked, []);

  const others = [
    { ...artifact, url: "http://elsewhere/gitrepository/default/other/x.tar.gz" },
    { ...artifact, url: "http://elsewhere/../../etc/passwd" },
    { ...artifact, digest: `sha256:${"0".repeat(64)}` },
    { ...artifact, digest: "nonsense" },
  ];
  for (const each of others) await assert.rejects(fetch(each), ArtifactError);
  writeFileSync(storage.localPath(artifact.path), "damaged");
  await assert.rejects(fetch(artifact), ArtifactError);
  rmSync(storage.localPath(artifact.path));
  await assert.rejects(fetch(artifact), ArtifactError);
  assert.deepEqual(asked, [...others.map(({ url }) => url), artifact.url, artifact.url]);
});
