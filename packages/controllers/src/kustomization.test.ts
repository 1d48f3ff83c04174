import assert from "node:assert/strict";
import { test } from "node:test";
import { findCondition, kustomizationGvk, type Kustomization, type UnstructuredObject } from "@sluice/api";
import { systemClock } from "@sluice/kube";
import { configMaps, configMapYaml, Fleet, namespaceYaml } from "./test-cluster/fleet.ts";

const apps = (name: string): { namespace: string; name: string } => ({ namespace: "apps", name });
const minutes = (count: number): number => count * 60_000;
const succeeded = "True ReconciliationSucceeded";

function ready(object: Kustomization): string {
  return findCondition(object.status?.conditions, "Ready")?.message ?? "";
}

function inventory(object: Kustomization): string[] {
  return (object.status?.inventory?.entries ?? []).map(({ id }) => id);
}

test("what is in Git is applied, and Ready says which revision", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.kustomize("app");
  await fleet.untilReady("app", "False ArtifactFailed");
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  const object = await fleet.untilReady("app", succeeded, "main@sha1:a");
  assert.equal(ready(object), "Applied revision: main@sha1:a");
  assert.deepEqual(object.metadata.finalizers, ["finalizers.fluxcd.io"]);
  assert.deepEqual(object.status?.inventory?.entries, [
    { id: "_apps__Namespace", v: "v1" },
    { id: "apps_a__ConfigMap", v: "v1" },
  ]);
  assert.equal(object.status?.observedGeneration, object.metadata.generation);
  assert.equal(object.status?.lastAttemptedRevision, "main@sha1:a");
  assert.equal(object.status?.history?.[0]?.lastReconciledStatus, "ReconciliationSucceeded");
  assert.deepEqual(
    object.status?.conditions?.map(({ type }) => type),
    ["Ready"],
  );
  const live = await fleet.client.get(configMaps, apps("a"));
  assert.deepEqual(live.metadata.labels, {
    "kustomize.toolkit.fluxcd.io/name": "app",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  });
  await fleet.untilEvent("app", /^Normal Progressing Namespace\/apps created\nConfigMap\/apps\/a created$/);
  await fleet.untilEvent("app", /^Normal ReconciliationSucceeded Reconciliation finished in .*s, next run in 10m0s$/);
});

test("drift is undone at the next look, or when somebody asks", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded);
  const edit = (value: string): Promise<unknown> =>
    fleet.client.patch(configMaps, apps("a"), { type: "merge", body: { data: { value } } });
  const undone = (): Promise<unknown> =>
    fleet.untilObject(configMaps, apps("a"), "as in Git", (object) => {
      const data = object["data"] as { value?: string };
      return data.value === "1";
    });
  await edit("edited");
  await fleet.advance(minutes(10));
  await undone();
  await fleet.untilEvent("app", /^Normal Progressing ConfigMap\/apps\/a configured$/);
  await edit("again");
  await fleet.reconcile("app");
  await undone();
});

test("drift is undone at once, without waiting for the interval", async (t) => {
  const fleet = await Fleet.start(t, { clock: systemClock });
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded);
  const isRestored = (object: UnstructuredObject): boolean =>
    (object["data"] as { value?: string }).value === "1" &&
    object.metadata.labels?.["kustomize.toolkit.fluxcd.io/name"] === "app";
  const restored = (): Promise<unknown> => fleet.untilObject(configMaps, apps("a"), "as in Git", isRestored);
  await fleet.client.patch(configMaps, apps("a"), { type: "merge", body: { data: { value: "edited" } } });
  await restored();
  await fleet.client.delete(configMaps, apps("a"));
  await restored();
  const labels = { "kustomize.toolkit.fluxcd.io/name": null };
  await fleet.client.patch(configMaps, apps("a"), { type: "merge", body: { metadata: { labels } } });
  await restored();
  const { status } = await fleet.client.get<Kustomization>(kustomizationGvk, { namespace: "flux-system", name: "app" });
  assert.ok((status?.history?.[0]?.totalReconciliations ?? 0) <= 4, "our own writes are no drift");
});

