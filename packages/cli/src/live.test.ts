import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Condition, KubernetesObject } from "@sluice/api";
import { startApiServer, type ApiServer } from "@sluice/apiserver";
import { createClient, loadRestConfig, type ApiClient } from "@sluice/kube";
import { formatTable } from "./printers/table.ts";
import { runCommand, type Ran, type World } from "./test-world.ts";

const GIT = { group: "source.toolkit.fluxcd.io", version: "v1", kind: "GitRepository" };
const KS = { group: "kustomize.toolkit.fluxcd.io", version: "v1", kind: "Kustomization" };
const REVISION = "main@sha1:67e2c98a60dc92283531412a9e604dd4bae005a9";

let directory: string;
let server: ApiServer;
let client: ApiClient;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-cli-test-"));
  server = await startApiServer();
  await server.writeKubeconfig(join(directory, "kubeconfig"));
  client = createClient(await loadRestConfig({ path: join(directory, "kubeconfig"), env: {} }));
  assert.equal((await flux("install")).status, 0);
});

after(async () => {
  await client.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

function flux(line: string, world: World = {}): Promise<Ran> {
  return runCommand([...line.split(" "), "--kubeconfig", join(directory, "kubeconfig")], world);
}

/** Plays the controller: writes a status with a Ready condition for the object's newest generation. */
async function setStatus(
  gvk: typeof GIT,
  name: string,
  ready: Pick<Condition, "status" | "reason" | "message">,
  more: { readonly [field: string]: unknown } = {},
): Promise<void> {
  const key = { namespace: "flux-system", name };
  const { generation } = (await client.get(gvk, key)).metadata;
  const condition = {
    type: "Ready",
    observedGeneration: generation,
    lastTransitionTime: "2026-01-01T00:00:00Z",
    ...ready,
  };
  const body = { status: { observedGeneration: generation, conditions: [condition], ...more } };
  await client.patch(gvk, key, { type: "merge", body }, { subresource: "status" });
}

const succeeded = {
  status: "True",
  reason: "Succeeded",
  message: `stored artifact for revision '${REVISION}'`,
} as const;
const artifact = {
  artifact: {
    revision: REVISION,
    digest: `sha256:${"a".repeat(64)}`,
    path: "x",
    url: "http://x",
    lastUpdateTime: "2026-01-01T00:00:00Z",
  },
};

/** Runs a command while `act` is called as soon as its output shows that it waits. */
async function whileWaiting(line: string, act: () => Promise<void>): Promise<Ran> {
  const running = flux(line);
  await act();
  return running;
}

/** Calls back as soon as an object satisfies a condition. */
async function when(gvk: typeof GIT, name: string, holds: (object: KubernetesObject) => boolean): Promise<void> {
  for await (const event of client.watch(gvk, { namespace: "flux-system", fieldSelector: `metadata.name=${name}` })) {
    if (event.type !== "BOOKMARK" && holds(event.object)) return;
  }
}

test("install applies the kinds, says so, and again changes nothing", async () => {
  const again = await flux("install");
  assert.equal(again.status, 0);
  assert.match(again.stdout, /CustomResourceDefinition\/gitrepositories\.source\.toolkit\.fluxcd\.io unchanged/);
  assert.match(again.stderr, /✔ install finished/);
});

test("install --export is what is applied", async () => {
  const exported = await flux("install --export --image=myorg/sluice:v1");
  assert.match(exported.stdout, /kind: CustomResourceDefinition/);
  assert.match(exported.stdout, /image: myorg\/sluice:v1/);
  assert.equal(exported.stderr, "");
});

test("create source git waits until the source is fetched, get and export show it", async () => {
  const created = await whileWaiting(
    "create source git fleet --url=https://example.com/fleet --branch=main",
    async () => {
      await when(GIT, "fleet", () => true);
      await setStatus(GIT, "fleet", succeeded, artifact);
    },
  );
  assert.equal(
    created.stderr,
    [
      "✚ generating GitRepository source",
      "► applying GitRepository source",
      "✔ GitRepository source created",
      "◎ waiting for GitRepository source reconciliation",
      "✔ GitRepository source reconciliation completed",
      `✔ fetched revision: ${REVISION}`,
      "",
    ].join("\n"),
  );
  const got = await flux("get sources git");
  assert.equal(
    got.stdout,
    formatTable(
      ["Name", "Revision", "Suspended", "Ready", "Message"],
      [["fleet", "main@sha1:67e2c98a", "False", "True", "stored artifact for revision 'main@sha1:67e2c98a'"]],
    ),
  );
  const exported = await flux("export source git fleet");
  assert.match(exported.stdout, /^---\napiVersion: source\.toolkit\.fluxcd\.io\/v1\nkind: GitRepository\n/);
  assert.doesNotMatch(exported.stdout, /status:|uid:|managedFields:/);
});

test("reconcile --with-source asks for both and reports what they did", async () => {
  await client.create({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "apps", namespace: "flux-system" },
    spec: { interval: "10m", prune: true, path: "./apps", sourceRef: { kind: "GitRepository", name: "fleet" } },
  } as KubernetesObject);
  const requested = (object: KubernetesObject): boolean =>
    object.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] !== undefined;
  const handled = async (gvk: typeof GIT, name: string): Promise<{ lastHandledReconcileAt: string }> => {
    const { metadata } = await client.get(gvk, { namespace: "flux-system", name });
    return { lastHandledReconcileAt: metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] ?? "" };
  };
  const ran = await whileWaiting("reconcile kustomization apps --with-source", async () => {
    await when(GIT, "fleet", requested);
    await setStatus(GIT, "fleet", succeeded, { ...artifact, ...(await handled(GIT, "fleet")) });
    await when(KS, "apps", requested);
    const applied = {
      status: "True",
      reason: "ReconciliationSucceeded",
      message: `Applied revision: ${REVISION}`,
    } as const;
    await setStatus(KS, "apps", applied, { lastAppliedRevision: REVISION, ...(await handled(KS, "apps")) });
  });
  assert.equal(
    ran.stderr,
    [
      "► annotating GitRepository fleet in flux-system namespace",
      "✔ GitRepository annotated",
      "◎ waiting for GitRepository reconciliation",
      `✔ fetched revision ${REVISION}`,
      "► annotating Kustomization apps in flux-system namespace",
      "✔ Kustomization annotated",
      "◎ waiting for Kustomization reconciliation",
      `✔ applied revision ${REVISION}`,
      "",
    ].join("\n"),
  );
  assert.equal(ran.status, 0);
});

