import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseAll } from "@sluice/yaml";
import { findCondition, kustomizationGvk, type Kustomization, type UnstructuredObject } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import { redirectSources } from "../demo/sync-manifest.ts";
import { filesBelow, FleetWorld, inventoryOf, NAMESPACE, readyOf, succeeded } from "./fleet-world.ts";

const repositoryRoot = join(import.meta.dirname, "../../../..");
const acceptance = join(import.meta.dirname, "../../testdata/acceptance");
const CLUSTER = "clusters/staging/eu-central-1";
const kustomizations = ["flux-system", "infrastructure-staging", "ingress-staging", "payment-service", "apps-staging"];

const deployments = { group: "apps", version: "v1", kind: "Deployment" };
const configMaps = { group: "", version: "v1", kind: "ConfigMap" };
const services = { group: "", version: "v1", kind: "Service" };
const policies = { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" };
const minutes = (count: number): number => count * 60_000;

/** The example fleet's staging cluster, running and Ready. */
async function startExample(t: TestContext): Promise<{ fleet: FleetWorld; revision: string }> {
  const clock = new FakeClock(new Date());
  const fleet = await FleetWorld.start(t, { clock });
  const files = filesBelow(join(repositoryRoot, "examples/fleet-infra"));
  const syncFile = `${CLUSTER}/flux-system/gotk-sync.yaml`;
  const sync = redirectSources(files[syncFile] ?? "", fleet.url, undefined);
  const revision = fleet.commit({ ...files, [syncFile]: sync });
  await applyAll(fleet, sync);
  for (const name of kustomizations) await fleet.untilReady(name, succeeded, revision);
  return { fleet, revision };
}

async function applyAll(fleet: FleetWorld, manifests: string): Promise<void> {
  for (const object of parseAll(manifests)) await fleet.apply(object as unknown as UnstructuredObject);
}

const key = (namespace: string, name: string): { namespace: string; name: string } => ({ namespace, name });
const quota = { group: "", version: "v1", kind: "ResourceQuota" };

test("the example fleet comes up, follows Git and corrects what is edited by hand", async (t) => {
  const { fleet, revision } = await startExample(t);

  await t.test("everything is Ready, and says so in Flux's columns", async () => {
    const { stdout, status } = await fleet.flux("get kustomizations --no-header");
    assert.equal(status, 0);
    const short = revision.slice(0, "main@sha1:".length + 8);
    const rows = stdout
      .trim()
      .split("\n")
      .map((row) =>
        row
          .trim()
          .split("\t")
          .map((cell) => cell.trim()),
      );
    assert.deepEqual(
      rows,
      kustomizations.toSorted().map((name) => [name, short, "False", "True", `Applied revision: ${short}`]),
    );
  });

  await t.test("the base's objects are as the overlay says", async () => {
    const live = await fleet.client.get(deployments, key("payment", "payment-service"));
    assert.equal(live.metadata.labels?.["fleet.myorg.com/environment"], "staging");
    assert.equal(live.metadata.labels["fleet.myorg.com/region"], "eu-central-1");
    assert.equal(live.metadata.labels["kustomize.toolkit.fluxcd.io/name"], "payment-service");
  });

  await t.test("a pushed commit is applied at once by reconcile --with-source", async () => {
    const pushed = fleet.commit({
      "apps/base/frontend/service.yaml": fleet.read("apps/base/frontend/service.yaml").replace("port: 80", "port: 81"),
    });
    const ran = await fleet.flux("reconcile kustomization apps-staging --with-source");
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stderr, new RegExp(`✔ fetched revision ${pushed}\n[^]*✔ applied revision ${pushed}\n$`));
    const service = await fleet.client.get(services, key("shop", "frontend"));
    assert.equal((service["spec"] as { ports: { port: number }[] }).ports[0]?.port, 81);
  });

  await t.test("a pushed commit is applied within the source's interval", async () => {
    const pushed = fleet.commit({
      "apps/base/frontend/service.yaml": fleet.read("apps/base/frontend/service.yaml").replace("port: 81", "port: 82"),
    });
    await fleet.pass(minutes(1));
    for (const name of kustomizations) await fleet.untilReady(name, succeeded, pushed);
    const service = await fleet.client.get(services, key("shop", "frontend"));
    assert.equal((service["spec"] as { ports: { port: number }[] }).ports[0]?.port, 82);
  });

  await t.test("manual edits are undone at the next reconciliation", async () => {
    const patch = { type: "merge", body: { spec: { replicas: 7 }, metadata: { labels: { mine: "stays" } } } } as const;
    await fleet.client.patch(deployments, key("shop", "frontend"), patch);
    await fleet.client.delete(policies, key("payment", "payment-service"));
    await fleet.pass(minutes(5));
    const undone = await fleet.until(deployments, key("shop", "frontend"), "1 replica", (object) => {
      return (object?.["spec"] as { replicas?: number } | undefined)?.replicas === 1;
    });
    // What Git says nothing about is not Git's to take away.
    assert.equal(undone?.metadata.labels?.["mine"], "stays");
    await fleet.until(policies, key("payment", "payment-service"), "there again", (object) => object !== undefined);
  });

  await t.test("a file removed from Git is pruned, and nothing else", async () => {
    await fleet.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: key("shop", "stranger") });
    const moved = { metadata: { labels: { "kustomize.toolkit.fluxcd.io/name": "somebody-else" } } };
    const base = "apps/base/frontend/kustomization.yaml";
    await fleet.client.patch(services, key("shop", "frontend"), { type: "merge", body: moved });
    const pushed = fleet.commit({
      "apps/base/frontend/network-policy.yaml": null,
      "apps/base/frontend/service.yaml": null,
      [base]: fleet.read(base).replace("  - network-policy.yaml\n", "").replace("  - service.yaml\n", ""),
    });
    const before = inventoryOf(await fleet.kustomization("apps-staging"));
    const ran = await fleet.flux("reconcile kustomization apps-staging --with-source");
    assert.equal(ran.status, 0, ran.stderr);
    const after = inventoryOf(await fleet.untilReady("apps-staging", succeeded, pushed));
    const gone = ["shop_frontend__Service", "shop_frontend_networking.k8s.io_NetworkPolicy"];
    assert.deepEqual(before.filter((id) => !after.includes(id)).toSorted(), gone);
    assert.deepEqual(
      after.filter((id) => !before.includes(id)),
      [],
    );
    assert.equal(await fleet.exists(policies, "shop", "frontend"), false);
    assert.equal(await fleet.exists(services, "shop", "frontend"), true, "belongs to somebody else by now");
    assert.equal(await fleet.exists(configMaps, "shop", "stranger"), true, "was never ours");
    for (const id of after) assert.ok(await fleet.holds(id), `${id} is in the inventory and not in the cluster`);
  });

  await t.test("a broken image halts the dependants until it is fixed", async () => {
    const overlay = "apps/overlays/staging/payment-service/kustomization.yaml";
    const frontend = "apps/overlays/staging/kustomization.yaml";
    const broken = fleet.commit({
      [overlay]: fleet.read(overlay).replace("1.4.0-rc.3", "1.4.1-broken"),
      [frontend]: fleet.read(frontend).replace("2.12.0-rc.1", "2.12.0-rc.2"),
    });
    await fleet.flux("reconcile source git fleet-infra");
    const waiting = await fleet.untilReady("apps-staging", "False DependencyNotReady");
    assert.match(readyOf(waiting)?.message ?? "", /^dependency 'flux-system\/payment-service' /);
    await untilChecked(fleet, "payment-service", broken);
    await fleet.pass(minutes(2));
    const failed = await fleet.untilReady("payment-service", "False HealthCheckFailed", broken);
    assert.match(readyOf(failed)?.message ?? "", /Deployment\/payment\/payment-service/);
    assert.equal(
      imageOf(await fleet.client.get(deployments, key("shop", "frontend"))),
      "ghcr.io/myorg/frontend:2.12.0-rc.1",
    );

    const fixed = fleet.commit({ [overlay]: fleet.read(overlay).replace("1.4.1-broken", "1.4.1") });
    await fleet.flux("reconcile source git fleet-infra");
    for (const name of kustomizations) await fleet.untilReady(name, succeeded, fixed);
    assert.equal(
      imageOf(await fleet.client.get(deployments, key("shop", "frontend"))),
      "ghcr.io/myorg/frontend:2.12.0-rc.2",
    );
  });

  await t.test("suspended, edits stay and commits wait; resumed, Git wins", async () => {
    assert.equal((await fleet.flux("suspend kustomization infrastructure-staging")).status, 0);
    const policy = "infrastructure/overlays/staging/resource-quota.yaml";
    await fleet.client.patch(quota, key("shop", "small"), { type: "merge", body: { spec: { hard: { pods: "7" } } } });
    const pushed = fleet.commit({ [policy]: fleet.read(policy).replace('pods: "40"', 'pods: "41"') });
    await fleet.flux("reconcile source git fleet-infra");
    await fleet.untilReady("flux-system", succeeded, pushed);
    await fleet.pass(minutes(11));
    const pods = (object: UnstructuredObject | undefined): unknown =>
      (object?.["spec"] as { hard: { pods: string } } | undefined)?.hard.pods;
    assert.equal(pods(await fleet.client.get(quota, key("shop", "small"))), "7");
    const resumed = await fleet.flux("resume kustomization infrastructure-staging");
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.equal(pods(await fleet.client.get(quota, key("shop", "small"))), "41");
  });

  await t.test("deleting the root removes everything that came from Git", async () => {
    assert.equal((await fleet.flux("delete kustomization flux-system --silent")).status, 0);
    for (const name of kustomizations) {
      await fleet.until(kustomizationGvk, key(NAMESPACE, name), "gone", (object) => object === undefined);
    }
    const left = await fleet.client.list(deployments, { labelSelector: "kustomize.toolkit.fluxcd.io/name" });
    assert.deepEqual(
      left.items.map(({ metadata }) => metadata.name),
      [],
    );
    assert.equal(await fleet.exists(services, "shop", "frontend"), false, "its namespace came from Git too");
  });
});

