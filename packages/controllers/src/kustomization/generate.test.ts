import assert from "node:assert/strict";
import { test } from "node:test";
import type { KustomizationSpec } from "@sluice/api";
import { MemoryFileSystem } from "@sluice/kustomize";
import { parse } from "@sluice/yaml";
import { resolvePath, withKustomization } from "./generate.ts";

const base: KustomizationSpec = { interval: "1m", prune: true, sourceRef: { kind: "GitRepository", name: "x" } };
const header = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

function files(content: { [path: string]: string }): MemoryFileSystem {
  return new MemoryFileSystem(new Map(Object.entries(content)));
}

function generate(content: { [path: string]: string }, spec: Partial<KustomizationSpec> = {}): unknown {
  const before = files(content);
  const after = withKustomization(before, "/app", { ...base, ...spec });
  const name = ["kustomization.yaml", "kustomization.yml", "Kustomization"].find((each) => after.stat(`/app/${each}`));
  return parse(new TextDecoder().decode(after.readFile(`/app/${name}`)));
}

const cases: { name: string; files: { [path: string]: string }; spec?: Partial<KustomizationSpec>; want: object }[] = [
  {
    name: "manifests below the directory, sub-directories with a kustomization as a whole",
    files: {
      "app/b.yaml": "x",
      "app/a/deep/c.yml": "x",
      "app/base/kustomization.yml": "x",
      "app/base/ignored.yaml": "x",
      "app/README.md": "x",
      "other/d.yaml": "x",
    },
    want: { ...header, resources: ["./a/deep/c.yml", "./b.yaml", "./base"] },
  },
  { name: "nothing", files: { "app/README.md": "x" }, want: { ...header, namespace: "_placeholder" } },
  {
    name: "an existing file, kept as it is",
    files: { "app/Kustomization": "resources: [a.yaml]\nnamePrefix: x-\n", "app/a.yaml": "x" },
    want: { ...header, resources: ["a.yaml"], namePrefix: "x-" },
  },
  {
    name: "an existing file without resources",
    files: { "app/kustomization.yaml": "" },
    want: { ...header, buildMetadata: ["originAnnotations"] },
  },
  {
    name: "the spec's fields, replaced and appended",
    files: {
      "app/kustomization.yaml":
        "resources: [a.yaml]\nnamespace: old\npatches: [{path: p.yaml}]\ncomponents: [../c1]\nbuildMetadata: [managedByLabel]\n",
      "c2/kustomization.yaml": "x",
    },
    spec: {
      targetNamespace: "new",
      namePrefix: "pre-",
      nameSuffix: "-post",
      patches: [{ patch: "- op: remove\n  path: /spec\n", target: { kind: "Deployment" } }],
      components: ["../c2", "../missing"],
      ignoreMissingComponents: true,
      buildMetadata: ["originAnnotations"],
    },
    want: {
      ...header,
      resources: ["a.yaml"],
      namespace: "new",
      namePrefix: "pre-",
      nameSuffix: "-post",
      patches: [{ path: "p.yaml" }, { patch: "- op: remove\n  path: /spec\n", target: { kind: "Deployment" } }],
      components: ["../c1", "../c2"],
      buildMetadata: ["originAnnotations"],
    },
  },
  {
    name: "images, merged by name; tag and digest are one unit",
    files: {
      "app/kustomization.yaml":
        "resources: [a.yaml]\nimages: [{name: a, newTag: '1.0'}, {name: b, newName: bb, digest: 'sha256:1'}]\n",
    },
    spec: {
      images: [
        { name: "a", newName: "aa" },
        { name: "b", newTag: "2.0" },
        { name: "c", newTag: "3" },
      ],
    },
    want: {
      ...header,
      resources: ["a.yaml"],
      images: [
        { name: "a", newTag: "1.0", newName: "aa" },
        { name: "b", newName: "bb", newTag: "2.0" },
        { name: "c", newTag: "3" },
      ],
    },
  },
];

for (const { name, files: content, spec, want } of cases) {
  test(`kustomization of ${name}`, () => assert.deepEqual(generate(content, spec), want));
}

test("the artifact's own files stay as they are", () => {
  const before = files({ "app/a.yaml": "x" });
  const after = withKustomization(before, "/app", base);
  assert.equal(before.stat("/app/kustomization.yaml"), undefined);
  assert.equal(after.stat("/app/kustomization.yaml"), "file");
  assert.deepEqual(after.readDirectory("/app"), ["a.yaml", "kustomization.yaml"]);
  assert.equal(after.realPath("/app/../app/kustomization.yaml"), "/app/kustomization.yaml");
});

test("remote and absolute components are refused", () => {
  for (const component of ["https://example.com/x", "github.com/a/b", "git@host:a/b", "/etc", "file:///etc"]) {
    assert.throws(() => generate({ "app/a.yaml": "x" }, { components: [component] }), {
      code: "InvalidKustomization",
      message: `component path '${component}' must be local and relative`,
    });
  }
});

test("a malformed kustomization names its file", () => {
  assert.throws(
    () => generate({ "app/kustomization.yaml": "a: [" }),
    /^KustomizationError: \/app\/kustomization\.yaml: /,
  );
  assert.throws(() => generate({ "app/kustomization.yaml": "- a" }), {
    message: "/app/kustomization.yaml: not a mapping",
  });
});

test("paths stay below the root of the artifact", () => {
  const artifact = files({ "clusters/a/x.yaml": "x" });
  for (const path of ["./clusters/a", "clusters/a/", "/clusters/a", "../../clusters/a", "clusters/../clusters/./a"]) {
    assert.equal(resolvePath(artifact, path), "/clusters/a", path);
  }
  for (const path of [undefined, "", ".", "./", "/", ".."]) assert.equal(resolvePath(artifact, path), "/");
  for (const path of ["clusters/b", "clusters/a\0", "clusters/a/x.yaml"]) {
    assert.throws(() => resolvePath(artifact, path), /^KustomizationError: kustomization path not found: stat /);
  }
});
