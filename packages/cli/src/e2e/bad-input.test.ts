import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { gitRepositoryGvk, kustomizationGvk, type GitRepository, type KustomizationSpec } from "@sluice/api";
import { serveGitRepositories } from "@sluice/source";
import { FakeClock, GitFixture, type FixtureEntry } from "@sluice/testing";
import { FleetWorld, inventoryOf, NAMESPACE, readyOf, succeeded } from "./fleet-world.ts";

const minutes = (count: number): number => count * 60_000;

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const configMap = (name: string, inNamespace = "apps"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${inNamespace}}\n`;

/** A Kustomization that cannot become Ready. */
interface BadKustomization {
  readonly name: string;
  readonly files: Readonly<Record<string, FixtureEntry>>;
  readonly spec?: Partial<KustomizationSpec>;
  /** `BuildFailed` where absent. */
  readonly reason?: string;
  readonly message: RegExp;
  /** What was applied before it failed. */
  readonly inventory?: readonly string[];
}

const bombLevels = Array.from({ length: 30 }, (_, level) => {
  const items = level === 0 ? "x" : Array.from({ length: 10 }, () => `*l${level - 1}`).join(", ");
  return `l${level}: &l${level} [${items}]\n`;
});

const badKustomizations: readonly BadKustomization[] = [
  {
    name: "missing-path",
    files: {},
    reason: "ArtifactFailed",
    message: /^kustomization path not found: stat .*\/missing-path: no such file or directory$/,
  },
  {
    name: "path-out-of-the-artifact",
    files: {},
    spec: { path: "../../../etc" },
    reason: "ArtifactFailed",
    message: /path not found: .*etc/,
  },
  {
    name: "path-is-a-file",
    files: {},
    spec: { path: "./healthy/a.yaml" },
    reason: "ArtifactFailed",
    message: /a\.yaml/,
  },
  {
    name: "malformed-manifest",
    files: { "good.yaml": configMap("half"), "broken.yaml": "apiVersion: v1\nkind: [ConfigMap\n" },
    message: /^kustomize build failed: .*broken\.yaml/s,
  },
  { name: "tabs", files: { "tabs.yaml": "apiVersion: v1\n\tkind: ConfigMap\n" }, message: /tabs\.yaml/ },
  { name: "no-manifest", files: { "values.yaml": "replicas: 3\n" }, message: /values\.yaml/ },
  {
    name: "nameless",
    files: { "nameless.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: apps}\n" },
    message: /nameless\.yaml.*name/s,
  },
  {
    name: "binary",
    files: { "binary.yaml": Uint8Array.from({ length: 512 }, (_, index) => index % 256) },
    message: /binary\.yaml/,
  },
  {
    name: "duplicate",
    files: { "a.yaml": configMap("twice"), "b.yaml": configMap("twice") },
    message: /b\.yaml.*may not add resource with an already registered id: .*twice/s,
  },
  {
    name: "key-twice",
    files: { "a.yaml": `${configMap("twice")}data: {color: red, color: blue}\n` },
    message: /^kustomize build failed: ConfigMap\/apps\/twice: .*mapping key "color" already defined/s,
  },
  {
    name: "no-namespace",
    files: { "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n" },
    reason: "ReconciliationFailed",
    message: /^ConfigMap\/a namespace not specified: the server could not find the requested resource$/,
  },
  {
    name: "large-object",
    files: { "a.yaml": `${configMap("large")}data: {text: ${"x".repeat(1_100_000)}}\n` },
    reason: "ReconciliationFailed",
    message:
      /^ConfigMap\/apps\/large dry-run failed \(Invalid\): .*: \[\]: Too long: may not be more than 1048576 bytes$/,
  },
  {
    name: "missing-file",
    files: { "kustomization.yaml": "resources: [not-there.yaml]\n" },
    message: /not-there\.yaml/,
  },
  {
    name: "misspelt-field",
    files: { "kustomization.yaml": "resources: []\nimagez: []\n" },
    message: /imagez/,
  },
  {
    name: "out-of-the-root",
    files: { "kustomization.yaml": "resources: [../../../../../../etc/passwd]\n" },
    message: /open \/etc\/passwd: no such file or directory/,
  },
  {
    name: "absolute",
    files: { "kustomization.yaml": "resources: [/etc/passwd]\n" },
    message: /open \/etc\/passwd: no such file or directory/,
  },
  {
    name: "symlink-out",
    files: {
      "kustomization.yaml": "configMapGenerator: [{name: stolen, namespace: apps, files: [hosts]}]\n",
      hosts: { mode: "symlink", target: "/etc/hosts" },
    },
    message: /hosts/,
  },
  {
    name: "symlinked-directory",
    files: { "kustomization.yaml": "resources: [up/etc]\n", up: { mode: "symlink", target: "../../../../.." } },
    message: /up\/etc/,
  },
  {
    name: "symlinked-manifest",
    files: {
      "a.yaml": { mode: "symlink", target: "../healthy/a.yaml" },
      "kustomization.yaml": "resources: [a.yaml]\n",
    },
    message: /a\.yaml/,
  },
  { name: "recursion", files: { "kustomization.yaml": "resources: [../recursion]\n" }, message: /cycle.*recursion/s },
  {
    name: "long-recursion",
    files: {
      "kustomization.yaml": "resources: [b]\n",
      "b/kustomization.yaml": "resources: [../c]\n",
      "c/kustomization.yaml": "resources: [../../long-recursion]\n",
    },
    message: /cycle.*long-recursion/s,
  },
  {
    name: "alias-bomb",
    files: { "bomb.yaml": `${configMap("bomb")}data:\n${bombLevels.map((line) => `  ${line}`).join("")}` },
    message: /bomb\.yaml.*alias/s,
  },
  {
    name: "deep-nesting",
    files: { "deep.yaml": `${configMap("deep")}data: ${"[".repeat(50_000)}\n` },
    message: /deep\.yaml/,
  },
  {
    name: "remote-base",
    files: { "kustomization.yaml": "resources: ['https://127.0.0.1:1/org/repo?ref=main']\n" },
    message: /127\.0\.0\.1:1\/org\/repo/,
  },
  {
    name: "bad-patch",
    files: {
      "kustomization.yaml":
        "resources: [a.yaml]\npatches: [{patch: '[{op: replace, path: /spec/nope, value: 1}]', target: {kind: ConfigMap}}]\n",
      "a.yaml": configMap("a"),
    },
    message: /nope/,
  },
  {
    name: "unknown-kind",
    files: {
      "a-namespace.yaml": namespace("half"),
      "b-config.yaml": configMap("half", "half"),
      "widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, namespace: apps}\n",
    },
    reason: "ReconciliationFailed",
    message: /^Widget\/apps\/w dry-run failed: no matches for kind "Widget" in version "example\.com\/v1"/,
  },
  {
    name: "missing-namespace",
    files: { "a.yaml": configMap("a", "nowhere") },
    reason: "ReconciliationFailed",
    message: /^ConfigMap\/nowhere\/a not found: namespaces "nowhere" not found/,
  },
  {
    name: "half-applied",
    files: { "a.yaml": namespace("half"), "b.yaml": configMap("b", "half"), "c.yaml": configMap("c", "nowhere") },
    reason: "ReconciliationFailed",
    message: /^ConfigMap\/nowhere\/c not found: namespaces "nowhere" not found\nNamespace\/half created$/,
    inventory: ["_half__Namespace"],
  },
  {
    name: "invalid-field",
    files: {
      "d.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: apps}
spec:
  replicas: many
  selector: {matchLabels: {app: d}}
  template: {metadata: {labels: {app: d}}, spec: {containers: [{name: d, image: "d:1"}]}}
`,
    },
    reason: "ReconciliationFailed",
    message:
      /^Deployment\/apps\/d dry-run failed: failed to create typed patch object .*\.spec\.replicas: expected numeric/,
  },
  {
    name: "rejected",
    files: {
      "d.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: apps}
spec:
  selector: {matchLabels: {app: d}}
  template: {metadata: {labels: {app: other}}, spec: {containers: [{name: d, image: "d:1"}]}}
`,
    },
    reason: "ReconciliationFailed",
    message: /^Deployment\/apps\/d dry-run failed \(Invalid\): .*`selector` does not match template `labels`/s,
  },
  {
    name: "secret-value",
    files: {
      "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: apps}\ndata: {token: hunter2!}\n",
    },
    reason: "ReconciliationFailed",
    message: /^Secret\/apps\/s dry-run failed(?!.*hunter2).*illegal base64 data/s,
  },
  {
    name: "encrypted",
    files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: apps}\nsops: {mac: x}\n" },
    reason: "ReconciliationFailed",
    message: /^Secret\/apps\/s is SOPS encrypted/,
  },
  {
    name: "forbidden",
    files: { "a.yaml": configMap("forbidden") },
    spec: { serviceAccountName: "nobody" },
    reason: "ReconciliationFailed",
    message: /^ConfigMap\/apps\/forbidden .*system:serviceaccount:flux-system:nobody.*cannot/s,
  },
];

test("bad manifests: the reason, the file and the cause; nothing half applied; nobody else suffers", async (t) => {
  const clock = new FakeClock(new Date());
  const fleet = await FleetWorld.start(t, { clock, server: { workloads: false } });
  const files: Record<string, FixtureEntry> = {
    "healthy/ns.yaml": namespace("apps"),
    "healthy/a.yaml": configMap("healthy"),
  };
  for (const bad of badKustomizations) {
    for (const [path, entry] of Object.entries(bad.files)) files[`${bad.name}/${path}`] = entry;
  }
  const revision = fleet.commit(files);
  await fleet.follow();
  await fleet.kustomize("healthy");
  await fleet.untilReady("healthy", succeeded, revision);
  for (const { name, spec } of badKustomizations) await fleet.kustomize(name, { retryInterval: "2m", ...spec });
  for (const { name, reason = "BuildFailed", message, inventory = [] } of badKustomizations) {
    await t.test(name, async () => {
      const object = await fleet.untilReady(name, `False ${reason}`);
      const text = readyOf(object)?.message ?? "";
      assert.match(text, message);
      assert.doesNotMatch(text, /sluice-e2e|node_modules|\.ts:\d/, "no path of this machine, no stack");
      assert.ok(text.length < 2000, `a message of ${text.length} characters`);
      assert.deepEqual(inventoryOf(object), inventory);
      const labelSelector = `kustomize.toolkit.fluxcd.io/name=${name}`;
      for (const kind of ["Namespace", "ConfigMap", "Secret", "Service"]) {
        const { items } = await fleet.client.list({ group: "", version: "v1", kind }, { labelSelector });
        const ids = items.map(({ metadata }) => `${metadata.namespace ?? ""}_${metadata.name}__${kind}`);
        for (const id of ids) assert.ok(inventory.includes(id), `${id} is applied, and not in the inventory`);
      }
      assert.ok((await fleet.events(name)).some((event) => event.startsWith(`Warning ${reason} `)));
    });
  }
  await t.test("each is tried again after its retry interval", async () => {
    const before = new Map(
      await Promise.all(badKustomizations.map(async ({ name }) => [name, await versionOf(fleet, name)] as const)),
    );
    await fleet.pass(minutes(2));
    for (const [name, version] of before) {
      await fleet.until(kustomizationGvk, { namespace: NAMESPACE, name }, "tried again", (object) => {
        return object?.metadata.resourceVersion !== version;
      });
    }
  });
  await t.test("mended, each is applied", async () => {
    const mended: Record<string, FixtureEntry | null> = {};
    for (const { name, files: its } of badKustomizations) {
      for (const path of Object.keys(its)) mended[`${name}/${path}`] = null;
      mended[`${name}/mended.yaml`] = configMap(name);
    }
    const next = fleet.commit({ ...mended, "healthy/b.yaml": configMap("also-healthy") });
    for (const { name, spec } of badKustomizations) {
      if (spec !== undefined) await fleet.kustomize(name, { path: `./${name}` });
    }
    await fleet.flux("reconcile source git fleet-infra");
    await fleet.untilReady("healthy", succeeded, next);
    for (const { name } of badKustomizations) await fleet.untilReady(name, succeeded, next);
  });
});

async function versionOf(fleet: FleetWorld, name: string): Promise<string | undefined> {
  return (await fleet.kustomization(name)).metadata.resourceVersion;
}

/** A GitRepository that cannot be fetched. */
interface BadSource {
  readonly name: string;
  readonly spec: (fleet: FleetWorld, servers: Servers) => Partial<GitRepository["spec"]>;
  readonly state: string;
  readonly message: RegExp;
}

interface Servers {
  /** Wants a bearer token. */
  readonly bearerUrl: string;
  /** `large.git`, `empty.git`, … on the fleet's own server. */
  readonly siblingUrl: (name: string) => string;
}

const badSources: readonly BadSource[] = [
  {
    name: "missing-branch",
    spec: () => ({ ref: { branch: "release" } }),
    state: "False GitOperationFailed",
    message: /couldn't find remote ref "refs\/heads\/release"/,
  },
  {
    name: "missing-tag",
    spec: () => ({ ref: { tag: "v9" } }),
    state: "False GitOperationFailed",
    message: /couldn't find remote ref "refs\/tags\/v9"/,
  },
  {
    name: "missing-commit",
    spec: () => ({ ref: { commit: "0123456789012345678901234567890123456789" } }),
    state: "False GitOperationFailed",
    message: /0123456789012345678901234567890123456789/,
  },
  {
    name: "no-version",
    spec: () => ({ ref: { semver: ">=1.0.0" } }),
    state: "False GitOperationFailed",
    message: /no match found for semver: >=1\.0\.0/,
  },
  {
    name: "wrong-password",
    spec: () => ({ secretRef: { name: "wrong" } }),
    state: "False AuthenticationFailed",
    message: /fleet-infra\.git: Authentication failed for /,
  },
  {
    name: "no-password",
    spec: () => ({ secretRef: undefined }) as unknown as Partial<GitRepository["spec"]>,
    state: "False AuthenticationFailed",
    message: /fleet-infra\.git: authentication required$/,
  },
  {
    name: "expired-token",
    spec: (_fleet, { bearerUrl }) => ({ url: bearerUrl, secretRef: { name: "expired" } }),
    state: "False AuthenticationFailed",
    message: /fleet-infra\.git: authentication required$/,
  },
  {
    name: "missing-secret",
    spec: () => ({ secretRef: { name: "nobody" } }),
    state: "False AuthenticationFailed",
    message: /secrets "nobody" not found/,
  },
  {
    name: "nobody-listens",
    spec: () => ({ url: "http://127.0.0.1:1/fleet.git" }),
    state: "False GitOperationFailed",
    message: /127\.0\.0\.1.*(refused|connect)/is,
  },
  {
    name: "missing-repository",
    spec: (_fleet, { siblingUrl }) => ({ url: siblingUrl("nowhere") }),
    state: "False GitOperationFailed",
    message: /repository .*nowhere\.git.* not found$/,
  },
  {
    name: "empty-repository",
    spec: (_fleet, { siblingUrl }) => ({ url: siblingUrl("empty") }),
    state: "False EmptyGitRepository",
    message: /empty/,
  },
  {
    name: "large-file",
    spec: (_fleet, { siblingUrl }) => ({ url: siblingUrl("large") }),
    state: "False GitOperationFailed",
    message: /backup\/dump\.sql.*(100|104857600|64|67108864)/s,
  },
];

test("bad sources: the reason and the cause, and the artifact of the others stays", async (t) => {
  const clock = new FakeClock(new Date());
  const requests: string[] = [];
  const fleet = await FleetWorld.start(t, {
    clock,
    server: { workloads: false },
    git: { onRequest: ({ path }) => void requests.push(path) },
  });
  const servers = await startServers(t, fleet);
  const revision = fleet.commit({ "healthy/ns.yaml": namespace("apps") });
  await fleet.createLogin("wrong", { username: "git", password: "guessed" });
  await fleet.createLogin("expired", { bearerToken: "expired" });
  await fleet.follow();
  await fleet.kustomize("healthy");
  await fleet.untilReady("healthy", succeeded, revision);
  for (const { name, spec } of badSources) {
    await fleet.follow({ interval: "10m", ...spec(fleet, servers) }, name);
    await fleet.kustomize(name, { path: "./healthy", sourceRef: { kind: "GitRepository", name } });
  }
  for (const { name, state, message } of badSources) {
    await t.test(name, async () => {
      const source = await fleet.untilFetched(state, undefined, name);
      const text = readyOf(source)?.message ?? "";
      assert.match(text, message);
      assert.doesNotMatch(
        text,
        /sluice-e2e|guessed|a password of the test|expired/,
        "no secret, no path of this machine",
      );
      assert.equal(source.status?.artifact, undefined);
      const user = await fleet.untilReady(name, "False ArtifactFailed");
      assert.match(readyOf(user)?.message ?? "", /^Source artifact not found, retrying in 30s$/);
      assert.deepEqual(inventoryOf(user), []);
    });
  }
  await t.test("each is tried again, and is fetched once it can be", async () => {
    assert.equal(readyOf(await fleet.kustomization("healthy"))?.status, "True");
    for (const { name } of badSources) await fleet.follow({ interval: "10m" }, name);
    for (const { name } of badSources) {
      await fleet.untilFetched("True Succeeded", revision, name);
      await fleet.untilReady(name, succeeded, revision);
    }
  });
  await t.test("a failure is tried again without anybody asking", async () => {
    await fleet.follow({ ref: { branch: "later" } }, "late");
    await fleet.untilFetched("False GitOperationFailed", undefined, "late");
    fleet.repository.git("branch", "later", "main");
    await fleet.pass(minutes(1));
    await fleet.until(gitRepositoryGvk, { namespace: NAMESPACE, name: "late" }, "fetched", (object) => {
      return object !== undefined && readyOf(object)?.status === "True";
    });
  });
});

async function startServers(t: TestContext, fleet: FleetWorld): Promise<Servers> {
  const directory = `${fleet.directory}/git`;
  const bearer = await serveGitRepositories(directory, { auth: { bearerToken: "fresh" } });
  t.after(() => bearer.close());
  new GitFixture(directory, "empty");
  new GitFixture(directory, "large").commit({
    "backup/dump.sql": new Uint8Array(100 * 1024 * 1024),
    "app/ns.yaml": namespace("large"),
  });
  return {
    bearerUrl: `${bearer.url}/fleet-infra.git`,
    siblingUrl: (name) => `${fleet.git.url}/${name}.git`,
  };
}
