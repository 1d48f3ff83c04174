import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject, ManagedFieldsEntry } from "@sluice/api";
import { cleanupPatch, type CleanupOptions } from "./take-over.ts";

const options: CleanupOptions = {
  annotations: ["kubectl.kubernetes.io/last-applied-configuration"],
  labels: ["fluxcd.io/sync-gc-mark"],
  fieldManagers: [
    { name: "kubectl", operation: "Apply" },
    { name: "kubectl", operation: "Update" },
  ],
};

function entry(
  manager: string,
  operation: "Apply" | "Update",
  fieldsV1: object,
  subresource?: string,
): ManagedFieldsEntry {
  return {
    manager,
    operation,
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { ...fieldsV1 },
    ...(subresource !== undefined && { subresource }),
  };
}

function live(metadata: Partial<KubernetesObject["metadata"]>): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", resourceVersion: "7", ...metadata } };
}

test("an object that only we manage needs no clean-up", () => {
  const managedFields = [entry("us", "Apply", { "f:data": {} }), entry("kubectl", "Update", {}, "status")];
  assert.deepEqual(cleanupPatch(live({ managedFields }), "us", options), []);
});

test("kubectl's fields become ours, together with those we have", () => {
  const managedFields = [
    entry("kubectl-client-side-apply", "Update", { "f:data": { "f:a": {}, "f:b": {} } }),
    entry("other", "Update", { "f:data": { "f:z": {} } }),
    entry("us", "Apply", { "f:data": { ".": {}, "f:a": {} } }),
  ];
  assert.deepEqual(cleanupPatch(live({ managedFields }), "us", options), [
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [
        entry("other", "Update", { "f:data": { "f:z": {} } }),
        entry("us", "Apply", { "f:data": { ".": {}, "f:a": {}, "f:b": {} } }),
      ],
    },
    { op: "replace", path: "/metadata/resourceVersion", value: "7" },
  ]);
});

test("without an entry of ours, the first taken one is renamed", () => {
  const managedFields = [entry("kubectl", "Apply", { "f:data": {} })];
  assert.deepEqual(cleanupPatch(live({ managedFields }), "us", options)[0], {
    op: "replace",
    path: "/metadata/managedFields",
    value: [entry("us", "Apply", { "f:data": {} })],
  });
});

test("leftover annotations and labels are removed by escaped paths", () => {
  const object = live({
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
    labels: { "fluxcd.io/sync-gc-mark": "x", app: "y" },
  });
  assert.deepEqual(
    cleanupPatch(object, "us", options).map(({ op, path }) => `${op} ${path}`),
    [
      "remove /metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
      "remove /metadata/labels/fluxcd.io~1sync-gc-mark",
      "replace /metadata/resourceVersion",
    ],
  );
});
