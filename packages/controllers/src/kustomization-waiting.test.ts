import assert from "node:assert/strict";
import { test } from "node:test";
import { findCondition, kustomizationGvk, type Kustomization } from "@sluice/api";
import { configMaps, configMapYaml, deployments, deploymentYaml, Fleet, namespaceYaml } from "./test-cluster/fleet.ts";

const apps = (name: string): { namespace: string; name: string } => ({ namespace: "apps", name });
const minutes = (count: number): number => count * 60_000;
const succeeded = "True ReconciliationSucceeded";

function condition(object: Kustomization, type: string): string {
  const found = findCondition(object.status?.conditions, type);
  return found === undefined ? "" : `${found.status} ${found.reason} ${found.message}`;
}

/** What the Deployment controller would write once the rollout is done, or has failed. */
async function roll(fleet: Fleet, name: string, outcome: "done" | "failed" = "done"): Promise<void> {
  const { metadata } = await fleet.client.get(deployments, apps(name));
  const isDone = outcome === "done";
  const status = {
    observedGeneration: metadata.generation,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: isDone ? 1 : 0,
    availableReplicas: isDone ? 1 : 0,
    conditions: [
      isDone
        ? { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message: "" }
        : { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "too slow" },
      { type: "Available", status: isDone ? "True" : "False", reason: "x", message: "" },
    ],
  };
  const patch = { type: "merge", body: { status } } as const;
  await fleet.client.patch(deployments, apps(name), patch, { subresource: "status" });
}

const appFiles = {
  "app/ns.yaml": namespaceYaml,
  "app/d.yaml": deploymentYaml("web"),
  "app/c.yaml": configMapYaml("c"),
};

test("with wait, Ready comes with the rollout, and no worker waits for it", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", appFiles);
  await fleet.kustomize("app", { wait: true });
  const waiting = await fleet.until("app", "waiting", (each) => condition(each, "Healthy").startsWith("Unknown"));
  assert.equal(condition(waiting, "Ready"), "Unknown Progressing Reconciliation in progress");
  const text = "Running health checks for revision main@sha1:a with a timeout of 9m30s";
  assert.equal(condition(waiting, "Reconciling"), `True Progressing ${text}`);
  // Four workers, five who wait, and still somebody is there for another.
  for (const name of ["b", "c", "d", "e"]) await fleet.kustomize(name, { path: "./app", wait: true });
  await fleet.kustomize("other", { path: "./app" });
  await fleet.untilReady("other", succeeded);
  await roll(fleet, "web");
  const object = await fleet.untilReady("app", succeeded, "main@sha1:a");
  assert.match(condition(object, "Healthy"), /^True Succeeded Health check passed in /);
  assert.equal(condition(object, "Reconciling"), "");
  for (const name of ["b", "c", "d", "e"]) await fleet.untilReady(name, succeeded);
});

test("a health check that times out fails, halts dependants, and is tried again", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { ...appFiles, "next/n.yaml": configMapYaml("next") });
  await fleet.kustomize("app", {
    healthChecks: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "apps" }],
    timeout: "2m",
    retryInterval: "1m",
  });
  await fleet.kustomize("next", { dependsOn: [{ name: "app" }] });
  await fleet.until("app", "waiting", (each) => condition(each, "Healthy").startsWith("Unknown"));
  await fleet.advance(minutes(2));
  const object = await fleet.untilReady("app", "False HealthCheckFailed");
  const message = "health check failed after 2m0s: timeout waiting for: [Deployment/apps/web status: 'InProgress']";
  assert.equal(condition(object, "Ready"), `False HealthCheckFailed ${message}`);
  assert.equal(condition(object, "Healthy"), `False HealthCheckFailed ${message}`);
  assert.equal(object.status?.history?.[0]?.lastReconciledStatus, "HealthCheckFailed");
  await fleet.untilEvent("app", /^Warning HealthCheckFailed health check failed after/);
  const dependant = await fleet.untilReady("next", "False DependencyNotReady");
  assert.equal(condition(dependant, "Ready"), "False DependencyNotReady dependency 'flux-system/app' is not ready");
  assert.equal(await fleet.exists(configMaps, apps("next")), false);
  await fleet.advance(minutes(1));
  await roll(fleet, "web");
  await fleet.untilReady("app", succeeded);
  await fleet.untilReady("next", succeeded);
});

