import { fluxFinalizer, FluxReason, keyOf, kustomizationGvk, type Kustomization, type ObjectKey } from "@sluice/api";
import type { Reconciler, Request, Result } from "@sluice/kube";
import {
  addFinalizer,
  formatDuration,
  hasFinalizer,
  jitter,
  Reconciliation,
  removeFinalizer,
  SpecError,
  type EventDraft,
  type Outcome,
  type ReconciledKind,
} from "../runtime/index.ts";
import { RevisionApplier } from "./revision-applier.ts";
import { withTimeout } from "./attempt-timeout.ts";
import { checkDependencies, dependenciesOf } from "./dependencies.ts";
import { eventMetadata, successEvent } from "./event-drafts.ts";
import { failureOf } from "./failures.ts";
import { HealthGate, type Passage } from "./health-gate.ts";
import { enterHistory } from "./history.ts";
import type { AppliedState } from "./pending-health.ts";
import type { KustomizationReconcilerOptions } from "./reconciler-options.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { FIELD_MANAGER } from "./steps/apply.ts";
import { deleteObjects } from "./steps/finalize.ts";
import { observeSource, type ObservedSource } from "./steps/observe-source.ts";
import { targetClusterOf, type TargetCluster } from "./target-cluster.ts";
import { rejectUnsupportedFields } from "./unsupported-fields.ts";

const KIND: ReconciledKind = { controller: FIELD_MANAGER, failureConditions: [], failureOf };
const STATUS_MANAGER = `gotk-${FIELD_MANAGER}`;
/** For an object whose own interval cannot be read. */
const FALLBACK_SCHEDULE: Schedule = { intervalMs: 600_000, retryIntervalMs: 600_000, timeoutMs: 30_000 };
const TERMINATION_POLL_MS = 2000;

/**
 * Keeps what Kustomizations describe applied: fetch, build, apply, prune, and see it become healthy.
 *
 * Everything that has to survive is in the object's status. The rest (pending health, fingerprints) only saves work:
 * a process that starts anew comes to the same end.
 */
export class KustomizationReconciler implements Reconciler {
  readonly #options: KustomizationReconcilerOptions;
  readonly #applier: RevisionApplier;
  readonly #gate: HealthGate;

