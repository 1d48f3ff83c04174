import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError, type UnstructuredObject } from "@sluice/api";
import {
  ApplyError,
  Fingerprints,
  formatChangeSet,
  formatObjectId,
  referenceOf,
  ResourceManager,
  systemClock,
  type ApplyAllOptions,
  type Client,
  type ObjectReference,
} from "@sluice/kube";
import { observeClient } from "./test-cluster/observed-client.ts";
import { startTestCluster } from "./test-cluster/test-cluster.ts";

const signal = new AbortController().signal;
const labels = { "example.com/owner": "fleet" };
const cleanup: ApplyAllOptions["cleanup"] = {
  annotations: ["kubectl.kubernetes.io/last-applied-configuration"],
  fieldManagers: [
    { name: "kubectl", operation: "Apply" },
    { name: "kubectl", operation: "Update" },
  ],
  keep: { "example.com/ssa": "Merge" },
};

function managerFor(client: Client): ResourceManager {
  return new ResourceManager(client, { owner: { fieldManager: "fleet-manager", labels }, clock: systemClock });
}

function configMap(name: string, data: object = {}, annotations?: { [key: string]: string }): UnstructuredObject {
  const metadata = { name, namespace: "apps", ...(annotations && { annotations }) };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

const namespace: UnstructuredObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } };
const gvk = { group: "", version: "v1", kind: "ConfigMap" };

const definition: UnstructuredObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
      },
    ],
  },
};
const widget: UnstructuredObject = {
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name: "w", namespace: "apps" },
  spec: { size: 1 },
};

test("a definition, its namespace and its objects are applied in one go, in stages", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const first = await manager.applyAll([widget, configMap("a", { x: "1" }), namespace, definition], { signal });
  assert.equal(
    formatChangeSet(first),
    [
      "CustomResourceDefinition/widgets.example.com created",
      "Namespace/apps created",
      "ConfigMap/apps/a created",
      "Widget/apps/w created",
    ].join("\n"),
  );
  const stored = await client.get(gvk, { namespace: "apps", name: "a" });
  assert.equal(stored.metadata.labels?.["example.com/owner"], "fleet");
  const second = await manager.applyAll([widget, configMap("a", { x: "1" }), namespace, definition], { signal });
  assert.deepEqual([...new Set(second.map(({ action }) => action))], ["unchanged"]);
});

test("nothing of a stage is written when the server would refuse one of its objects", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const bad = configMap("b", { x: { not: "text" } });
  const tracked: string[] = [];
  const run = manager.applyAll([namespace, configMap("a"), bad], {
    signal,
    track: (created) => {
      tracked.push(...created.map(formatObjectId));
      return Promise.resolve();
    },
  });
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof ApplyError);
    assert.equal(error.code, "DryRunFailed");
    assert.match(error.message, /^ConfigMap\/apps\/b dry-run failed/);
    assert.equal(formatChangeSet(error.changeSet), "Namespace/apps created");
    return true;
  });
  assert.equal(await client.find(gvk, { namespace: "apps", name: "a" }), undefined);
  assert.deepEqual(tracked, ["_apps__Namespace"]);
});

test("drift is undone, what others added stays, and kubectl's fields are taken over", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const objects = [namespace, configMap("a", { x: "1" })];
  await manager.applyAll(objects, { signal, cleanup });
  const patch = (body: object, fieldManager: string): Promise<unknown> =>
    client.patch(gvk, { namespace: "apps", name: "a" }, { type: "merge", body }, { fieldManager });
  await patch({ data: { x: "2", y: "kubectl" } }, "kubectl-edit");
  await patch({ data: { z: "other" } }, "some-controller");
  const changeSet = await manager.applyAll(objects, { signal, cleanup });
  assert.equal(formatChangeSet(changeSet), "Namespace/apps unchanged\nConfigMap/apps/a configured");
  const live = await client.get(gvk, { namespace: "apps", name: "a" });
  assert.deepEqual(live["data"], { x: "1", z: "other" });
  await patch({ data: { y: "kept" } }, "kubectl-edit");
  const merged = [namespace, configMap("a", { x: "1" }, { "example.com/ssa": "Merge" })];
  await manager.applyAll(merged, { signal, cleanup });
  const kept = await client.get(gvk, { namespace: "apps", name: "a" });
  assert.deepEqual(kept["data"], { x: "1", y: "kept", z: "other" });
});

test("objects are left alone as the manifest or the live object says", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const options: ApplyAllOptions = {
    signal,
    exclusions: { "example.com/ssa": "Ignore" },
    ifNotPresent: { "example.com/ssa": "IfNotPresent" },
  };
  const once = configMap("once", { x: "1" }, { "example.com/ssa": "ifnotpresent" });
  const never = configMap("never", { x: "1" }, { "example.com/ssa": "Ignore" });
  const first = await manager.applyAll([namespace, once, never, configMap("live", { x: "1" })], options);
  assert.equal(
    formatChangeSet(first),
    [
      "Namespace/apps created",
      "ConfigMap/apps/live created",
      "ConfigMap/apps/never skipped",
      "ConfigMap/apps/once created",
    ].join("\n"),
  );
  const liveKey = { namespace: "apps", name: "live" };
  await client.patch(gvk, liveKey, {
    type: "merge",
    body: { metadata: { annotations: { "example.com/ssa": "Ignore" } }, data: { x: "2" } },
  });
  const changed = configMap("once", { x: "2" }, { "example.com/ssa": "IfNotPresent" });
  const second = await manager.applyAll([namespace, changed, never, configMap("live", { x: "1" })], options);
  assert.equal(
    formatChangeSet(second),
    [
      "Namespace/apps unchanged",
      "ConfigMap/apps/live skipped",
      "ConfigMap/apps/never skipped",
      "ConfigMap/apps/once skipped",
    ].join("\n"),
  );
  assert.equal(await client.find(gvk, { namespace: "apps", name: "never" }), undefined);
  assert.deepEqual((await client.get(gvk, liveKey))["data"], { x: "2" });
});