test("what left Git is pruned, and nothing else", async (t) => {
  const fleet = await Fleet.start(t);
  const kept = `${configMapYaml("kept")}`.replace(
    "namespace: apps}",
    "namespace: apps, annotations: {kustomize.toolkit.fluxcd.io/prune: Disabled}}",
  );
  const ns = { "app/ns.yaml": namespaceYaml };
  await fleet.publish("main@sha1:a", {
    ...ns,
    "app/a.yaml": configMapYaml("a"),
    "app/b.yaml": configMapYaml("b"),
    "app/kept.yaml": kept,
    "app/moved.yaml": configMapYaml("moved"),
  });
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.reconcile("app");
  const stranger = { apiVersion: "v1", kind: "ConfigMap", metadata: apps("stranger"), data: {} };
  await fleet.client.apply(stranger, { fieldManager: "somebody" });
  await fleet.client.patch(configMaps, apps("moved"), {
    type: "merge",
    body: { metadata: { labels: { "kustomize.toolkit.fluxcd.io/name": "other" } } },
  });
  await fleet.publish("main@sha1:b", { ...ns, "app/a.yaml": configMapYaml("a") });
  const object = await fleet.untilReady("app", succeeded, "main@sha1:b");
  assert.deepEqual(inventory(object), ["_apps__Namespace", "apps_a__ConfigMap"]);
  const present = await Promise.all(
    ["a", "b", "kept", "moved", "stranger"].map((name) => fleet.exists(configMaps, apps(name))),
  );
  assert.deepEqual(present, [true, false, true, true, true]);
  await fleet.untilEvent("app", /ConfigMap\/apps\/b deleted/);
});

test("without prune, what left Git stays and is forgotten", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.kustomize("app", { prune: false });
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", { "app/ns.yaml": namespaceYaml });
  const object = await fleet.untilReady("app", succeeded, "main@sha1:b");
  assert.deepEqual(inventory(object), ["_apps__Namespace"]);
  assert.equal(await fleet.exists(configMaps, apps("a")), true);
});

test("everything leaving Git prunes everything", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", { "app/README.md": "nothing" });
  const object = await fleet.untilReady("app", succeeded, "main@sha1:b");
  assert.deepEqual(inventory(object), []);
  assert.equal(await fleet.exists(configMaps, apps("a")), false);
});

const broken: { name: string; files: { [path: string]: string }; reason: string; message: RegExp }[] = [
  {
    name: "a missing path",
    files: { "other/a.yaml": configMapYaml("a") },
    reason: "ArtifactFailed",
    message: /^kustomization path not found: stat \/app: no such file or directory$/,
  },
  {
    name: "a malformed manifest",
    files: { "app/a.yaml": "apiVersion: v1\nkind: [ConfigMap\n" },
    reason: "BuildFailed",
    message: /^kustomize build failed: .*a\.yaml/s,
  },
  {
    name: "a file that is no manifest",
    files: { "app/a.yaml": "hello: world\n" },
    reason: "BuildFailed",
    message: /^kustomize build failed: .*a\.yaml/s,
  },
  {
    name: "a duplicate resource",
    files: { "app/a.yaml": configMapYaml("a"), "app/b.yaml": configMapYaml("a") },
    reason: "BuildFailed",
    message: /^kustomize build failed: .*may not add resource with an already registered id/s,
  },
  {
    name: "an unknown kind",
    files: { "app/a.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, namespace: apps}\n" },
    reason: "ReconciliationFailed",
    message: /^Widget\/apps\/w dry-run failed: no matches for kind "Widget" in version "example.com\/v1"$/,
  },
  {
    name: "a missing namespace",
    files: { "app/a.yaml": configMapYaml("a") },
    reason: "ReconciliationFailed",
    message: /^ConfigMap\/apps\/a not found: namespaces "apps" not found$/,
  },
  {
    name: "an encrypted Secret",
    files: { "app/a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: apps}\nsops: {mac: x}\n" },
    reason: "ReconciliationFailed",
    message: /^Secret\/apps\/s is SOPS encrypted, configuring decryption is required/,
  },
  {
    name: "a base outside of the artifact",
    files: { "app/kustomization.yaml": "resources: [../../../etc]\n" },
    reason: "BuildFailed",
    message: /^kustomize build failed: /,
  },
];

