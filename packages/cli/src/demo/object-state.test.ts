import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition } from "@sluice/api";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { observeObject } from "./object-state.ts";

const condition = (type: string, status: Condition["status"], reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
  observedGeneration: 1,
  lastTransitionTime: "2026-01-01T00:00:00Z",
});

const kustomization = (conditions: Condition[] | undefined, dependsOn: string[] = []): FluxObject => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: {
    name: "apps",
    namespace: "flux-system",
    generation: 1,
    labels: {
      "kustomize.toolkit.fluxcd.io/name": "flux-system",
      "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    },
  },
  spec: { sourceRef: { kind: "GitRepository", name: "fleet" }, dependsOn: dependsOn.map((name) => ({ name })) },
  ...(conditions && { status: { conditions, inventory: { entries: [{ id: "a_b_c_d", v: "v1" }] } } }),
});

test("observeObject reads the phase from the conditions", () => {
  const working = condition("Ready", "Unknown", "Progressing", "Reconciliation in progress");
  const cases: [string, FluxObject, string][] = [
    ["untouched", kustomization(undefined), "queued"],
    [
      "building",
      kustomization([working, condition("Reconciling", "True", "Progressing", "Building manifests")]),
      "working",
    ],
    [
      "health checks",
      kustomization([working, condition("Reconciling", "True", "Progressing", "Running health checks for revision")]),
      "checking",
    ],
    [
      "dependency",
      kustomization([condition("Ready", "False", "DependencyNotReady", "dependency 'x' is not ready")], ["x"]),
      "waiting",
    ],
    ["failed", kustomization([condition("Ready", "False", "BuildFailed", "no such file")]), "failed"],
    [
      "ready",
      kustomization([condition("Ready", "True", "ReconciliationSucceeded", "Applied revision: main")]),
      "ready",
    ],
  ];
  for (const [name, object, want] of cases) assert.equal(observeObject(undefined, object, 0).phase, want, name);
});

test("observeObject measures from the beginning of the work to Ready", () => {
  const first = observeObject(undefined, kustomization(undefined), 100);
  const ready = kustomization([condition("Ready", "True", "ReconciliationSucceeded", "Applied")]);
  const second = observeObject(first, ready, 900);
  assert.deepEqual([second.readyMs, second.tookMs, second.owner], [900, 800, "flux-system/flux-system"]);
  const again = observeObject(second, kustomization([condition("Ready", "False", "BuildFailed", "x")]), 5000);
  const recovered = observeObject(again, ready, 5400);
  assert.deepEqual([recovered.readyMs, recovered.tookMs], [900, 400]);
});
