import assert from "node:assert/strict";
import { test } from "node:test";
import type { KustomizationSpec } from "@sluice/api";
import { SpecError } from "../runtime/index.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { rejectUnsupportedFields } from "./unsupported-fields.ts";

const minute = 60_000;
const base: KustomizationSpec = { interval: "10m", prune: true, sourceRef: { kind: "GitRepository", name: "x" } };

const cases: { spec: Partial<KustomizationSpec>; want: Schedule }[] = [
  { spec: {}, want: { intervalMs: 10 * minute, retryIntervalMs: 10 * minute, timeoutMs: 9.5 * minute } },
  {
    spec: { retryInterval: "1m", timeout: "2m" },
    want: { intervalMs: 10 * minute, retryIntervalMs: minute, timeoutMs: 2 * minute },
  },
  { spec: { interval: "40s" }, want: { intervalMs: 40_000, retryIntervalMs: 40_000, timeoutMs: 30_000 } },
  { spec: { timeout: "5s" }, want: { intervalMs: 10 * minute, retryIntervalMs: 10 * minute, timeoutMs: 30_000 } },
  { spec: { interval: "0s" }, want: { intervalMs: 1000, retryIntervalMs: 1000, timeoutMs: 30_000 } },
];

test("durations have Flux's defaults and floors", () => {
  for (const { spec, want } of cases) assert.deepEqual(scheduleOf({ ...base, ...spec }), want);
});

test("a poisoned duration names its field", () => {
  for (const field of ["interval", "retryInterval", "timeout"] as const) {
    assert.throws(
      () => scheduleOf({ ...base, [field]: "-1e999h" }),
      (error) => error instanceof SpecError && error.message === `spec.${field}: invalid duration "-1e999h"`,
    );
  }
});

test("fields without effect are refused by name", () => {
  rejectUnsupportedFields({ ...base, dependsOn: [{ name: "a", readyExpr: "" }], ignore: [] });
  const unsupported: Partial<KustomizationSpec>[] = [
    { kubeConfig: { secretRef: { name: "x" } } },
    { healthCheckExprs: [{ apiVersion: "v1", current: "true" }] },
    { ignore: [{ paths: ["/spec"] }] },
  ];
  for (const spec of unsupported) {
    const [field = ""] = Object.keys(spec);
    assert.throws(() => rejectUnsupportedFields({ ...base, ...spec }), new RegExp(`^SpecError: spec\\.${field}: not`));
  }
  assert.throws(
    () => rejectUnsupportedFields({ ...base, dependsOn: [{ name: "a", readyExpr: "true" }] }),
    /spec\.dependsOn\.readyExpr/,
  );
  rejectUnsupportedFields({ ...base, decryption: { provider: "sops", secretRef: { name: "x" } } });
  assert.throws(
    () => rejectUnsupportedFields({ ...base, decryption: { provider: "sops", serviceAccountName: "kms" } }),
    /spec\.decryption\.serviceAccountName/,
  );
});
