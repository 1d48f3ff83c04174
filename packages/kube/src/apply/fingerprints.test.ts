import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject, ObjectMeta } from "@sluice/api";
import { Fingerprints, inputFingerprint } from "./fingerprints.ts";

const deployment: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "x",
    uid: "u",
    resourceVersion: "1",
    generation: 1,
    labels: { a: "1", b: "2" },
    managedFields: [
      { manager: "us", operation: "Apply", apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1: { "f:spec": {} } },
    ],
  },
};

function changed(metadata: Partial<ObjectMeta>): KubernetesObject {
  return { ...deployment, metadata: { ...deployment.metadata, ...metadata } };
}

const byKubelet = {
  manager: "kubelet",
  operation: "Update",
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1: {},
} as const;

const cases: { name: string; live: KubernetesObject; want: boolean }[] = [
  { name: "nothing", live: deployment, want: true },
  { name: "the order of labels", live: changed({ labels: { b: "2", a: "1" } }), want: true },
  {
    name: "the status",
    live: changed({
      resourceVersion: "2",
      managedFields: [...(deployment.metadata.managedFields ?? []), { ...byKubelet, subresource: "status" }],
    }),
    want: true,
  },
  { name: "the spec", live: changed({ resourceVersion: "2", generation: 2 }), want: false },
  { name: "a label", live: changed({ labels: { a: "1" } }), want: false },
  { name: "another manager", live: changed({ managedFields: [byKubelet] }), want: false },
  { name: "the object, by one of the same name", live: changed({ uid: "v" }), want: false },
  { name: "a deletion under way", live: changed({ deletionTimestamp: "2024-01-01T00:00:00Z" }), want: false },
];

for (const { name, live, want } of cases) {
  test(`fingerprints: after a change of ${name}, unchanged is ${want}`, () => {
    const fingerprints = new Fingerprints();
    fingerprints.remember("id", "input", deployment);
    assert.equal(fingerprints.isUnchanged("id", "input", live), want);
  });
}

test("of kinds without a generation, every write counts", () => {
  const { generation: _generation, ...metadata } = deployment.metadata;
  const fingerprints = new Fingerprints();
  fingerprints.remember("id", "input", { ...deployment, metadata });
  const written = { ...deployment, metadata: { ...metadata, resourceVersion: "2" } };
  assert.equal(fingerprints.isUnchanged("id", "input", written), false);
});

test("another manifest, a forgotten and a dropped object are not known", () => {
  const fingerprints = new Fingerprints();
  const input = inputFingerprint(deployment);
  assert.notEqual(input, inputFingerprint(deployment, "force"));
  for (const id of ["a", "b", "c"]) fingerprints.remember(id, input, deployment);
  assert.equal(fingerprints.isUnchanged("a", "other", deployment), false);
  fingerprints.forget("a");
  fingerprints.retain(new Set(["b"]));
  assert.deepEqual(
    ["a", "b", "c"].map((id) => fingerprints.has(id, input)),
    [false, true, false],
  );
});