function imageOf(deployment: UnstructuredObject): string | undefined {
  const { template } = deployment["spec"] as { template: { spec: { containers: { image: string }[] } } };
  return template.spec.containers[0]?.image;
}

test("the acceptance manifests work as they are", async (t) => {
  const clock = new FakeClock(new Date());
  const fleet = await FleetWorld.start(t, { clock });
  const read = (name: string): string => readFileSync(join(acceptance, name), "utf8");
  const local = (text: string): string => text.replace("https://github.com/myorg/fleet-infra", fleet.url);
  const service = filesBelow(join(repositoryRoot, "examples/fleet-infra/apps/base/payment-service"));
  const deployment = service["deployment.yaml"] ?? "";
  const plain = (text: string): string =>
    text.replace("  name: payment-service\nspec:", "  name: payment-service\n  namespace: payment\nspec:");
  const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
  const withoutExtras = plain(deployment).replace(/ {6}(serviceAccountName|priorityClassName): .*\n/g, "");
  const first = fleet.commit({
    "clusters/production/infrastructure/namespaces.yaml": `${namespace("payment")}---\n${namespace("shop")}`,
    "clusters/production/payment-service/deployment.yaml": withoutExtras.replace(/ {10}envFrom:\n.*\n.*\n/, ""),
    "apps/overlays/production/config.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop, namespace: shop}\ndata: {color: blue}\n",
    "infrastructure/production.yaml": namespace("ingress-nginx"),
  });

  await t.test("01: a source and a Kustomization", async () => {
    await applyAll(fleet, local(read("01-source-and-kustomization.yaml")));
    const object = await fleet.untilReady("infrastructure", succeeded, first);
    assert.deepEqual(inventoryOf(object), ["_payment__Namespace", "_shop__Namespace"]);
    const labels = { metadata: { labels: { "kustomize.toolkit.fluxcd.io/name": null } } };
    const namespaces = { group: "", version: "v1", kind: "Namespace" };
    await fleet.client.patch(namespaces, { name: "shop" }, { type: "merge", body: labels });
    await fleet.pass(minutes(10));
    await fleet.until(namespaces, { name: "shop" }, "labelled again", (found) => {
      return found?.metadata.labels?.["kustomize.toolkit.fluxcd.io/name"] === "infrastructure";
    });
  });

  await t.test("02: an application that waits for the infrastructure", async () => {
    await applyAll(fleet, read("02-depends-on.yaml"));
    const waiting = await fleet.untilReady("apps-production", "False DependencyNotReady");
    assert.match(readyOf(waiting)?.message ?? "", /^dependency 'flux-system\/infrastructure-production' not found/);
    assert.equal(await fleet.exists(configMaps, "shop", "shop"), false);
    await fleet.kustomize("infrastructure-production", { path: "./nowhere" });
    await fleet.untilReady("infrastructure-production", "False ArtifactFailed");
    await fleet.until(kustomizationGvk, key(NAMESPACE, "apps-production"), "not ready", (object) =>
      (readyOf(object as unknown as Kustomization)?.message ?? "").endsWith(" is not ready"),
    );
    assert.equal(await fleet.exists(configMaps, "shop", "shop"), false);
    await fleet.kustomize("infrastructure-production", { path: "./infrastructure" });
    await fleet.untilReady("apps-production", succeeded, first);
    assert.equal(await fleet.exists(configMaps, "shop", "shop"), true);
  });

  await t.test("07: Ready only when the Deployment is", async () => {
    await applyAll(fleet, read("07-health.yaml"));
    await fleet.untilReady("payment-service", succeeded, first);
    const live = await fleet.client.get(deployments, key("payment", "payment-service"));
    assert.equal((live["status"] as { availableReplicas?: number }).availableReplicas, 1);
    const path = "clusters/production/payment-service/deployment.yaml";
    const stalled = fleet.commit({
      [path]: fleet.read(path).replace("payment-service:1.3.2", "payment-service:broken"),
    });
    await fleet.pass(minutes(1));
    await untilChecked(fleet, "payment-service", stalled);
    await fleet.pass(minutes(2));
    const failed = await fleet.untilReady("payment-service", "False HealthCheckFailed");
    assert.match(readyOf(failed)?.message ?? "", /^health check failed after .*Deployment\/payment\/payment-service/);
  });
});

/** Waits until a Kustomization has applied a revision and looks at its health. */
async function untilChecked(fleet: FleetWorld, name: string, revision: string): Promise<void> {
  await fleet.until(kustomizationGvk, key(NAMESPACE, name), `its health is checked at ${revision}`, (object) => {
    const { lastAttemptedRevision, conditions } = (object as unknown as Kustomization).status ?? {};
    const progress = findCondition(conditions, "Reconciling")?.message ?? "";
    return lastAttemptedRevision === revision && progress.startsWith("Running health checks");
  });
}
