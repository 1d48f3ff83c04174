import {
  ConditionType,
  FluxReason,
  formatKey,
  keyOf,
  reconcileRequestOf,
  type Kustomization,
  type ObjectKey,
} from "@sluice/api";
import { formatDuration, type Outcome, type Reconciliation } from "../runtime/index.ts";
import type { AppliedRevision } from "./revision-applier.ts";
import { KustomizationError } from "./errors.ts";
import { progressEvent } from "./event-drafts.ts";
import type { Health } from "./health-watcher.ts";
import { enterHistory } from "./history.ts";
import { isStillWanted, type AppliedState, type PendingHealth } from "./pending-health.ts";
import type { KustomizationReconcilerOptions } from "./reconciler-options.ts";
import type { Schedule } from "./schedule.ts";
import { formatSource, sourceOf } from "./source-reference.ts";
import { healthSubjectsOf } from "./steps/health-subjects.ts";
import type { ObservedSource } from "./steps/observe-source.ts";

/** What the gate says: the way is free, or the attempt has to wait behind it. */
export type Passage =
  | { readonly kind: "healthy"; readonly state: AppliedState }
  | { readonly kind: "waiting"; readonly outcome: Outcome };

/** A routine look at healthy objects says nothing unless it takes longer than this. */
const QUIET_MS = 1000;

/**
 * Holds attempts until what they have applied is healthy. An attempt that waits occupies nobody: it is an entry here,
 * and the watcher brings its object back when there is a verdict.
 */
export class HealthGate {
  readonly #options: KustomizationReconcilerOptions;
  readonly #pending = new Map<string, PendingHealth>();

  constructor(options: KustomizationReconcilerOptions) {
    this.#options = options;
  }

  /**
   * The attempt that waits, as long as the object and its source are still what it was made for; `undefined` when there
   * is none. Throws `HealthCheckCanceled` when a new revision has come.
   */
  find(object: Kustomization, source: ObservedSource): PendingHealth | undefined {
    const pending = this.#pending.get(formatKey(keyOf(object)));
    if (pending === undefined || !isStillWanted(pending, object, reconcileRequestOf(object))) return undefined;
    if (pending.applied.source.revision === source.revision) return pending;
    const trigger = formatSource(sourceOf(object));
    throw new KustomizationError("HealthCheckCanceled", `New reconciliation triggered by ${trigger}`, {
      eventMessage: `Health checks canceled due to new reconciliation triggered by ${trigger}`,
    });
  }

  /** Begins to watch what a revision has applied. */
  async enter(
    reconciliation: Reconciliation<Kustomization>,
    { state, target, built, changeSet }: AppliedRevision,
    schedule: Schedule,
  ): Promise<Passage> {
    const { clock, health } = this.#options;
    const { object } = reconciliation;
    const key = keyOf(object);
    const present = changeSet.filter(({ action }) => action !== "deleted");
    const subjects = await healthSubjectsOf(object, { changeSet: present, objects: built.objects }, target.client);
    if (subjects.length === 0) {
      reconciliation.retract(ConditionType.Healthy);
      return { kind: "healthy", state };
    }
    const startedAtMs = clock.now();
    const pending: PendingHealth = {
      applied: state,
      uid: object.metadata.uid,
      generation: object.metadata.generation,
      requestToken: reconcileRequestOf(object),
      startedAtMs,
      deadlineMs: startedAtMs + schedule.timeoutMs,
      isAnnounced: false,
    };
    const verdict = health.watch(key, { ...target, subjects });
    const isRoutine = state.wasReady && !state.hasChanged && !state.isNewRevision;
    if (verdict.verdict === "pending" && isRoutine) {
      this.#pending.set(formatKey(key), pending);
      return { kind: "waiting", outcome: { kind: "pending", requeueAfterMs: QUIET_MS } };
    }
    return this.#judge(reconciliation, pending, { health: verdict, schedule });
  }

  /** Looks again at an attempt that waits. */
  async resume(
    reconciliation: Reconciliation<Kustomization>,
    pending: PendingHealth,
    schedule: Schedule,
  ): Promise<Passage> {
    const health = this.#options.health.find(keyOf(reconciliation.object)) ?? { verdict: "pending", unhealthy: [] };
    return this.#judge(reconciliation, pending, { health, schedule });
  }

  /** The attempt of this object, if any, waits no longer. */
  leave(key: ObjectKey): void {
    this.#pending.delete(formatKey(key));
    this.#options.health.stop(key);
  }

  async #judge(
    reconciliation: Reconciliation<Kustomization>,
    pending: PendingHealth,
    { health, schedule }: { readonly health: Health; readonly schedule: Schedule },
  ): Promise<Passage> {
    const { applied } = pending;
    const key = keyOf(reconciliation.object);
    const nowMs = this.#options.clock.now();
    const elapsed = formatDuration(nowMs - pending.startedAtMs);
    if (health.verdict === "healthy") {
      this.leave(key);
      tellHealthy(reconciliation, applied, `Health check passed in ${elapsed}`);
      return { kind: "healthy", state: applied };
    }
    if (health.verdict === "failed" || nowMs >= pending.deadlineMs) {
      const subjects = health.unhealthy.map(({ subject, status }) => `${subject} status: '${status}'`).join(", ");
      const why = health.verdict === "failed" ? "failed early due to stalled resources" : "timeout waiting for";
      const { startedAtMs, source, digest } = applied;
      enterHistory(reconciliation, source, { digest, startedAtMs, nowMs, status: FluxReason.HealthCheckFailed });
      throw new KustomizationError("HealthCheckFailed", `health check failed after ${elapsed}: ${why}: [${subjects}]`);
    }
    if (!pending.isAnnounced) await announce(reconciliation, applied, schedule);
    this.#pending.set(formatKey(key), { ...pending, isAnnounced: true });
    return { kind: "waiting", outcome: { kind: "pending", requeueAfterMs: pending.deadlineMs - nowMs } };
  }
}

async function announce(
  reconciliation: Reconciliation<Kustomization>,
  { source }: AppliedState,
  { timeoutMs }: Schedule,
): Promise<void> {
  const timeout = formatDuration(timeoutMs);
  const message = `Running health checks for revision ${source.revision} with a timeout of ${timeout}`;
  reconciliation.markDrifted();
  const type = ConditionType.Healthy;
  reconciliation.establish({ type, status: "Unknown", reason: FluxReason.Progressing, message });
  await reconciliation.progress(message);
}

function tellHealthy(reconciliation: Reconciliation<Kustomization>, applied: AppliedState, message: string): void {
  const { wasHealthy, isNewRevision, hasChanged, source } = applied;
  if (!wasHealthy || (isNewRevision && hasChanged)) reconciliation.event(progressEvent(message, source));
  // A condition that holds already keeps its message: nothing has changed, so there is nothing to write.
  if (wasHealthy && !hasChanged && !isNewRevision) return;
  const type = ConditionType.Healthy;
  reconciliation.establish({ type, status: "True", reason: FluxReason.Succeeded, message });
}
