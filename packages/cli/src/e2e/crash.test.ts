import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { gitRepositoryGvk, requestedAtAnnotation, type GroupVersionKind } from "@sluice/api";
import { startApiProxy, type PassingWrite } from "./api-proxy.ts";
import { FleetWorld, inventoryOf, NAMESPACE, succeeded } from "./fleet-world.ts";
import { SluiceProcess } from "./sluice-process.ts";

const ROUNDS = 6;
const configMaps: GroupVersionKind = { group: "", version: "v1", kind: "ConfigMap" };
const ownedKinds: readonly GroupVersionKind[] = [
  { group: "", version: "v1", kind: "Namespace" },
  configMaps,
  { group: "", version: "v1", kind: "Service" },
  { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" },
  { group: "example.com", version: "v1", kind: "Widget" },
];

/** A pseudo-random sequence that its seed decides (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function seedOf(t: TestContext): number {
  const seed = Number(process.env["SLUICE_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`SLUICE_TEST_SEED=${seed}`);
  return seed;
}

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;

/** What the repository holds in a round: some objects change, one comes, the one of the round before leaves. */
function filesOf(round: number): Record<string, string | null> {
  const configMap = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: apps}\ndata: {round: "${round}"}\n`;
  return {
    "first/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n",
    "first/definition.yaml": definition,
    "first/configs.yaml": [0, 1, 2, 3].map((index) => configMap(`config-${index}`)).join("---\n"),
    "first/constant.yaml":
      "apiVersion: v1\nkind: Service\nmetadata: {name: constant, namespace: apps}\nspec: {ports: [{port: 80}]}\n",
    "first/widget.yaml": `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w${round}, namespace: apps}\nspec: {round: ${round}}\n`,
    [`first/only-${round}.yaml`]: configMap(`only-${round}`),
    [`first/only-${round - 1}.yaml`]: null,
    "second/config.yaml": configMap("second"),
    [`second/late-${round}.yaml`]: configMap(`late-${round}`),
    [`second/late-${round - 1}.yaml`]: null,
  };
}

function idsOf(round: number): Record<"first" | "second", string[]> {
  return {
    first: [
      "_apps__Namespace",
      "_widgets.example.com_apiextensions.k8s.io_CustomResourceDefinition",
      ...["config-0", "config-1", "config-2", "config-3", `only-${round}`].map((name) => `apps_${name}__ConfigMap`),
      "apps_constant__Service",
      `apps_w${round}_example.com_Widget`,
    ].toSorted(),
    second: [`apps_late-${round}__ConfigMap`, "apps_second__ConfigMap"],
  };
}

/** Everything in the cluster that says it belongs to a Kustomization, as inventories name it. */
async function ownedBy(fleet: FleetWorld, name: string): Promise<string[]> {
  const labelSelector = `kustomize.toolkit.fluxcd.io/name=${name}`;
  const lists = await Promise.all(ownedKinds.map((gvk) => fleet.client.list(gvk, { labelSelector })));
  return lists
    .flatMap(({ items }, index) => {
      const { group = "", kind = "" } = ownedKinds[index] ?? {};
      return items.map(({ metadata }) => `${metadata.namespace ?? ""}_${metadata.name}_${group}_${kind}`);
    })
    .toSorted();
}

test("killed at any request and started again, sluice run ends in the same state", async (t) => {
  const random = randomFrom(seedOf(t));
  const fleet = await FleetWorld.start(t, { controllers: false, server: { workloads: false } });
  const proxy = await startApiProxy(fleet.server);
  t.after(() => proxy.close());
  const kubeconfig = join(fleet.directory, "proxied");
  writeFileSync(kubeconfig, kubeconfigFor(proxy.url), { mode: 0o600 });
  let running: SluiceProcess | undefined;
  t.after(() => running?.kill());
  const start = (): SluiceProcess => {
    const storage = join(fleet.directory, "storage");
    return new SluiceProcess(["run", "--kubeconfig", kubeconfig, "--storage-path", storage, "--log-level=error"]);
  };

  let revision = fleet.commit(filesOf(0));
  let writes: PassingWrite[] = [];
  proxy.onWrite = (write) => writes.push(write) > 0;
  await fleet.follow({ interval: "10m" });
  await fleet.kustomize("first", { wait: true });
  await fleet.kustomize("second", { dependsOn: [{ name: "first" }] });
  running = start();
  const settle = async (round: number): Promise<void> => {
    for (const name of ["first", "second"] as const) {
      const object = await fleet.untilReady(name, succeeded, revision);
      const ids = idsOf(round)[name];
      assert.deepEqual(inventoryOf(object).toSorted(), ids, `inventory of ${name}`);
      assert.deepEqual(await ownedBy(fleet, name), ids, `objects of ${name}`);
    }
    const { items } = await fleet.client.list(configMaps, { labelSelector: "kustomize.toolkit.fluxcd.io/name" });
    const rounds = items.map((item) => (item["data"] as { round: string }).round);
    assert.deepEqual(new Set(rounds), new Set([String(round)]));
  };
  await settle(0);
  const constant = { group: "", version: "v1", kind: "Service" };
  const { uid } = (await fleet.client.get(constant, { namespace: "apps", name: "constant" })).metadata;
  // The first round took as many; later ones take a little less, and may end before their turn comes.
  const most = Math.floor(writes.length * 0.8);

  for (let round = 1; round <= ROUNDS; round += 1) {
    revision = fleet.commit(filesOf(round));
    const turn = random(most);
    writes = [];
    const dying = running;
    proxy.onWrite = (write) => {
      writes.push(write);
      if (writes.length > turn) dying.kill();
      return writes.length <= turn;
    };
    const annotations = { [requestedAtAnnotation]: `round ${round}` };
    const source = { namespace: NAMESPACE, name: "fleet-infra" };
    await fleet.client.patch(gitRepositoryGvk, source, { type: "merge", body: { metadata: { annotations } } });
    const survived = await Promise.race([dying.ended().then(() => false), settle(round).then(() => true)]);
    proxy.onWrite = () => true;
    const last = writes.at(-1);
    t.diagnostic(`round ${round}: ${survived ? "not killed" : `killed ${last?.stage ?? "?"} ${last?.line ?? "?"}`}`);
    if (survived) continue;
    running = start();
    await settle(round);
  }
  const after = await fleet.client.get(constant, { namespace: "apps", name: "constant" });
  assert.equal(after.metadata.uid, uid, "what did not change was never created again");
  running.kill();
  await running.ended();
  const artifacts = readdirSync(join(fleet.directory, "storage", "artifacts"), { recursive: true }).map(String);
  assert.deepEqual(
    artifacts.filter((name) => /tmp|partial|\.lock$/.test(name)),
    [],
  );
});

function kubeconfigFor(url: string): string {
  return `apiVersion: v1
