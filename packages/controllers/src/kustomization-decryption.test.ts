import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { findCondition, type Kustomization, type KustomizationSpec } from "@sluice/api";
import { createAgeKeyService, encryptDocument, type Format, generateAgeIdentity, type Selection } from "@sluice/sops";
import { Fleet, configMaps, namespaceYaml } from "./test-cluster/fleet.ts";

const secrets = { group: "", version: "v1", kind: "Secret" };
const succeeded = "True ReconciliationSucceeded";
const canary = "canary-5d1e";
const encryption = { decryption: { provider: "sops" as const, secretRef: { name: "sops-age" } } };
const onlyData: Selection = { field: "encrypted_regex", pattern: "^(data|stringData)$" };
const { identity, recipient } = await generateAgeIdentity();

async function encrypt(plain: string, format: Format = "yaml", selection?: Selection): Promise<string> {
  const bytes = await encryptDocument(plain, format, {
    services: [createAgeKeyService()],
    keyGroups: [[{ type: "age", recipient, enc: "" }]],
    selection,
    now: new Date("2026-01-01T00:00:00Z"),
  });
  return Buffer.from(bytes).toString();
}

function secretYaml(name: string, value = canary): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: apps}\nstringData: {password: ${value}}\n`;
}

/** A fleet whose namespace `flux-system` has the key, unless it is to be given later. */
async function startFleet(t: Parameters<typeof Fleet.start>[0], hasKey = true): Promise<Fleet> {
  const fleet = await Fleet.start(t);
  if (hasKey) await giveKey(fleet);
  return fleet;
}

async function giveKey(fleet: Fleet, entry = "age.agekey"): Promise<void> {
  const metadata = {
    name: "sops-age",
    namespace: "flux-system",
    labels: { "reconcile.fluxcd.io/watch": "Enabled" },
  };
  const data = { [entry]: Buffer.from(`# key\n${identity}\n`).toString("base64") };
  await fleet.client.apply({ apiVersion: "v1", kind: "Secret", metadata, data }, { fieldManager: "test", force: true });
}

/** A Secret's data, decoded. */
async function dataOf(fleet: Fleet, name: string): Promise<Record<string, string>> {
  const secret = await fleet.client.get(secrets, { namespace: "apps", name });
  const data = (secret["data"] ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

function ready(object: Kustomization): string {
  return findCondition(object.status?.conditions, "Ready")?.message ?? "";
}

test("the published example of decryption is applied", async (t) => {
  const fleet = await startFleet(t);
  await fleet.publish("main@sha1:a", {
    "clusters/production/eu-west-1/secrets/ns.yaml": namespaceYaml,
    "clusters/production/eu-west-1/secrets/db.yaml": await encrypt(secretYaml("payment-db"), "yaml", onlyData),
  });
  const spec: Partial<KustomizationSpec> = { ...encryption, path: "./clusters/production/eu-west-1/secrets" };
  await fleet.kustomize("payment-secrets", spec);
  const object = await fleet.untilReady("payment-secrets", succeeded);
  assert.deepEqual(await dataOf(fleet, "payment-db"), { password: canary });
  const applied = await fleet.client.get(secrets, { namespace: "apps", name: "payment-db" });
  assert.equal(applied["sops"], undefined);
  assert.ok(!JSON.stringify(object).includes(canary));
  assert.ok(!(await fleet.events("payment-secrets")).join("\n").includes(canary));
});

test("whatever a kustomization takes in may be encrypted", async (t) => {
  const fleet = await startFleet(t);
  const nested = await encrypt('{"auths": {"registry": {"password": "nested"}}}', "json");
  const plainSecret = (name: string, data: Record<string, string>): string =>
    JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "apps" }, data });
  const encoded = { ".dockerconfigjson": Buffer.from(nested).toString("base64") };
  await fleet.publish("main@sha1:a", {
    "app/kustomization.yaml": `resources: [ns.yaml, ../base, mixed.yaml, nested.json, stream.yaml]
components: [../component]
generatorOptions: {disableNameSuffixHash: true}
secretGenerator:
  - name: generated
    namespace: apps
    envs: [values.env]
    files: [config.yaml, blob=blob.enc, ini=settings.ini]
patches: [{path: patch.yaml}]
`,
    "app/ns.yaml": namespaceYaml,
    "base/kustomization.yaml": "resources: [secret.yaml]\n",
    "base/secret.yaml": await encrypt(secretYaml("base"), "yaml", onlyData),
    "component/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [secret.yaml]\n",
    "component/secret.yaml": await encrypt(secretYaml("component")),
    "app/mixed.yaml": `${namespaceYaml.replace("name: apps", "name: other")}---\n${await encrypt(secretYaml("mixed"), "yaml", onlyData)}`,
    "app/stream.yaml": await encrypt(
      `${secretYaml("one", "first")}---\n${secretYaml("two", "second")}`,
      "yaml",
      onlyData,
    ),
    "app/nested.json": plainSecret("nested", encoded),
    "app/values.env": await encrypt("USER=admin\nLINES=a\\nb\n", "dotenv"),
    "app/config.yaml": await encrypt("key: value\n"),
    "app/blob.enc": await encrypt("blob\n", "binary"),
    "app/settings.ini": await encrypt("[a]\nb = c\n", "ini"),
    "app/patch.yaml": await encrypt(secretYaml("base", "patched"), "yaml", onlyData),
  });
  await fleet.kustomize("app", encryption);
  await fleet.untilReady("app", succeeded);
  assert.deepEqual(await dataOf(fleet, "base"), { password: "patched" });
  assert.deepEqual(await dataOf(fleet, "component"), { password: canary });
  assert.deepEqual(await dataOf(fleet, "mixed"), { password: canary });
  assert.deepEqual(
    [await dataOf(fleet, "one"), await dataOf(fleet, "two")],
    [{ password: "first" }, { password: "second" }],
  );
  assert.deepEqual(JSON.parse((await dataOf(fleet, "nested"))[".dockerconfigjson"] ?? ""), {
    auths: { registry: { password: "nested" } },
  });
  assert.deepEqual(await dataOf(fleet, "generated"), {
    USER: "admin",
    // A dotenv file has no other way to say it, and kustomize reads it as it stands.
    LINES: "a\\nb",
    "config.yaml": "key: value\n",
    blob: "blob\n",
    ini: "[a]\nb = c\n",
  });
});

