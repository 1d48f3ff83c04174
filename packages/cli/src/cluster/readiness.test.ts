import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition } from "@sluice/api";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { standingOf } from "./readiness.ts";

const condition = (type: string, status: Condition["status"], reason: string, observedGeneration = 2): Condition => ({
  type,
  status,
  reason,
  message: `${type} ${reason}`,
  observedGeneration,
  lastTransitionTime: "2026-01-01T00:00:00Z",
});

const object = (conditions: Condition[], observedGeneration = 2): FluxObject => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: { name: "apps", namespace: "flux-system", generation: 2 },
  status: { observedGeneration, conditions },
});

test("standingOf tells ready, working, retrying and stalled apart", () => {
  const cases: { name: string; object: FluxObject; want: string }[] = [
    { name: "never seen", object: object([], -1), want: "working" },
    { name: "ready", object: object([condition("Ready", "True", "ReconciliationSucceeded")]), want: "ready" },
    {
      name: "ready for an older generation",
      object: object([condition("Ready", "True", "ok", 1)], 1),
      want: "working",
    },
    { name: "in progress", object: object([condition("Ready", "Unknown", "Progressing")]), want: "working" },
    {
      name: "failed and trying again",
      object: object([
        condition("Ready", "False", "BuildFailed"),
        condition("Reconciling", "True", "ProgressingWithRetry"),
      ]),
      want: "retrying",
    },
    {
      name: "waits for a dependency",
      object: object([
        condition("Ready", "False", "DependencyNotReady"),
        condition("Reconciling", "True", "ProgressingWithRetry"),
      ]),
      want: "waiting",
    },
    {
      name: "a new attempt after a failure",
      object: object([condition("Ready", "False", "BuildFailed"), condition("Reconciling", "True", "Progressing")]),
      want: "working",
    },
    {
      name: "stalled",
      object: object([condition("Ready", "False", "AccessDenied"), condition("Stalled", "True", "AccessDenied")]),
      want: "stalled",
    },
  ];
  for (const { name, object, want } of cases) assert.equal(standingOf(object).state, want, name);
});