test("reconcile reports the failure of the attempt it asked for", async () => {
  const ran = await whileWaiting("reconcile ks apps", async () => {
    let before: string | undefined;
    await when(KS, "apps", (object) => {
      const token = object.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];
      before ??= token;
      return token !== before;
    });
    const { metadata } = await client.get(KS, { namespace: "flux-system", name: "apps" });
    const token = metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];
    const failed = { status: "False", reason: "BuildFailed", message: "kustomization path not found" } as const;
    await setStatus(KS, "apps", failed, { lastHandledReconcileAt: token });
  });
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /✗ Kustomization reconciliation failed: kustomization path not found\n$/);
});

test("a command that waits in vain says for what", async () => {
  const ran = await flux("reconcile ks apps --timeout=500ms");
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /✗ timed out waiting for Kustomization flux-system\/apps to be reconciled/);
});

test("suspend and resume change the spec, unknown names are told", async () => {
  const suspended = await flux("suspend ks apps nobody");
  assert.deepEqual(suspended, {
    status: 0,
    stdout: "",
    stderr: [
      "► suspending kustomization apps in flux-system namespace",
      "✔ kustomization suspended",
      "✗ Kustomization nobody not found in flux-system namespace",
      "",
    ].join("\n"),
  });
  const refused = await flux("reconcile ks apps");
  assert.deepEqual([refused.status, refused.stderr], [1, "✗ resource is suspended\n"]);
  const resumed = await flux("resume ks apps --wait=false");
  assert.equal(resumed.stderr, "► resuming kustomization apps in flux-system namespace\n✔ kustomization resumed\n");
});

test("get filters by status and name, and all shows every kind", async () => {
  const failing = await flux("get ks -A --status-selector ready=false --no-header");
  assert.match(failing.stdout, /^flux-system\tapps\t/);
  const none = await flux("get ks --status-selector ready=true --no-header");
  assert.equal(none.stdout, "");
  const missing = await flux("get ks nobody");
  assert.equal(missing.stderr, `✗ Kustomization object 'nobody' not found in "flux-system" namespace\n`);
  const elsewhere = await flux("get sources git -n default");
  assert.equal(elsewhere.stderr, `✗ no GitRepository objects found in "default" namespace\n`);
  const all = await flux("get all");
  assert.match(all.stdout, /gitrepository\/fleet\t[^]*\n\n[^]*kustomization\/apps\t/);
});

