import assert from "node:assert/strict";
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { startApiServer } from "@sluice/apiserver";
import { gitRepositoryGvk, type GitRepository, type UnstructuredObject } from "@sluice/api";
import { fetchArtifact } from "@sluice/source";
import { FakeClock } from "@sluice/testing";
import { FleetWorld, inventoryOf, NAMESPACE, readyOf, succeeded } from "./fleet-world.ts";

const minutes = (count: number): number => count * 60_000;
const configMaps = { group: "", version: "v1", kind: "ConfigMap" };
const inApps = (name: string): { namespace: string; name: string } => ({ namespace: "apps", name });
const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n";
const configMap = (name: string, value = "1"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: apps}\ndata: {value: "${value}"}\n`;

function valueOf(object: UnstructuredObject | undefined): string | undefined {
  return (object?.["data"] as { value?: string } | undefined)?.value;
}

test("the Git server goes away: Ready says so, what was fetched stays and is kept in force; it comes back", async (t) => {
  const clock = new FakeClock(new Date());
  const flags = { maxRetryDelayMs: minutes(1) };
  const fleet = await FleetWorld.start(t, { clock, flags, server: { workloads: false } });
  const revision = fleet.commit({
    "app/ns.yaml": namespace,
    "app/a.yaml": configMap("a"),
    "late/b.yaml": configMap("b"),
  });
  await fleet.follow();
  await fleet.kustomize("app", { interval: "5m" });
  await fleet.untilReady("app", succeeded, revision);
  const before = (await fleet.untilFetched("True Succeeded", revision)).status?.artifact;

  await fleet.stopGit();
  await fleet.pass(minutes(1));
  const failed = await fleet.untilFetched("False GitOperationFailed", revision);
  assert.match(readyOf(failed)?.message ?? "", /^failed to checkout and determine revision: http:.*fleet-infra\.git/);
  assert.deepEqual(failed.status?.artifact, before, "the artifact stays as it is");
  assert.equal((await fetchArtifact({ url: before?.url ?? "", digest: before?.digest ?? "" })).size, 3);
  assert.equal(readyOf(await fleet.kustomization("app"))?.status, "True", "what is in the cluster is still in order");

  await t.test("drift is undone all the same, and new Kustomizations find the last artifact", async () => {
    await fleet.client.patch(configMaps, inApps("a"), { type: "merge", body: { data: { value: "edited" } } });
    await fleet.pass(minutes(5));
    await fleet.until(configMaps, inApps("a"), "as in Git", (object) => valueOf(object) === "1");
    await fleet.kustomize("late");
    await fleet.untilReady("late", succeeded, revision);
  });

  await t.test("a restart in the middle of it changes nothing", async () => {
    await fleet.stopControllers();
    await fleet.startControllers();
    await fleet.until(gitRepositoryGvk, { namespace: NAMESPACE, name: "fleet-infra" }, "served anew", (object) => {
      return (object as unknown as GitRepository).status?.artifact?.url !== before?.url;
    });
    const after = (await fleet.untilFetched("False GitOperationFailed", revision)).status?.artifact;
    assert.equal(after?.digest, before?.digest);
    assert.equal((await fetchArtifact({ url: after?.url ?? "", digest: after?.digest ?? "" })).size, 3);
    await fleet.client.delete(configMaps, inApps("b"));
    const reconciled = await fleet.flux("reconcile kustomization late");
    assert.equal(reconciled.status, 0, reconciled.stderr);
    assert.equal(await fleet.exists(configMaps, "apps", "b"), true);
  });

  await t.test("it comes back with a new commit, which is applied", async () => {
    const next = fleet.commit({
      "app/a.yaml": configMap("a", "2"),
      "late/b.yaml": null,
      "late/c.yaml": configMap("c"),
    });
    await fleet.restartGit();
    await fleet.pass(minutes(1));
    await fleet.untilFetched("True Succeeded", next);
    await fleet.untilReady("app", succeeded, next);
    const late = await fleet.untilReady("late", succeeded, next);
    assert.deepEqual(inventoryOf(late), ["apps_c__ConfigMap"]);
    assert.equal(await fleet.exists(configMaps, "apps", "b"), false);
    assert.equal(valueOf(await fleet.client.get(configMaps, inApps("a"))), "2");
  });
});

test("credentials expire and are renewed", async (t) => {
  const clock = new FakeClock(new Date());
  const fleet = await FleetWorld.start(t, {
    clock,
    server: { workloads: false },
    git: { auth: { bearerToken: "first" } },
  });
  await fleet.createLogin("flux-system", { bearerToken: "first" });
  const revision = fleet.commit({ "app/ns.yaml": namespace, "app/a.yaml": configMap("a") });
  await fleet.follow();
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded, revision);
  await fleet.stopGit();
  await fleet.restartGit({ auth: { bearerToken: "second" } });
  await fleet.pass(minutes(1));
  const failed = await fleet.untilFetched("False AuthenticationFailed", revision);
  assert.doesNotMatch(JSON.stringify(failed.status), /"first"|second/);
  const next = fleet.commit({ "app/a.yaml": configMap("a", "2") });
  await fleet.createLogin("flux-system", { bearerToken: "second" });
  const ran = await fleet.flux("reconcile kustomization app --with-source");
  assert.equal(ran.status, 0, ran.stderr);
  await fleet.untilReady("app", succeeded, next);
});

test("the cluster goes away and comes back on its data directory: the controllers go on", async (t) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "sluice-e2e-"));
  t.after(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const fleet = await FleetWorld.start(t, { server: { workloads: false, dataDirectory } });
  const revision = fleet.commit({ "app/ns.yaml": namespace, "app/a.yaml": configMap("a") });
  await fleet.follow({ interval: "1s" });
  await fleet.kustomize("app", { interval: "1s" });
  await fleet.untilReady("app", succeeded, revision);
  const { uid } = (await fleet.client.get(configMaps, inApps("a"))).metadata;
  await fleet.server.close();
  const next = fleet.commit({ "app/a.yaml": configMap("a", "2") });
  const { port } = new URL(fleet.server.url);
  const again = await startApiServer({ workloads: false, dataDirectory, port: Number(port) });
  t.after(() => again.close());
  await fleet.untilReady("app", succeeded, next);
  const live = await fleet.client.get(configMaps, inApps("a"));
  assert.equal(live.metadata.uid, uid);
  assert.equal(valueOf(live), "2");
});