test("a rollout that has failed fails the health check at once", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", appFiles);
  await fleet.kustomize("app", { wait: true });
  await fleet.until("app", "waiting", (each) => condition(each, "Healthy").startsWith("Unknown"));
  await roll(fleet, "web", "failed");
  const object = await fleet.untilReady("app", "False HealthCheckFailed");
  assert.match(
    condition(object, "Ready"),
    /failed early due to stalled resources: \[Deployment\/apps\/web status: 'Failed'\]$/,
  );
});

test("a new revision ends the waiting for the old one", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", appFiles);
  await fleet.kustomize("app", { wait: true });
  await fleet.until("app", "waiting", (each) => condition(each, "Healthy").startsWith("Unknown"));
  await fleet.publish("main@sha1:b", { ...appFiles, "app/d.yaml": deploymentYaml("web", "app:2") });
  await fleet.untilEvent(
    "app",
    /^Normal HealthCheckCanceled Health checks canceled due to new reconciliation triggered by GitRepository\/flux-system\/fleet$/,
  );
  await fleet.until("app", "waiting for b", (each) =>
    condition(each, "Reconciling").includes("checks for revision main@sha1:b"),
  );
  await roll(fleet, "web");
  await fleet.untilReady("app", succeeded, "main@sha1:b");
});

test("what was healthy before the change does not count as healthy after it", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", appFiles);
  await fleet.kustomize("app", { wait: true });
  await fleet.until("app", "waiting", (each) => condition(each, "Healthy").startsWith("Unknown"));
  await roll(fleet, "web");
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", { ...appFiles, "app/d.yaml": deploymentYaml("web", "app:2") });
  await fleet.until("app", "waiting for b", (each) =>
    condition(each, "Reconciling").includes("checks for revision main@sha1:b"),
  );
  await roll(fleet, "web");
  await fleet.untilReady("app", succeeded, "main@sha1:b");
});

test("a routine look at healthy objects disturbs nobody who waits for them", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", appFiles);
  await fleet.kustomize("app", { wait: true });
  await fleet.until("app", "waiting", (each) => condition(each, "Healthy").startsWith("Unknown"));
  await roll(fleet, "web");
  const before = await fleet.untilReady("app", succeeded);
  await fleet.advance(0);
  fleet.cluster.takeCalls();
  await fleet.advance(minutes(10));
  const after = await fleet.until("app", "looked at", ({ status }) => status?.history?.[0]?.totalReconciliations === 2);
  assert.deepEqual(after.status?.conditions, before.status?.conditions);
  const writes = fleet.cluster.takeCalls().filter((call) => !/^(?:get|list|GET)\b/.test(call));
  assert.deepEqual(writes, ["patch/status Kustomization flux-system/app"]);
});