test("an immutable object is recreated only by force", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const key = { namespace: "apps", name: "a" };
  let isImmutable = false;
  // The server refuses the change as long as there is an object to be changed.
  const strict = observeClient(client, (call) => {
    if (call === "delete ConfigMap apps/a") isImmutable = false;
    if (call === "dry-run ConfigMap apps/a" && isImmutable) throw refusal("data: field is immutable");
  });
  const manager = managerFor(strict);
  await manager.applyAll([namespace, configMap("a", { x: "1" })], { signal });
  isImmutable = true;
  await assert.rejects(manager.applyAll([namespace, configMap("a", { x: "2" })], { signal }), {
    message: "ConfigMap/apps/a dry-run failed (Invalid): data: field is immutable",
  });
  const { uid } = (await client.get(gvk, key)).metadata;
  const changeSet = await manager.applyAll([namespace, configMap("a", { x: "2" })], { signal, force: true });
  assert.equal(formatChangeSet(changeSet), "Namespace/apps unchanged\nConfigMap/apps/a created");
  const live = await client.get(gvk, key);
  assert.deepEqual(live["data"], { x: "2" });
  assert.notEqual(live.metadata.uid, uid);
});

test("unknown kinds and missing namespaces are named", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const { namespace: _none, ...nowhere } = configMap("a").metadata;
  await assert.rejects(manager.applyAll([widget], { signal }), {
    code: "KindUnknown",
    message: 'Widget/apps/w dry-run failed: no matches for kind "Widget" in version "example.com/v1"',
  });
  await assert.rejects(manager.applyAll([{ ...configMap("a"), metadata: nowhere }], { signal }), {
    code: "NamespaceNotSpecified",
    message: "ConfigMap/a namespace not specified: the server could not find the requested resource",
  });
  await assert.rejects(manager.applyAll([configMap("a")], { signal }), {
    code: "DryRunFailed",
    message: 'ConfigMap/apps/a not found: namespaces "apps" not found',
  });
});

test("unchanged objects cost one list per kind, changed ones only their own requests", async (t) => {
  const { client, takeCalls } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const fingerprints = new Fingerprints();
  const objects = [namespace, ...Array.from({ length: 100 }, (_, index) => configMap(`c${index}`, { x: "1" }))];
  await manager.applyAll(objects, { signal, fingerprints });
  takeCalls();
  const quiet = await manager.applyAll(objects, { signal, fingerprints });
  assert.deepEqual([...new Set(quiet.map(({ action }) => action))], ["unchanged"]);
  assert.deepEqual(takeCalls().toSorted(), ["list ConfigMap", "list Namespace"]);
  await client.patch(gvk, { namespace: "apps", name: "c7" }, { type: "merge", body: { data: { x: "2" } } });
  await client.delete(gvk, { namespace: "apps", name: "c8" });
  takeCalls();
  const drifted = await manager.applyAll(objects, { signal, fingerprints });
  assert.equal(
    formatChangeSet(drifted.filter(({ action }) => action !== "unchanged")),
    "ConfigMap/apps/c7 configured\nConfigMap/apps/c8 created",
  );
  assert.deepEqual(takeCalls(), [
    "list Namespace",
    "list ConfigMap",
    "dry-run ConfigMap apps/c7",
    "dry-run ConfigMap apps/c8",
    "get ConfigMap apps/c7",
    "apply ConfigMap apps/c7",
    "apply ConfigMap apps/c8",
  ]);
});

test("only what still carries the owner's labels is deleted, last things first", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const manager = managerFor(client);
  const objects = [
    namespace,
    configMap("mine"),
    configMap("moved"),
    configMap("kept", {}, { "example.com/prune": "disabled" }),
  ];
  await manager.applyAll(objects, { signal });
  await client.patch(
    gvk,
    { namespace: "apps", name: "moved" },
    {
      type: "merge",
      body: { metadata: { labels: { "example.com/owner": "other" } } },
    },
  );
  const references: ObjectReference[] = [...objects.slice(1), configMap("gone"), widget].map(referenceOf);
  const changeSet = await manager.deleteAll(references, { signal, exclusions: { "example.com/prune": "disabled" } });
  assert.deepEqual(formatChangeSet(changeSet).split("\n").toSorted(), [
    "ConfigMap/apps/gone deleted",
    "ConfigMap/apps/kept skipped",
    "ConfigMap/apps/mine deleted",
    "ConfigMap/apps/moved skipped",
    "Widget/apps/w deleted",
  ]);
  const { items } = await client.list(gvk, { namespace: "apps" });
  assert.deepEqual(
    items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name !== "kube-root-ca.crt")
      .toSorted(),
    ["kept", "moved"],
  );
});

test("a Secret's values do not show in the error that it causes", async (t) => {
  const { client } = await startTestCluster(t, { workloads: false });
  const secret: UnstructuredObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "apps" },
    stringData: { password: "hunter2" },
  };
  const quoting = observeClient(client, (call) => {
    if (call === "dry-run Secret apps/s") throw refusal('data.password: Invalid value: "aHVudGVyMg==": not "hunter2"');
  });
  await assert.rejects(managerFor(quoting).applyAll([namespace, secret], { signal }), {
    message: "Secret/apps/s dry-run failed (Invalid): data.password: Invalid value: ***: not ***",
  });
});

function refusal(message: string): StatusError {
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    reason: "Invalid",
    code: 422,
    message,
  });
}