test("get --watch prints changes until it is interrupted", async () => {
  const interrupt = new AbortController();
  const watching = flux("get ks apps --watch", {
    signal: interrupt.signal,
    onStdout(soFar) {
      const rows = soFar.split("\n").length - 1;
      if (rows === 2)
        void setStatus(KS, "apps", { status: "True", reason: "ReconciliationSucceeded", message: "done" });
      else if (/\tdone/.test(soFar)) interrupt.abort();
    },
  });
  const ran = await watching;
  assert.match(ran.stdout, /^NAME\t[^]*\napps\t[^]*\napps\t[^]*done/);
});

test("tree follows inventories down", async () => {
  const entries = [
    { id: "_payment__Namespace", v: "v1" },
    { id: "payment_payment-service_apps_Deployment", v: "v1" },
    { id: "flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization", v: "v1" },
  ];
  await setStatus(KS, "apps", { status: "True", reason: "ok", message: "ok" }, { inventory: { entries } });
  const ran = await flux("tree ks apps");
  assert.equal(
    ran.stdout,
    "Kustomization/flux-system/apps\n├── Namespace/payment\n└── Deployment/payment/payment-service\n\n",
  );
  const json = JSON.parse((await flux("tree ks apps -o json")).stdout) as { resources: unknown[] };
  assert.equal(json.resources.length, 2);
});

test("trace follows an object to its Kustomization and source", async () => {
  const owned = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  };
  const metadata = { name: "settings", namespace: "default", labels: owned };
  await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
  const ran = await flux("trace cm/settings -n default");
  assert.match(
    ran.stdout,
    /^\nObject: {10}ConfigMap\/settings\nNamespace: {7}default\nStatus: {10}Managed by Flux\n---\n/,
  );
  assert.match(ran.stdout, /---\nKustomization: {3}apps\n[^]*Path: {12}\.\/apps\n/);
  assert.match(ran.stdout, /---\nGitRepository: {3}fleet\n[^]*Branch: {10}main\n/);
  const foreign = await flux("trace namespace default");
  assert.match(foreign.stderr, /failed to trace Namespace\/default .*: object not managed by Flux/);
});

test("stats counts kinds", async () => {
  const ran = await flux("stats -A");
  assert.match(ran.stdout, /^RECONCILERS\s[^]*\nGitRepository\s+1\s+0\s+0\s+-\s*\n[^]*\nKustomization\s+1\s/);
});

test("events shows an object's events and its source's", async () => {
  const event = (name: string, kind: string, object: string, reason: string, at: string): KubernetesObject =>
    ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: "flux-system" },
      type: "Normal",
      reason,
      message: `${reason} it`,
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
      involvedObject: { kind, name: object, namespace: "flux-system" },
    }) as KubernetesObject;
  await client.create(event("b", "Kustomization", "apps", "Applied", "2026-01-01T00:01:00Z"));
  await client.create(event("a", "GitRepository", "fleet", "Fetched", "2026-01-01T00:00:00Z"));
  await client.create(event("c", "Pod", "apps", "Pulled", "2026-01-01T00:02:00Z"));
  const now = (): number => Date.parse("2026-01-01T00:03:00Z");
  const ran = await flux("events --for kustomization/apps", { now });
  assert.equal(
    ran.stdout,
    formatTable(
      ["Last seen", "Type", "Reason", "Object", "Message"],
      [
        ["3m", "Normal", "Fetched", "GitRepository/fleet", "Fetched it"],
        ["2m", "Normal", "Applied", "Kustomization/apps", "Applied it"],
      ],
    ),
  );
  const none = await flux("events --types Warning");
  assert.equal(none.stderr, "✗ No events found in flux-system namespace.\n");
});

test("delete asks first", async () => {
  const declined = await flux("delete ks apps", { stdin: "n\n" });
  assert.equal(declined.status, 1);
  assert.match(declined.stderr, /Are you sure you want to delete this kustomization\? \[y\/N\] ✗ aborting\n$/);
  const deleted = await flux("delete ks apps", { stdin: "y\n" });
  assert.match(deleted.stderr, /✔ kustomization deleted\n$/);
  const missing = await flux("delete ks apps -s");
  assert.equal(missing.stderr, `✗ kustomizations.kustomize.toolkit.fluxcd.io "apps" not found\n`);
});