test("a chain of dependencies is applied in order without waiting for any timer", async (t) => {
  const fleet = await Fleet.start(t);
  const names = Array.from({ length: 10 }, (_, index) => `k${index}`);
  const files = Object.fromEntries(names.map((name) => [`${name}/c.yaml`, configMapYaml(name)]));
  await fleet.publish("main@sha1:a", { ...files, "ns/ns.yaml": namespaceYaml });
  for (const [index, name] of names.entries()) {
    await fleet.kustomize(name, { dependsOn: [{ name: index === 0 ? "ns" : `k${index - 1}` }] });
  }
  await fleet.untilReady("k9", "False DependencyNotReady");
  await fleet.untilEvent("k9", /^Normal DependencyNotReady Dependencies do not meet ready condition, retrying in 30s$/);
  await fleet.kustomize("ns");
  await fleet.untilReady("k9", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", { ...files, "ns/ns.yaml": namespaceYaml });
  await fleet.untilReady("k9", succeeded, "main@sha1:b");
});

test("a failing dependency keeps its dependants at the revision they had", async (t) => {
  const fleet = await Fleet.start(t);
  const next = { "next/c.yaml": configMapYaml("next") };
  await fleet.publish("main@sha1:a", { ...next, "base/ns.yaml": namespaceYaml });
  await fleet.kustomize("base");
  await fleet.kustomize("next", { dependsOn: [{ name: "base" }] });
  await fleet.untilReady("next", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", { "next/c.yaml": configMapYaml("next", "2"), "base/x.yaml": "broken: [" });
  await fleet.untilReady("base", "False BuildFailed");
  const object = await fleet.untilReady("next", "False DependencyNotReady");
  assert.equal(object.status?.lastAppliedRevision, "main@sha1:a");
  await fleet.publish("main@sha1:c", { "next/c.yaml": configMapYaml("next", "3"), "base/ns.yaml": namespaceYaml });
  await fleet.untilReady("next", succeeded, "main@sha1:c");
});

test("a cycle is named", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.publish("main@sha1:a", { "a/ns.yaml": namespaceYaml, "b/ns.yaml": namespaceYaml });
  await fleet.kustomize("a", { dependsOn: [{ name: "b" }] });
  await fleet.kustomize("b", { dependsOn: [{ name: "a" }] });
  const message = "dependency cycle: flux-system/b -> flux-system/a -> flux-system/b";
  await fleet.until("b", message, (each) => condition(each, "Ready") === `False DependencyNotReady ${message}`);
});

test("a tenant's objects are applied with the tenant's rights, and nothing else is", async (t) => {
  const fleet = await Fleet.start(t);
  const rbac = "rbac.authorization.k8s.io/v1";
  const account = { kind: "ServiceAccount", name: "tenant", namespace: "flux-system" };
  for (const object of [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "tenant", namespace: "flux-system" } },
    {
      apiVersion: rbac,
      kind: "Role",
      metadata: { name: "tenant", namespace: "apps" },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["*"] }],
    },
    {
      apiVersion: rbac,
      kind: "RoleBinding",
      metadata: { name: "tenant", namespace: "apps" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "tenant" },
      subjects: [account],
    },
  ]) {
    await fleet.client.apply(object, { fieldManager: "test" });
  }
  await fleet.publish("main@sha1:a", { "app/c.yaml": configMapYaml("c") });
  await fleet.kustomize("app", { serviceAccountName: "tenant" });
  await fleet.untilReady("app", succeeded, "main@sha1:a");
  await fleet.publish("main@sha1:b", {
    "app/c.yaml": configMapYaml("c", "2"),
    "app/r.yaml": `apiVersion: ${rbac}
kind: ClusterRoleBinding
metadata: {name: everything}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: tenant, namespace: flux-system}]
`,
  });
  const object = await fleet.untilReady("app", "False ReconciliationFailed");
  assert.match(condition(object, "Ready"), /ClusterRoleBinding\/everything dry-run failed \(Forbidden\): /);
  const live = await fleet.client.get(configMaps, apps("c"));
  assert.deepEqual(live["data"], { value: "1" });
  await fleet.client.delete(
    { group: "", version: "v1", kind: "ServiceAccount" },
    { namespace: "flux-system", name: "tenant" },
  );
  await fleet.client.delete(kustomizationGvk, { namespace: "flux-system", name: "app" });
  await fleet.untilGone(kustomizationGvk, { namespace: "flux-system", name: "app" });
  await fleet.untilEvent("app", /^Warning \w+ unable to prune objects: \nConfigMap\/apps\/c/);
  assert.equal(await fleet.exists(configMaps, apps("c")), true);
});

const deletions: { spec: object; want: boolean }[] = [
  { spec: {}, want: false },
  { spec: { prune: false }, want: true },
  { spec: { prune: false, deletionPolicy: "Delete" }, want: false },
  { spec: { deletionPolicy: "Orphan" }, want: true },
  { spec: { deletionPolicy: "WaitForTermination" }, want: false },
  { spec: { suspend: true }, want: true },
];

test("deleting a Kustomization deletes or leaves its objects, as its policy says", async (t) => {
  const fleet = await Fleet.start(t);
  await fleet.client.apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } },
    { fieldManager: "test" },
  );
  for (const [index, { spec, want }] of deletions.entries()) {
    await t.test(JSON.stringify(spec), async () => {
      const name = `app${index}`;
      await fleet.publish(`main@sha1:${index}`, { [`${name}/c.yaml`]: configMapYaml(name) });
      await fleet.kustomize(name);
      await fleet.untilReady(name, succeeded);
      await fleet.patchSpec(name, spec);
      await fleet.client.delete(kustomizationGvk, { namespace: "flux-system", name });
      await fleet.advance(5000);
      await fleet.untilGone(kustomizationGvk, { namespace: "flux-system", name });
      assert.equal(await fleet.exists(configMaps, apps(name)), want);
    });
  }
});
