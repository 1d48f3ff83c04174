import assert from "node:assert/strict";
import { test } from "node:test";
import { kustomizationGvk, StatusError, type Kustomization } from "@sluice/api";
import { formatObjectId, referenceOf, systemClock } from "@sluice/kube";
import { configMaps, configMapYaml, Fleet, namespaceYaml } from "./test-cluster/fleet.ts";
import { observeClient } from "./test-cluster/observed-client.ts";

const key = { namespace: "flux-system", name: "app" };
const succeeded = "True ReconciliationSucceeded";
const namespace = { "app/ns.yaml": namespaceYaml };
const before = {
  ...namespace,
  "app/same.yaml": configMapYaml("same"),
  "app/changed.yaml": configMapYaml("changed", "1"),
  "app/gone.yaml": configMapYaml("gone"),
};
const after = {
  ...namespace,
  "app/same.yaml": configMapYaml("same"),
  "app/changed.yaml": configMapYaml("changed", "2"),
  "app/new.yaml": configMapYaml("new"),
};

/** The ids of what is in the cluster in the end. */
const final = ["_apps__Namespace", "apps_changed__ConfigMap", "apps_new__ConfigMap", "apps_same__ConfigMap"];

/** Everything in the cluster that carries the Kustomization's labels, as inventory ids with content. */
async function owned(fleet: Fleet): Promise<Map<string, unknown>> {
  const labelSelector = "kustomize.toolkit.fluxcd.io/name=app,kustomize.toolkit.fluxcd.io/namespace=flux-system";
  const kinds = [{ group: "", version: "v1", kind: "Namespace" }, configMaps];
  const lists = await Promise.all(kinds.map((gvk) => fleet.client.list(gvk, { labelSelector })));
  return new Map(
    lists
      .flatMap(({ items }) => items)
      .map((object): [string, unknown] => [formatObjectId(referenceOf(object)), object["data"]])
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

/**
 * Applies a revision, then another with a controller that dies before its call number `lifetime`, then starts a
 * healthy one. Returns whether the controller died at all.
 */
async function dieAndRecover(fleet: Fleet, lifetime: number): Promise<boolean> {
  const healthy = await fleet.startController();
  await fleet.publish(`main@sha1:a${lifetime}`, before);
  await fleet.untilReady("app", succeeded, `main@sha1:a${lifetime}`);
  await healthy.stop();

  const revision = `main@sha1:b${lifetime}`;
  const death = Promise.withResolvers<boolean>();
  let calls = 0;
  const mortal = observeClient(fleet.client, (call) => {
    if (call.endsWith("Event") || call === "list Kustomization" || call.startsWith("list GitRepository")) return;
    if ((calls += 1) <= lifetime) return;
    death.resolve(true);
    throw new Error(`killed before: ${call}`);
  });
  await fleet.publish(revision, after);
  const dying = await fleet.startController(mortal);
  const survived = fleet.untilReady("app", succeeded, revision).then(
    () => false,
    () => true,
  );
  const hasDied = await Promise.race([death.promise, survived]);
  await dying.stop();

  const inventory = (await fleet.client.get<Kustomization>(kustomizationGvk, key)).status?.inventory?.entries ?? [];
  const known = new Set(inventory.map(({ id }) => id));
  const orphans = [...(await owned(fleet)).keys()].filter((id) => !known.has(id));
  assert.deepEqual(orphans, [], `after ${lifetime} calls`);

  const successor = await fleet.startController();
  const object = await fleet.untilReady("app", succeeded, revision);
  const live = await owned(fleet);
  assert.deepEqual([...live.keys()], final);
  assert.deepEqual(live.get("apps_changed__ConfigMap"), { value: "2" });
  assert.deepEqual(
    object.status?.inventory?.entries.map(({ id }) => id),
    final,
  );
  await successor.stop();
  return hasDied;
}

test("a process that dies at any call leaves nothing behind that its successor does not know", async (t) => {
  const fleet = await Fleet.create(t);
  await fleet.kustomize("app");
  for (let lifetime = 0, hasDied = true; hasDied; lifetime += 1) {
    await t.test(`after ${lifetime} calls`, async () => {
      hasDied = await dieAndRecover(fleet, lifetime);
    });
    assert.ok(lifetime < 100, "the attempt never came to its end");
  }
});

test("an API server that fails again and again delays the end and does not change it", async (t) => {
  const fleet = await Fleet.create(t, { clock: systemClock, maxRetryDelayMs: 5 });
  let calls = 0;
  let gap = 0;
  let nextFailure = 1;
  const unreliable = observeClient(fleet.client, (call) => {
    if (call.endsWith("Event") || /^list (?:Kustomization|GitRepository|Secret)$/.test(call)) return;
    // Growing gaps: in the end an attempt comes through, after failing at ever later calls.
    if ((calls += 1) < nextFailure) return;
    nextFailure += gap += 1;
    const reason = calls % 2 === 0 ? "InternalError" : "TooManyRequests";
    const code = reason === "InternalError" ? 500 : 429;
    throw new StatusError({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      reason,
      code,
      message: call,
    });
  });
  await fleet.startController(unreliable);
  await fleet.publish("main@sha1:a", before);
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", after);
  const object = await fleet.untilReady("app", succeeded, "main@sha1:b");
  assert.deepEqual([...(await owned(fleet)).keys()], final);
  assert.deepEqual(
    object.status?.inventory?.entries.map(({ id }) => id),
    final,
  );
  assert.ok(calls > 30);
});
