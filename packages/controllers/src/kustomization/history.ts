import type { Snapshot } from "@sluice/api";
import { formatDuration, formatTimestamp } from "../runtime/index.ts";

const MAX_SNAPSHOTS = 5;

/** One attempt to be entered into a history. */
export interface HistoryEntry {
  /** `sha256:…` of the built manifests. */
  readonly digest: string;
  /** Reason of the outcome. */
  readonly status: string;
  readonly nowMs: number;
  readonly durationMs: number;
  readonly metadata: { readonly [key: string]: string };
}

/** The history with the attempt in front: counted onto the snapshot of the same digest and status, if there is one. */
export function addToHistory(history: readonly Snapshot[] | undefined, entry: HistoryEntry): Snapshot[] {
  const isSame = (each: Snapshot): boolean =>
    each.digest === entry.digest && each.lastReconciledStatus === entry.status;
  const before = history?.find(isSame);
  const now = formatTimestamp(entry.nowMs);
  const snapshot: Snapshot = {
    digest: entry.digest,
    firstReconciled: before?.firstReconciled ?? now,
    lastReconciled: now,
    lastReconciledDuration: formatDuration(entry.durationMs),
    lastReconciledStatus: entry.status,
    totalReconciliations: (before?.totalReconciliations ?? 0) + 1,
    metadata: entry.metadata,
  };
  return [snapshot, ...(history ?? []).filter((each) => !isSame(each))].slice(0, MAX_SNAPSHOTS);
}