  constructor(options: KustomizationReconcilerOptions) {
    this.#options = options;
    this.#applier = new RevisionApplier(options);
    this.#gate = new HealthGate(options);
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Result> {
    const { client, drift } = this.#options;
    const object = await client.find<Kustomization>(kustomizationGvk, request, { signal });
    if (object === undefined) {
      this.#forget(request);
      return {};
    }
    if (object.metadata.deletionTimestamp !== undefined) return this.#finalize(object, signal);
    const finalizer = { finalizer: fluxFinalizer, fieldManager: STATUS_MANAGER, signal };
    const owned = await addFinalizer(client, object, finalizer);
    if (owned.spec.suspend === true) {
      this.#gate.leave(request);
      return {};
    }
    drift?.pause(request);
    try {
      return await this.#attempt(owned, signal);
    } finally {
      drift?.resume(request);
    }
  }

  async #attempt(object: Kustomization, signal: AbortSignal): Promise<Result> {
    const reconciliation = new Reconciliation(object, { kind: KIND, runtime: this.#options, signal });
    const { client, policy } = this.#options;
    let schedule = FALLBACK_SCHEDULE;
    let source: ObservedSource | undefined;
    let outcome: Outcome;
    try {
      schedule = scheduleOf(object.spec);
      rejectUnsupportedFields(object.spec);
      const waitText = formatDuration(policy.requeueDependencyMs);
      source = await observeSource(object, { client, ...policy, waitText, signal });
      const passage = await this.#advance(reconciliation, source, { schedule, signal });
      outcome = passage.kind === "waiting" ? passage.outcome : this.#succeed(reconciliation, passage.state, schedule);
    } catch (error) {
      if (!signal.aborted) this.#gate.leave(keyOf(object));
      outcome = {
        kind: "failed",
        error,
        retryAfterMs: schedule.retryIntervalMs,
        waitAfterMs: policy.requeueDependencyMs,
        ...(source !== undefined && { metadata: eventMetadata(source) }),
      };
    }
    return reconciliation.finish(outcome);
  }

  /** Goes on with the attempt that waits for health, or makes a new one. */
  async #advance(
    reconciliation: Reconciliation<Kustomization>,
    source: ObservedSource,
    { schedule, signal }: { readonly schedule: Schedule; readonly signal: AbortSignal },
  ): Promise<Passage> {
    const { object } = reconciliation;
    const pending = this.#gate.find(object, source);
    if (pending !== undefined) return this.#gate.resume(reconciliation, pending, schedule);
    this.#gate.leave(keyOf(object));
    await this.#awaitDependencies(object, source.revision, signal);
    const timeout = withTimeout(this.#options.clock, schedule.timeoutMs, signal);
    try {
      const applied = await this.#applier.apply(reconciliation, source, { schedule, signal: timeout.signal });
      return await this.#gate.enter(reconciliation, applied, schedule);
    } finally {
      timeout.clear();
    }
  }

  async #awaitDependencies(object: Kustomization, revision: string, signal: AbortSignal): Promise<void> {
    const { client, dependencyWaits, policy } = this.#options;
    const key = keyOf(object);
    // Entered first: whatever changes after the look finds us waiting.
    dependencyWaits.enter(key, dependenciesOf(object));
    await checkDependencies(object, {
      revision,
      waitText: formatDuration(policy.requeueDependencyMs),
      find: (dependency) => client.find<Kustomization>(kustomizationGvk, dependency, { signal }),
    });
    dependencyWaits.leave(key);
  }

  #succeed(reconciliation: Reconciliation<Kustomization>, state: AppliedState, { intervalMs }: Schedule): Outcome {
    const { clock, policy, random } = this.#options;
    const { source, digest, startedAtMs } = state;
    const { revision, originRevision } = source;
    const reason = FluxReason.ReconciliationSucceeded;
    const nowMs = clock.now();
    enterHistory(reconciliation, source, { digest, startedAtMs, nowMs, status: reason });
    reconciliation.record({
      lastAppliedRevision: revision,
      lastAppliedOriginRevision: originRevision,
      lastAttemptedRevision: revision,
    });
    const isRoutine = state.wasReady && !state.hasChanged && !state.isNewRevision && !state.isRequested;
    const took = formatDuration(nowMs - startedAtMs);
    const text = `Reconciliation finished in ${took}, next run in ${formatDuration(intervalMs)}`;
    return {
      kind: "succeeded",
      reason,
      message: `Applied revision: ${revision}`,
      ...(!isRoutine && { event: successEvent(text, source) }),
      requeueAfterMs: jitter(intervalMs, policy.jitterPercentage, random),
    };
  }

  async #finalize(object: Kustomization, signal: AbortSignal): Promise<Result> {
    const { client, clock, recorder } = this.#options;
    this.#forget(keyOf(object));
    if (!hasFinalizer(object, fluxFinalizer)) return {};
    const event = (each: EventDraft): void => recorder.event(object, each);
    const target = this.#findTarget(object);
    if (target !== undefined) {
      const manager = this.#applier.managerFor(object, target);
      const result = await deleteObjects(object, { client, target, manager, signal, event });
      if (result.kind === "terminating") {
        const deletedAtMs = Date.parse(object.metadata.deletionTimestamp ?? "");
        if (clock.now() < deletedAtMs + readTimeoutMs(object)) return { requeueAfterMs: TERMINATION_POLL_MS };
        const message = `failed to wait for resources termination: ${result.left.join(", ")}`;
        event({ type: "Warning", reason: FluxReason.PruneFailed, message });
      }
    }
    await removeFinalizer(client, object, { finalizer: fluxFinalizer, fieldManager: STATUS_MANAGER, signal });
    return {};
  }

  /** `undefined` for a spec that names no possible identity: it has never applied anything either. */
  #findTarget(object: Kustomization): TargetCluster | undefined {
    try {
      return targetClusterOf(object, { client: this.#options.client, ...this.#options.policy });
    } catch (error) {
      if (error instanceof SpecError) return undefined;
      throw error;
    }
  }

  #forget(key: ObjectKey): void {
    this.#gate.leave(key);
    this.#applier.forget(key);
    this.#options.dependencyWaits.leave(key);
  }
}

function readTimeoutMs(object: Kustomization): number {
  try {
    return scheduleOf(object.spec).timeoutMs;
  } catch (error) {
    if (error instanceof SpecError) return FALLBACK_SCHEDULE.timeoutMs;
    throw error;
  }
}
