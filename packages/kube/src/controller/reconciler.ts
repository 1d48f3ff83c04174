import type { ObjectKey } from "@sluice/api";

/** What a reconciler is asked to look at. It carries no event: the reconciler reads the present state itself. */
export type Request = ObjectKey;

/** When to look again. An empty result means: only when something changes. */
export interface Result {
  /** Look again after this long. */
  readonly requeueAfterMs?: number;
}

/**
 * Brings one object closer to what its spec says. Must be idempotent, and must return (not wait) when progress
 * depends on something else: a watch will call it again. A thrown error is retried with per-key back-off.
 */
export interface Reconciler {
  reconcile(request: Request, signal: AbortSignal): Promise<Result>;
}