test("what cannot be decrypted is named, shown to nobody, and waits for its key", async (t) => {
  const fleet = await startFleet(t, false);
  const good = await encrypt(secretYaml("s"), "yaml", onlyData);
  await fleet.publish("main@sha1:a", { "app/ns.yaml": namespaceYaml, "app/s.yaml": good });
  await fleet.kustomize("app", encryption);
  const missing = await fleet.untilReady("app", "False BuildFailed");
  assert.match(ready(missing), /^decryption secret 'flux-system\/sops-age' cannot be used: /);
  await giveKey(fleet, "other");
  await fleet.until("app", "no key", (each) =>
    /^\/app\/s\.yaml: decryption failed: no key can decrypt the data key: age1\w+: no age identity was given$/.test(
      ready(each),
    ),
  );
  // A labelled Secret wakes whoever waits for it.
  await giveKey(fleet);
  await fleet.untilReady("app", succeeded);
  assert.deepEqual(await dataOf(fleet, "s"), { password: canary });

  const changed = good.replace("name: s", "name: t");
  await fleet.publish("main@sha1:b", { "app/ns.yaml": namespaceYaml, "app/s.yaml": changed });
  const object = await fleet.until("app", "MAC mismatch", (each) => ready(each).includes("MAC mismatch"));
  assert.match(ready(object), /^\/app\/s\.yaml: decryption failed: MAC mismatch: /);
  assert.deepEqual(await dataOf(fleet, "s"), { password: canary }, "what was applied stays");
});

test("complaints about decrypted text do not quote it", async (t) => {
  const fleet = await startFleet(t);
  await fleet.publish("main@sha1:a", {
    "app/kustomization.yaml": `resources: [s.yaml]\npatches: [{path: p.yaml}]\n`,
    "app/s.yaml": await encrypt(secretYaml("s"), "yaml", onlyData),
    "app/p.yaml": await encrypt(
      `apiVersion: v1\nkind: Secret\nmetadata: {name: other}\nstringData: {password: ${canary}}\n`,
    ),
  });
  await fleet.kustomize("app", encryption);
  const object = await fleet.untilReady("app", "False BuildFailed");
  assert.match(ready(object), /^kustomize build failed: /);
  assert.ok(!ready(object).includes(canary), ready(object));
  assert.ok(!(await fleet.events("app")).join("\n").includes(canary));
});