test("bad input has a reason and a message that names the cause, and the next revision mends it", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.kustomize("app");
  for (const [index, { name, files, reason, message }] of broken.entries()) {
    await t.test(name, async () => {
      await fleet.publish(`main@sha1:bad${index}`, files);
      const object = await fleet.until("app", reason, (each) => message.test(ready(each)));
      const condition = findCondition(object.status?.conditions, "Ready");
      assert.deepEqual([condition?.status, condition?.reason], ["False", reason]);
      assert.deepEqual(inventory(object), []);
    });
  }
  await fleet.publish("main@sha1:good", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.untilReady("app", succeeded, "main@sha1:good");
  await fleet.untilEvent("app", /^Warning BuildFailed kustomize build failed/);
});

test("a failed revision leaves what was applied before, and what it created itself, in the inventory", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded);
  await fleet.publish("main@sha1:b", {
    "app/new.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n",
    "app/w.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere}\n",
  });
  const object = await fleet.untilReady("app", "False ReconciliationFailed");
  assert.equal(ready(object), 'ConfigMap/nowhere/x not found: namespaces "nowhere" not found\nNamespace/new created');
  assert.deepEqual(inventory(object), ["_apps__Namespace", "apps_a__ConfigMap", "_new__Namespace"]);
  assert.equal(object.status?.lastAppliedRevision, "main@sha1:a");
  assert.equal(await fleet.exists(configMaps, apps("a")), true);
});

test("suspended, nothing happens; resumed, the latest revision is applied", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml });
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.patchSpec("app", { suspend: true });
  await fleet.publish("main@sha1:b", { "app/ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.advance(minutes(60));
  const suspended = await fleet.client.get<Kustomization>(kustomizationGvk, { namespace: "flux-system", name: "app" });
  assert.equal(suspended.status?.lastAttemptedRevision, "main@sha1:a");
  await fleet.patchSpec("app", { suspend: false });
  await fleet.untilReady("app", succeeded, "main@sha1:b");
});

test("an object that asks for the impossible stalls, and wakes up when it no longer does", async (t) => {
  const fleet = await Fleet.start(t, { policy: { noCrossNamespaceRefs: true } });
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "other/a.yaml": "" });
  const cases = [
    {
      spec: { decryption: { provider: "sops" as const, serviceAccountName: "kms" } },
      state: "False UnsupportedField",
      message: "spec.decryption.serviceAccountName: ",
    },
    {
      spec: { sourceRef: { kind: "GitRepository" as const, name: "fleet", namespace: "elsewhere" } },
      state: "False AccessDenied",
      message: "can't access 'GitRepository/elsewhere/fleet', cross-namespace references have been blocked",
    },
    {
      spec: { sourceRef: { kind: "ExternalArtifact" as const, name: "fleet" } },
      state: "False AccessDenied",
      message: "can't access 'ExternalArtifact/flux-system/fleet', ExternalArtifact feature gate is disabled",
    },
    { spec: { serviceAccountName: "a:b" }, state: "False InvalidSpec", message: "spec.serviceAccountName: " },
  ];
  for (const [index, { spec, state, message }] of cases.entries()) {
    const name = `app${index}`;
    await fleet.kustomize(name, { path: "./app", ...spec });
    const object = await fleet.untilReady(name, state);
    assert.ok(ready(object).startsWith(message), ready(object));
    assert.equal(findCondition(object.status?.conditions, "Stalled")?.status, "True");
    assert.equal(object.status?.observedGeneration, object.metadata.generation);
  }
  await fleet.patchSpec("app0", { decryption: null });
  const mended = await fleet.untilReady("app0", succeeded);
  assert.equal(findCondition(mended.status?.conditions, "Stalled"), undefined);
});

