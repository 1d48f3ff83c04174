import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryDirectory } from "@sluice/testing";
import { runCommand } from "../../test-world.ts";

const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";

function project(context: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(context);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

test("kustomize build prints what the directory makes", async (context) => {
  const cwd = project(context, {
    "app/kustomization.yaml": "namePrefix: a-\nresources: [s.yaml]\n",
    "app/s.yaml": settings,
  });
  const ran = await runCommand(["kustomize", "build", "app"], { cwd });
  assert.deepEqual(ran, { status: 0, stdout: settings.replace("settings", "a-settings"), stderr: "" });
});

test("kustomize build takes the current directory, follows links and warns", async (context) => {
  const cwd = project(context, {
    "kustomization.yaml": "bases: [linked]\n",
    "base/kustomization.yaml": "resources: [s.yaml]\n",
    "base/s.yaml": settings,
  });
  symlinkSync("base", path.join(cwd, "linked"));
  const ran = await runCommand(["kustomize", "build"], { cwd });
  assert.equal(ran.stdout, settings);
  assert.match(ran.stderr, /^# Warning: 'bases' is deprecated\./);
});

test("kustomize build -o writes a file, or a file per object", async (context) => {
  const cwd = project(context, { "kustomization.yaml": "resources: [s.yaml]\n", "s.yaml": settings, "out/.keep": "" });
  await runCommand(["kustomize", "build", ".", "-o", "all.yaml"], { cwd });
  assert.equal(readFileSync(path.join(cwd, "all.yaml"), "utf8"), settings);
  await runCommand(["kustomize", "build", "-o", "out"], { cwd });
  assert.deepEqual(readdirSync(path.join(cwd, "out")), [".keep", "v1_configmap_settings.yaml"]);
});

const failures: readonly { readonly name: string; readonly args: readonly string[]; readonly stderr: RegExp }[] = [
  { name: "no kustomization", args: [], stderr: /^Error: unable to find one of 'kustomization.yaml', / },
  { name: "two directories", args: ["a", "b"], stderr: /^Error: specify one path to kustomization.yaml\n$/ },
  { name: "a flag that would run programs", args: ["--enable-helm"], stderr: /^Error: --enable-helm is refused: / },
  {
    name: "an unknown restrictor",
    args: ["--load-restrictor", "none"],
    stderr: /^Error: illegal flag value --load-restrictor none; legal values: /,
  },
  {
    name: "a directory that is not there",
    args: ["nowhere"],
    stderr: /^Error: must build at directory: not a valid directory: /,
  },
];

for (const { name, args, stderr } of failures) {
  test(`kustomize build fails in kustomize's words: ${name}`, async (context) => {
    const ran = await runCommand(["kustomize", "build", ...args], { cwd: project(context, {}) });
    assert.equal(ran.status, 1);
    assert.equal(ran.stdout, "");
    assert.match(ran.stderr, stderr);
  });
}
