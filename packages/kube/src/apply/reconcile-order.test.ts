import assert from "node:assert/strict";
import { test } from "node:test";
import { parseApiVersion } from "@sluice/api";
import type { ObjectReference } from "./object-reference.ts";
import { compareForApply, ranksOf, stagesOf } from "./reconcile-order.ts";

/** `apps/v1 Deployment ns/name`. */
function object(text: string): ObjectReference {
  const [apiVersion = "", kind = "", place = ""] = text.split(" ");
  const [name = "", namespace] = place.split("/").toReversed();
  return {
    gvk: { ...parseApiVersion(apiVersion), kind },
    key: namespace === undefined ? { name } : { namespace, name },
  };
}

const kinds = (objects: readonly ObjectReference[]): string[] =>
  objects.map(({ gvk, key }) => `${gvk.kind} ${key.name}`);

test("objects are ordered by rank, then group, kind, namespace and name", () => {
  const objects = [
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration w",
    "example.com/v1 Widget ns/z",
    "v1 Service ns/s",
    "apps/v1 Deployment ns/d",
    "v1 ConfigMap ns/b",
    "v1 ConfigMap ns/a",
    "v1 ConfigMap aa/z",
    "v1 Namespace ns",
    "apiextensions.k8s.io/v1 CustomResourceDefinition c",
    "batch/v1 Job ns/j",
  ].map(object);
  assert.deepEqual(kinds(objects.toSorted(compareForApply)), [
    "CustomResourceDefinition c",
    "Namespace ns",
    "ConfigMap z",
    "ConfigMap a",
    "ConfigMap b",
    "Service s",
    "Deployment d",
    "Job j",
    "Widget z",
    "ValidatingWebhookConfiguration w",
  ]);
});

test("definitions come first, then classes, then the operator's kinds, then the rest", () => {
  const objects = [
    "apps/v1 Deployment ns/d",
    "example.com/v1 Widget ns/w",
    "storage.k8s.io/v1 StorageClass s",
    "rbac.authorization.k8s.io/v1 ClusterRole r",
    "v1 Namespace ns",
  ].map(object);
  const stages = stagesOf(objects, { referenceOf: (each) => each, customStageKinds: new Set(["example.com/Widget"]) });
  assert.deepEqual(
    stages.map((stage) => ({ isAwaited: stage.isAwaited, objects: kinds(stage.objects) })),
    [
      { isAwaited: true, objects: ["Namespace ns", "ClusterRole r"] },
      { isAwaited: true, objects: ["StorageClass s"] },
      { isAwaited: false, objects: ["Widget w"] },
      { isAwaited: false, objects: ["Deployment d"] },
    ],
  );
  assert.deepEqual(stagesOf([], { referenceOf: object }), []);
});

test("neighbours of one rank are written together", () => {
  assert.deepEqual(
    ranksOf(["ConfigMap", "ConfigMap", "Job", "Widget", "Secret"], (kind) => kind),
    [["ConfigMap", "ConfigMap"], ["Job", "Widget"], ["Secret"]],
  );
});