test("an artifact that is gone is waited for", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml });
  fleet.loseArtifacts();
  await fleet.kustomize("app");
  const object = await fleet.untilReady("app", "False ArtifactFailed");
  assert.match(ready(object), /artifact not found/);
  await fleet.publish("main@sha1:b", { "app/ns.yaml": namespaceYaml });
  await fleet.untilReady("app", succeeded, "main@sha1:b");
});

test("variables come from the spec and from ConfigMaps, whose changes are applied at once", async (t) => {
  const fleet = await Fleet.start(t);
  const vars = (color: string): Promise<unknown> =>
    fleet.client.apply(
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "vars", namespace: "flux-system", labels: { "reconcile.fluxcd.io/watch": "Enabled" } },
        data: { color, size: "big" },
      },
      { fieldManager: "test" },
    );
  await fleet.publish("main@sha1:a", {
    "app/ns.yaml": namespaceYaml,
    "app/a.yaml": configMapYaml("a", "${size}-${color}-${shape:=round}"),
  });
  await fleet.kustomize("app", {
    postBuild: { substitute: { size: "small" }, substituteFrom: [{ kind: "ConfigMap", name: "vars" }] },
  });
  const missing = await fleet.untilReady("app", "False BuildFailed");
  assert.match(ready(missing), /^substitute from 'ConfigMap\/vars' error: /);
  const value = (want: string): Promise<unknown> =>
    fleet.untilObject(configMaps, apps("a"), want, ({ data }) => (data as { value?: string }).value === want);
  await vars("red");
  await value("small-red-round");
  await vars("blue");
  await value("small-blue-round");
});

test("the spec's edits go into the build", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "ns.yaml": namespaceYaml, "app/a.yaml": configMapYaml("a") });
  await fleet.kustomize("ns", { path: "./" });
  await fleet.untilReady("ns", succeeded);
  await fleet.kustomize("app", {
    targetNamespace: "flux-system",
    namePrefix: "pre-",
    commonMetadata: { labels: { team: "a" }, annotations: { note: "b" } },
    patches: [{ patch: "- {op: replace, path: /data/value, value: patched}", target: { kind: "ConfigMap" } }],
  });
  await fleet.untilReady("app", succeeded);
  const live = await fleet.client.get(configMaps, { namespace: "flux-system", name: "pre-a" });
  assert.deepEqual(live["data"], { value: "patched" });
  assert.equal(live.metadata.labels?.["team"], "a");
  assert.deepEqual(live.metadata.annotations, { note: "b" });
});

test("a routine look at 500 objects costs a handful of requests, and writes none of them", async (t) => {
  const fleet = await Fleet.start(t);
  const files: { [path: string]: string } = { "app/ns.yaml": namespaceYaml };
  for (let index = 0; index < 499; index += 1) files[`app/c${index}.yaml`] = configMapYaml(`c${index}`);
  await fleet.publish("main@sha1:a", files);
  await fleet.kustomize("app");
  await fleet.untilReady("app", succeeded);
  await fleet.advance(0);
  fleet.cluster.takeCalls();
  await fleet.advance(minutes(10));
  await fleet.until("app", "looked at again", ({ status }) => status?.history?.[0]?.totalReconciliations === 2);
  const calls = fleet.cluster
    .takeCalls()
    .filter((call) => !call.endsWith("Kustomization") && !call.endsWith("/version"));
  assert.deepEqual(calls.toSorted(), [
    "get GitRepository flux-system/fleet",
    "get Kustomization flux-system/app",
    "list ConfigMap",
    "list Namespace",
    "patch/status Kustomization flux-system/app",
  ]);
});