test("check --pre looks at the server, check at what is installed", async () => {
  const pre = await flux("check --pre");
  assert.match(pre.stderr, /✔ Kubernetes [\d.]+\S* >=1\.31\.0-0\n✔ prerequisites checks passed\n$/);
  const full = await flux("check");
  assert.match(full.stderr, /✔ distribution: flux-v\d/);
  assert.match(full.stderr, /✔ gitrepositories\.source\.toolkit\.fluxcd\.io\/v1\n/);
});

test("completion knows names of objects and namespaces", async () => {
  const kubeconfig = join(directory, "kubeconfig");
  const names = await runCommand(["__complete", "--kubeconfig", kubeconfig, "get", "sources", "git", ""]);
  assert.equal(names.stdout, "fleet\n:nofiles\n");
  const namespaces = await runCommand(["__complete", "--kubeconfig", kubeconfig, "get", "ks", "--namespace=flux"]);
  assert.equal(namespaces.stdout, ":nofiles\n");
  const env = { KUBECONFIG: kubeconfig };
  assert.equal((await runCommand(["__complete", "-n", "flux"], { env })).stdout, "flux-system\n:nofiles\n");
  assert.equal((await runCommand(["__complete", "--context", ""], { env })).stdout, "sluice\n:nofiles\n");
});

test("logs reads the file beside the kubeconfig where no pods run, and filters", async () => {
  const line = (level: string, name: string, msg: string): string =>
    JSON.stringify({
      level,
      ts: "2026-01-01T00:00:00.000Z",
      msg,
      controllerKind: "Kustomization",
      name,
      namespace: "flux-system",
    });
  const text = [
    line("info", "apps", "applied"),
    "not JSON",
    line("error", "apps", "failed"),
    line("info", "infra", "applied"),
  ];
  await writeFile(join(directory, "sluice.log"), `${text.join("\n")}\n`);
  const all = await flux("logs");
  assert.equal(
    all.stdout,
    [
      "2026-01-01T00:00:00.000Z info Kustomization/apps.flux-system - applied ",
      "2026-01-01T00:00:00.000Z error Kustomization/apps.flux-system - failed ",
      "2026-01-01T00:00:00.000Z info Kustomization/infra.flux-system - applied ",
      "",
    ].join("\n"),
  );
  const one = await flux("logs --kind kustomization --name APPS --level error");
  assert.equal(one.stdout, "2026-01-01T00:00:00.000Z error Kustomization/apps.flux-system - failed \n");
  assert.equal((await flux("logs --tail 1")).stdout.split("\n").length, 2);
  assert.equal((await flux("logs -n elsewhere")).stdout, "");
  await rm(join(directory, "sluice.log"));
  assert.equal((await flux("logs")).stderr, '✗ no Flux pods found in namespace "flux-system"\n');
});

test("run reconciles until it is interrupted, and refuses what it cannot do", async () => {
  const interrupt = new AbortController();
  const storage = join(directory, "storage");
  const running = flux(`run --log-level=error --storage-path=${storage}`, { signal: interrupt.signal });
  const awaited = flux("create source git nowhere --url=http://127.0.0.1:1/x --branch=main --timeout=10s", {
    signal: interrupt.signal,
  });
  await when(GIT, "nowhere", (object) => JSON.stringify(object).includes('"reason":"GitOperationFailed"'));
  interrupt.abort();
  const ran = await running;
  await awaited;
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stderr, /"controllerKind":"GitRepository"/);
  const cases: [string, string][] = [
    ["--controllers=helm", "unknown controller 'helm', must be one of: source, kustomize"],
    ["--feature-gates=Nothing=true", "unknown feature gate: Nothing"],
    ["--storage-addr=nowhere", '--storage-addr: "nowhere" is not an address, must be host:port'],
  ];
  for (const [flag, want] of cases) {
    const refused = await flux(`run ${flag}`);
    assert.deepEqual([refused.status, refused.stderr], [1, `✗ ${want}\n`]);
  }
});

test("an unreachable server is one clear line", async () => {
  const ran = await runCommand(["get", "ks", "--server=https://127.0.0.1:1", "--timeout=20s"]);
  assert.equal(ran.status, 1);
  assert.equal(ran.stderr.split("\n").length, 2, ran.stderr);
  assert.match(ran.stderr, /^✗ .*127\.0\.0\.1:1/);
});