test("what the API server complains about is not quoted either", async (t) => {
  const fleet = await startFleet(t);
  const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: apps}\ndata: {a: {b: ${canary}}}\n`;
  const secret = secretYaml("s", `"${canary} is not base64"`).replace("stringData", "data");
  const service = `apiVersion: v1\nkind: Service\nmetadata: {name: v, namespace: apps}\nspec: {type: ${canary}, ports: [{port: 80}]}\n`;
  const regex: Selection = { field: "encrypted_regex", pattern: "^(data|spec)$" };
  for (const [index, manifest] of [config, secret, service].entries()) {
    await fleet.publish(`main@sha1:${index}`, {
      "app/ns.yaml": namespaceYaml,
      "app/o.yaml": await encrypt(manifest, "yaml", regex),
    });
    await fleet.kustomize("app", encryption);
    const object = await fleet.until("app", "failed", ({ status }) => {
      const condition = findCondition(status?.conditions, "Ready");
      return condition?.status === "False" && status?.lastAttemptedRevision === `main@sha1:${index}`;
    });
    assert.ok(!JSON.stringify(object).includes(canary), ready(object));
  }
  assert.ok(!(await fleet.events("app")).join("\n").includes(canary));
});

test("an operator may give a key to those who name none", async (t) => {
  const fleet = await Fleet.start(t, { policy: { sopsAgeSecret: { namespace: "flux-system", name: "sops-age" } } });
  await giveKey(fleet);
  await fleet.publish("main@sha1:a", {
    "app/ns.yaml": namespaceYaml,
    "app/s.yaml": await encrypt(secretYaml("s"), "yaml", onlyData),
  });
  await fleet.kustomize("app", { decryption: { provider: "sops" } });
  await fleet.untilReady("app", succeeded);
  assert.deepEqual(await dataOf(fleet, "s"), { password: canary });
});

test("without decryption an encrypted Secret is refused, and one that opts out is too", async (t) => {
  const fleet = await startFleet(t);
  const optedOut = secretYaml("s").replace(
    "namespace: apps}",
    'namespace: apps, annotations: {kustomize.toolkit.fluxcd.io/decrypt: "disabled"}}',
  );
  await fleet.publish("main@sha1:a", {
    "app/ns.yaml": namespaceYaml,
    "app/s.yaml": await encrypt(secretYaml("s"), "yaml", onlyData),
    "out/s.yaml": await encrypt(optedOut, "yaml", onlyData),
    "config/ns.yaml": namespaceYaml,
    "config/c.yaml": await encrypt(
      secretYaml("c").replace("Secret", "ConfigMap").replace("stringData", "data"),
      "yaml",
      onlyData,
    ),
  });
  await fleet.kustomize("app");
  await fleet.kustomize("out", encryption);
  await fleet.kustomize("config", encryption);
  for (const name of ["app", "out"]) {
    assert.match(
      ready(await fleet.untilReady(name, "False ReconciliationFailed")),
      /^Secret\/apps\/s is SOPS encrypted/,
    );
  }
  await fleet.untilReady("config", succeeded);
  const config = await fleet.client.get(configMaps, { namespace: "apps", name: "c" });
  assert.deepEqual(config["data"], { password: canary });
});

test("documents recorded from the real sops are decrypted", async (t) => {
  const fleet = await startFleet(t);
  const fixtures = path.join(import.meta.dirname, "../../sops/testdata");
  const key = readFileSync(path.join(fixtures, "keys/age.test-key"));
  const metadata = { name: "real", namespace: "flux-system" };
  const data = { "identity.agekey": key.toString("base64") };
  await fleet.client.apply({ apiVersion: "v1", kind: "Secret", metadata, data }, { fieldManager: "test" });
  const recorded = readFileSync(path.join(fixtures, "real/yaml-encrypted-regex.txtar"), "utf8");
  const encrypted = /-- encrypted\.yaml --\n([\s\S]*?)-- /.exec(recorded)?.[1] ?? "";
  await fleet.publish("main@sha1:a", {
    "app/ns.yaml": namespaceYaml.replace("apps", "shop"),
    "app/s.yaml": encrypted,
  });
  await fleet.kustomize("app", { decryption: { provider: "sops", secretRef: { name: "real" } } });
  await fleet.untilReady("app", succeeded);
  const secret = await fleet.client.get(secrets, { namespace: "shop", name: "database" });
  assert.equal(
    Buffer.from((secret["data"] as Record<string, string>)["password"] ?? "", "base64").toString(),
    "correct horse",
  );
});
