import type { Kustomization, Snapshot } from "@sluice/api";
import { formatDuration, formatTimestamp, type Reconciliation } from "../runtime/index.ts";
import type { ObservedSource } from "./steps/observe-source.ts";

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

/** Records how an attempt to apply a source's revision has ended. */
export function enterHistory(
  reconciliation: Reconciliation<Kustomization>,
  { revision, originRevision }: ObservedSource,
  attempt: {
    readonly digest: string;
    readonly status: string;
    readonly startedAtMs: number;
    readonly nowMs: number;
  },
): void {
  const { digest, status, startedAtMs, nowMs } = attempt;
  const history = addToHistory(reconciliation.object.status?.history, {
    digest,
    status,
    nowMs,
    durationMs: nowMs - startedAtMs,
    metadata: { revision, ...(originRevision !== undefined && { originRevision }) },
  });
  reconciliation.record({ history });
}
