import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, constants, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { FleetWorld, succeeded } from "./fleet-world.ts";

/** The machine's kubectl; the `KUBECTL` variable names another one. */
function findKubectl(): string | undefined {
  const named = process.env["KUBECTL"];
  if (named !== undefined && named !== "") return named;
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories
    .map((directory) => join(directory, "kubectl"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const program = findKubectl();
const options = program === undefined ? { skip: "there is no kubectl on this machine" } : {};

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

test("kubectl against an embedded cluster with the controllers at work", options, async (t) => {
  const fleet = await FleetWorld.start(t);
  const env = { PATH: process.env["PATH"], HOME: fleet.directory, KUBECONFIG: fleet.kubeconfig };
  const kubectl = (line: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(
        program ?? "",
        line.split(" "),
        { env: { ...env, ...more }, timeout: 30_000 },
        (error, stdout, stderr) => {
          resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
        },
      );
    });
  const file = (name: string, text: string): string => {
    const path = join(fleet.directory, name);
    writeFileSync(path, text);
    return path;
  };
  const configMap = (value: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine, namespace: default}\ndata: {color: ${value}}\n`;
  const revision = fleet.commit({
    "app/ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n",
    "app/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: apps}\ndata: {color: red}\n",
  });
  await fleet.follow();
  await fleet.kustomize("app");

  await t.test("wait --for=condition=Ready, get ks -A", async () => {
    const waited = await kubectl("wait ks/app -n flux-system --for=condition=Ready --timeout=20s");
    assert.equal(waited.stdout, "kustomization.kustomize.toolkit.fluxcd.io/app condition met\n", waited.stderr);
    const rows = (await kubectl("get ks -A")).stdout.split("\n").map((row) => row.split(/ {2,}/));
    assert.deepEqual(rows[0], ["NAMESPACE", "NAME", "AGE", "READY", "STATUS"]);
    const [namespace, name, , ready, status] = rows[1] ?? [];
    assert.deepEqual([namespace, name, ready, status], ["flux-system", "app", "True", `Applied revision: ${revision}`]);
  });

  await t.test("apply --server-side, diff, edit, conflict", async () => {
    const path = file("mine.yaml", configMap("red"));
    const applied = await kubectl(`apply --server-side -f ${path}`);
    assert.equal(applied.stdout, "configmap/mine serverside-applied\n", applied.stderr);
    assert.equal((await kubectl(`diff --server-side -f ${path}`)).status, 0);
    const changed = file("changed.yaml", configMap("blue"));
    const diff = await kubectl(`diff --server-side -f ${changed}`);
    assert.equal(diff.status, 1, diff.stderr);
    assert.match(diff.stdout, /^- {2}color: red\n\+ {2}color: blue$/m);

    const editor = file("editor", `#!/bin/sh\nsed -i.before 's/color: red/color: green/' "$1"\n`);
    chmodSync(editor, 0o700);
    const edited = await kubectl("edit configmap mine", { EDITOR: editor });
    assert.equal(edited.stdout, "configmap/mine edited\n", edited.stderr);
    const conflict = await kubectl(`apply --server-side -f ${changed}`);
    assert.match(conflict.stderr, /Apply failed with 1 conflict: conflict with "kubectl-edit".*: \.data\.color/);
    assert.equal((await kubectl(`apply --server-side --force-conflicts -f ${changed}`)).status, 0);
    const { stdout } = await kubectl("get configmap mine -o jsonpath={.data.color}");
    assert.equal(stdout, "blue");
  });

  await t.test("get -w shows changes as they come", async () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "mine", namespace: "default" } };
    const args = ["get", "configmap", "mine", "-w", '-o=jsonpath={.data.color}{"\\n"}'];
    const watching = spawn(program ?? "", args, { env });
    t.after(() => void watching.kill("SIGKILL"));
    let output = "";
    watching.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (/\n.*\n/.test(output)) watching.kill();
    });
    const closed = once(watching, "close", { signal: AbortSignal.timeout(20_000) });
    const isOpen = (): boolean => watching.exitCode === null && watching.signalCode === null;
    // kubectl passes over what changes between its first look and its watch, so one change might go unseen.
    for (let shade = 0; isOpen() && shade < 200; shade += 1) {
      if (output !== "") await fleet.apply({ ...object, data: { color: `shade-${shade}` } });
      await Promise.race([closed, delay(50)]);
    }
    await closed;
    assert.match(output, /^blue\nshade-\d+\n/);
  });

  await t.test("explain, api-resources", async () => {
    const explained = await kubectl("explain ks.spec.interval");
    assert.match(explained.stdout, /KIND: +Kustomization\nVERSION: +v1\n\nFIELD: interval <string>/);
    assert.match((await kubectl("explain deployment.spec.replicas")).stdout, /FIELD: replicas <integer>/);
    const resources = (await kubectl("api-resources --no-headers")).stdout.split("\n").map((row) => row.split(/ +/));
    const kinds = new Map(resources.map((row) => [row.at(-1), row]));
    assert.deepEqual(kinds.get("Kustomization"), [
      "kustomizations",
      "ks",
      "kustomize.toolkit.fluxcd.io/v1",
      "true",
      "Kustomization",
    ]);
    for (const kind of ["GitRepository", "Deployment", "CustomResourceDefinition", "Lease"])
      assert.ok(kinds.has(kind), kind);
  });

  await t.test("delete ns takes everything with it, and the controllers bring it back", async () => {
    const deleted = await kubectl("delete ns apps --timeout=20s");
    assert.equal(deleted.status, 0, deleted.stderr);
    assert.match(deleted.stdout, /^namespace "apps" deleted/);
    assert.equal((await fleet.flux("reconcile kustomization app")).status, 0);
    await fleet.untilReady("app", succeeded, revision);
    assert.equal((await kubectl("get configmap a -n apps -o jsonpath={.data.color}")).stdout, "red");
  });

  await t.test("delete ks waits for its finalizer, which prunes", async () => {
    const deleted = await kubectl("delete ks app -n flux-system --timeout=20s");
    assert.equal(deleted.status, 0, deleted.stderr);
    const gone = await kubectl("get ns apps");
    assert.match(gone.stderr, /^Error from server \(NotFound\): namespaces "apps" not found/);
  });
});
