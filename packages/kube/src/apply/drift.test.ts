import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnstructuredObject } from "@sluice/api";
import { hasDrifted } from "./drift.ts";

const live: UnstructuredObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x", resourceVersion: "1", labels: { a: "b" } },
  spec: { replicas: 1 },
  status: { replicas: 1 },
};

const cases: { name: string; dryRun: Partial<UnstructuredObject>; want: boolean }[] = [
  { name: "nothing", dryRun: {}, want: false },
  { name: "status", dryRun: { status: { replicas: 0 } }, want: false },
  { name: "resourceVersion", dryRun: { metadata: { ...live.metadata, resourceVersion: "2" } }, want: false },
  { name: "empty annotations", dryRun: { metadata: { ...live.metadata, annotations: {} } }, want: false },
  { name: "a label", dryRun: { metadata: { ...live.metadata, labels: { a: "c" } } }, want: true },
  { name: "an annotation", dryRun: { metadata: { ...live.metadata, annotations: { a: "c" } } }, want: true },
  { name: "the spec", dryRun: { spec: { replicas: 2 } }, want: true },
];

for (const { name, dryRun, want } of cases) {
  test(`drift: ${name} differs: ${want}`, () => assert.equal(hasDrifted(live, { ...live, ...dryRun }), want));
}