kind: Config
current-context: proxied
clusters: [{name: proxied, cluster: {server: "${url}"}}]
users: [{name: nobody, user: {}}]
contexts: [{name: proxied, context: {cluster: proxied, user: nobody}}]
`;
}

test("the demo, killed with its clusters and started again on its data directory, goes on", async (t) => {
  const random = randomFrom(seedOf(t));
  const directory = mkdtempSync(join(tmpdir(), "sluice-e2e-"));
  const running: SluiceProcess[] = [];
  t.after(async () => {
    for (const each of running) each.kill();
    await Promise.all(running.map((each) => each.ended()));
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  const files = {
    ...filesOf(0),
    "clusters/one/kustomizations.yaml": ["first", "second"]
      .map(
        (name) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 10m, path: ./${name}, prune: true, wait: true, sourceRef: {kind: GitRepository, name: flux-system}${name === "second" ? ", dependsOn: [{name: first}]" : ""}}
`,
      )
      .join("---\n"),
  };
  for (const [path, text] of Object.entries(files)) {
    if (text === null) continue;
    mkdirSync(dirname(join(directory, "fleet", path)), { recursive: true });
    writeFileSync(join(directory, "fleet", path), text);
  }
  const args = [
    "demo",
    "--repo",
    join(directory, "fleet"),
    "--path",
    "clusters/one",
    "--data-dir",
    join(directory, "demo"),
  ];
  for (let round = 0; round < 2; round += 1) {
    const demo = new SluiceProcess(args);
    running.push(demo);
    const lines = 2 + random(10);
    demo.onOutput(() => {
      if (demo.output.split("\n").length > lines) demo.kill();
    });
    assert.equal(await demo.ended(), undefined, demo.output);
    t.diagnostic(`killed after ${demo.output.trimEnd().split("\n").at(-1)}`);
  }
  const last = new SluiceProcess([...args, "--once", "--output=json", "--timeout=20s"]);
  running.push(last);
  assert.equal(await last.ended(), 0, last.output);
});
