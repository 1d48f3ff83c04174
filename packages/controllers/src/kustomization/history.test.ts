import assert from "node:assert/strict";
import { test } from "node:test";
import type { Snapshot } from "@sluice/api";
import { addToHistory } from "./history.ts";

const entry = { digest: "sha256:a", status: "ReconciliationSucceeded", durationMs: 1500, metadata: { revision: "r" } };

function at(history: readonly Snapshot[] | undefined, second: number, changes: Partial<typeof entry> = {}): Snapshot[] {
  return addToHistory(history, { ...entry, ...changes, nowMs: Date.UTC(2026, 0, 1, 0, 0, second) });
}

test("the same digest and status is counted onto one snapshot, which comes to the front", () => {
  const first = at(undefined, 1);
  const second = at(first, 2, { status: "HealthCheckFailed" });
  assert.deepEqual(at(second, 3)[0], {
    digest: "sha256:a",
    firstReconciled: "2026-01-01T00:00:01Z",
    lastReconciled: "2026-01-01T00:00:03Z",
    lastReconciledDuration: "1.5s",
    lastReconciledStatus: "ReconciliationSucceeded",
    totalReconciliations: 2,
    metadata: { revision: "r" },
  });
  assert.deepEqual(
    at(second, 3).map((each) => each.lastReconciledStatus),
    ["ReconciliationSucceeded", "HealthCheckFailed"],
  );
});

test("five snapshots are kept", () => {
  let history: Snapshot[] | undefined;
  for (const digest of ["a", "b", "c", "d", "e", "f"]) history = at(history, 1, { digest });
  assert.deepEqual(
    history?.map((each) => each.digest),
    ["f", "e", "d", "c", "b"],
  );
});
