import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { runCommand } from "../test-world.ts";
import type { DemoReport } from "./report.ts";

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-demo-test-"));
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

test("the demo brings three clusters to what Git says, and reports it as JSON", async (t) => {
  const directory = await temporaryDirectory(t);
  const ran = await runCommand(["demo", "--once", "--output=json", "--timeout=60s", "--data-dir", directory]);
  assert.equal(ran.status, 0, ran.stderr);
  const report = JSON.parse(ran.stdout) as DemoReport;
  assert.equal(report.ready, true);
  assert.deepEqual(
    report.clusters.map((cluster) => cluster.name),
    ["production/eu-west-1", "production/europe-west1", "staging/eu-central-1"],
  );
  for (const cluster of report.clusters) {
    const order = cluster.objects.filter((object) => object.kind === "Kustomization");
    assert.equal(order.length, 5);
    // Each stage is Ready after the one it depends on.
    const times = order.slice(1).map((object) => object.readyAfter ?? 0);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
      cluster.name,
    );
  }
});

test("a fleet that cannot converge ends with 1 and the reasons", async (t) => {
  const directory = await temporaryDirectory(t);
  const fleet = join(directory, "fleet");
  await mkdir(join(fleet, "cluster"), { recursive: true });
  const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: default\n";
  await writeFile(join(fleet, "cluster", "settings.yaml"), `${configMap}data:\n  a: [not, a, string]\n`);
  const ran = await runCommand(["demo", "--once", "--repo", fleet, "--path", "cluster", "--timeout=1500ms"]);
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /✗ cluster: Kustomization\/flux-system\/flux-system: .*ConfigMap/);
  assert.match(ran.stderr, /✗ the fleet is not ready: /);
});

test("the demo runs a plain directory with one cluster and cleans up after itself", async (t) => {
  const directory = await temporaryDirectory(t);
  const fleet = join(directory, "my fleet");
  await mkdir(join(fleet, "clusters", "home"), { recursive: true });
  const manifest =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: default\ndata:\n  a: b\n";
  await writeFile(join(fleet, "clusters", "home", "settings.yaml"), manifest);
  const before = await demoDirectories();
  const ran = await runCommand(["demo", "--once", "--repo", fleet, "--path", "./clusters/home/", "--timeout=30s"]);
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /home {2}Kustomization\/flux-system ready: 1 object at main@sha1:/);
  assert.match(ran.stderr, /✔ all 1 Kustomization of 1 cluster ready after /);
  assert.deepEqual(await demoDirectories(), before);
});

test("what cannot be a fleet is refused in one line", async (t) => {
  const directory = await temporaryDirectory(t);
  execFileSync("git", ["init", "--quiet", "--bare", join(directory, "empty.git")]);
  const cases: [string[], RegExp][] = [
    [["--repo", join(directory, "nowhere")], /nowhere: no such directory, and no URL\n$/],
    [["--repo", directory, "--path", "x"], /✗ .*\n$/],
    [["--repo", join(directory, "empty.git")], /✗ .*\n$/],
    [["--path", "clusters/x"], /✗ --path and --branch need --repo\n$/],
    [["--output", "yaml"], /✗ --output must be json, not yaml\n$/],
  ];
  for (const [args, want] of cases) {
    const ran = await runCommand(["demo", "--once", ...args]);
    assert.equal(ran.status, 1, args.join(" "));
    assert.match(ran.stderr, want);
    assert.equal(ran.stderr.trimEnd().split("\n").length, 1, ran.stderr);
  }
});

async function demoDirectories(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => /^sluice-demo-[^-]+$/.test(name)).sort();
}
