import {
  ConditionType,
  EventMetadataKey,
  fluxFinalizer,
  FluxReason,
  formatApiVersion,
  formatKey,
  isConditionTrue,
  keyOf,
  kustomizationGvk,
  kustomizeGroup,
  OwnerLabel,
  reconcileRequestOf,
  type Kustomization,
  type ObjectKey,
} from "@sluice/api";
import {
  Fingerprints,
  formatChangeSet,
  formatSubject,
  inventoryOf,
  isChange,
  isSameInventory,
  mergeInventories,
  reconcileLogger,
  ResourceManager,
  subtractInventory,
  type ChangeSet,
  type ObjectReference,
  type Reconciler,
  type Request,
  type Result,
} from "@sluice/kube";
import { ParseCache } from "@sluice/kustomize";
import {
  addFinalizer,
  formatDuration,
  hasFinalizer,
  hasPendingRequest,
  jitter,
  Reconciliation,
  removeFinalizer,
  SpecError,
  type EventDraft,
  type Outcome,
  type Random,
  type ReconciledKind,
  type Runtime,
} from "../runtime/index.ts";
import type { ArtifactFiles } from "./artifact-files.ts";
import { withTimeout } from "./attempt-timeout.ts";
import { checkDependencies, dependenciesOf } from "./dependencies.ts";
import type { DependencyWaits } from "./dependency-waits.ts";
import { KustomizationError } from "./errors.ts";
import type { DriftWatcher } from "./drift-watcher.ts";
import { failureOf } from "./failures.ts";
import type { Health, HealthWatcher } from "./health-watcher.ts";
import { addToHistory } from "./history.ts";
import { isStillWanted, type AppliedState, type PendingHealth } from "./pending-health.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { formatSource, sourceOf } from "./source-reference.ts";
import { applyManifests, FIELD_MANAGER, type ApplyPolicy } from "./steps/apply.ts";
import { buildManifests, type BuildResult } from "./steps/build.ts";
import { deleteObjects } from "./steps/finalize.ts";
import { healthSubjectsOf } from "./steps/health-subjects.ts";
import { loadVariables } from "./steps/load-variables.ts";
import { observeSource, type ObservedSource } from "./steps/observe-source.ts";
import { pruneStale } from "./steps/prune.ts";
import { targetClusterOf, type TargetCluster } from "./target-cluster.ts";
import { rejectUnsupportedFields } from "./unsupported-fields.ts";

/** What a cluster's operator decides for all Kustomizations, by flags. */
export interface KustomizationPolicy extends ApplyPolicy {
  readonly noCrossNamespaceRefs: boolean;
  readonly allowExternalArtifact: boolean;
  readonly defaultServiceAccount: string;
  /** How long until a missing dependency or artifact is looked for again if no watch tells before. */
  readonly requeueDependencyMs: number;
  /** ± per cent of the interval. */
  readonly jitterPercentage: number;
  /** Requests under way at once, per Kustomization. */
  readonly concurrentApplies: number;
}

export interface KustomizationReconcilerOptions extends Runtime {
  readonly random: Random;
  readonly artifacts: ArtifactFiles;
  readonly health: HealthWatcher;
  readonly dependencyWaits: DependencyWaits;
  /** Absent: drift is noticed only by looking, once per interval. */
  readonly drift?: DriftWatcher;
  readonly policy: KustomizationPolicy;
}

const KIND: ReconciledKind = { controller: FIELD_MANAGER, failureConditions: [], failureOf };
const STATUS_MANAGER = `gotk-${FIELD_MANAGER}`;
/** For an object whose own interval cannot be read. */
const FALLBACK_SCHEDULE: Schedule = { intervalMs: 600_000, retryIntervalMs: 600_000, timeoutMs: 30_000 };
const TERMINATION_POLL_MS = 2000;
/** A routine look at healthy objects says nothing unless it takes longer than this. */
const QUIET_HEALTH_MS = 1000;

/**
 * Keeps what Kustomizations describe applied: fetch, build, apply, prune, and see it become healthy.
 *
 * Everything that has to survive is in the object's status. The rest (pending health, fingerprints) only saves work:
 * a process that starts anew comes to the same end.
 */
export class KustomizationReconciler implements Reconciler {
  readonly #options: KustomizationReconcilerOptions;
  readonly #pending = new Map<string, PendingHealth>();
  readonly #fingerprints = new Map<string, Fingerprints>();
  /** Kustomizations of one repository share bases. */
  readonly #parseCache = new ParseCache();

  constructor(options: KustomizationReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Result> {
    const { client } = this.#options;
    const object = await client.find<Kustomization>(kustomizationGvk, request, { signal });
    if (object === undefined) {
      this.#forget(request);
      return {};
    }
    if (object.metadata.deletionTimestamp !== undefined) return this.#finalize(object, signal);
    const owned = await addFinalizer(client, object, {
      finalizer: fluxFinalizer,
      fieldManager: STATUS_MANAGER,
      signal,
    });
    if (owned.spec.suspend === true) {
      this.#stopWaiting(request);
      return {};
    }
    this.#options.drift?.pause(request);
    try {
      return await this.#attempt(owned, signal);
    } finally {
      this.#options.drift?.resume(request);
    }
  }

  async #attempt(object: Kustomization, signal: AbortSignal): Promise<Result> {
    const reconciliation = new Reconciliation(object, { kind: KIND, runtime: this.#options, signal });
    const { requeueDependencyMs } = this.#options.policy;
    let schedule = FALLBACK_SCHEDULE;
    let source: ObservedSource | undefined;
    let outcome: Outcome;
    try {
      schedule = scheduleOf(object.spec);
      rejectUnsupportedFields(object.spec);
      source = await observeSource(object, {
        client: this.#options.client,
        ...this.#options.policy,
        waitText: formatDuration(requeueDependencyMs),
        signal,
      });
      outcome = await this.#advance(reconciliation, source, schedule, signal);
    } catch (error) {
      if (!signal.aborted) this.#stopWaiting(keyOf(object));
      outcome = {
        kind: "failed",
        error,
        retryAfterMs: schedule.retryIntervalMs,
        waitAfterMs: requeueDependencyMs,
        ...(source !== undefined && { metadata: eventMetadata(source) }),
      };
    }
    return reconciliation.finish(outcome);
  }

  /** Goes on with the attempt that waits for health, or begins a new one. */
  async #advance(
    reconciliation: Reconciliation<Kustomization>,
    source: ObservedSource,
    schedule: Schedule,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { object } = reconciliation;
    const key = keyOf(object);
    const pending = this.#pending.get(formatKey(key));
    const health = this.#options.health.find(key);
    if (pending !== undefined && health !== undefined && isStillWanted(pending, object, reconcileRequestOf(object))) {
      if (pending.applied.source.revision === source.revision) {
        return this.#judgeHealth(reconciliation, pending, health, schedule);
      }
      const trigger = formatSource(sourceOf(object));
      throw new KustomizationError("HealthCheckCanceled", `New reconciliation triggered by ${trigger}`, {
        eventMessage: `Health checks canceled due to new reconciliation triggered by ${trigger}`,
      });
    }
    this.#stopWaiting(key);
    await this.#awaitDependencies(object, source.revision, signal);
    const timeout = withTimeout(this.#options.clock, schedule.timeoutMs, signal);
    try {
      return await this.#reconcileRevision(reconciliation, source, schedule, timeout.signal);
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

  async #reconcileRevision(
    reconciliation: Reconciliation<Kustomization>,
    source: ObservedSource,
    schedule: Schedule,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { object, wasReady } = reconciliation;
    const { revision } = source;
    const { clock, artifacts } = this.#options;
    const startedAtMs = clock.now();
    const isNewRevision = object.status?.lastAppliedRevision !== revision;
    const suffix = `for revision ${revision} with a timeout of ${formatDuration(schedule.timeoutMs)}`;

    if (isNewRevision) reconciliation.markDrifted();
    await reconciliation.progress(`Fetching manifests ${suffix}`);
    const files = await artifacts.get(source.artifact, signal);
    reconciliation.record({ lastAttemptedRevision: revision });
    await reconciliation.progress(`Building manifests ${suffix}`);
    const target = targetClusterOf(object, { client: this.#options.client, ...this.#options.policy });
    const variables = await loadVariables(object, this.#options.client, signal);
    const built = buildManifests(files, object, { variables, parseCache: this.#parseCache });
    await reconciliation.progress(`Detecting drift ${suffix}`);
    try {
      const changeSet = await this.#apply(reconciliation, target, built, source, signal);
      const applied: AppliedState = {
        source,
        digest: built.digest,
        startedAtMs,
        hasChanged: changeSet.some(isChange),
        wasReady,
        wasHealthy: isConditionTrue(object.status?.conditions, ConditionType.Healthy),
        isNewRevision,
        isRequested: hasPendingRequest(object),
      };
      return await this.#checkHealth(reconciliation, target, built, { applied, changeSet, schedule });
    } catch (error) {
      this.#enterHistory(reconciliation, source, built.digest, { startedAtMs, status: failureOf(error).reason });
      throw error;
    }
  }

  /** Applies and prunes. The inventory is on record before anything is created, and until everything stale is gone. */
  async #apply(
    reconciliation: Reconciliation<Kustomization>,
    target: TargetCluster,
    built: BuildResult,
    source: ObservedSource,
    signal: AbortSignal,
  ): Promise<ChangeSet> {
    const { object } = reconciliation;
    const manager = this.#managerFor(object, target);
    let entries = object.status?.inventory?.entries ?? [];
    const track = async (created: readonly ObjectReference[]): Promise<void> => {
      const union = mergeInventories(entries, inventoryOf(created));
      if (isSameInventory(union, entries)) return;
      entries = union;
      reconciliation.record({ inventory: { entries } });
      await reconciliation.flush();
    };
    const tell = (done: string, changes: ChangeSet): void => {
      if (changes.length === 0) return;
      const output = Object.fromEntries(changes.map((entry) => [formatSubject(entry), entry.action]));
      reconcileLogger().info(`${done} completed`, { revision: source.revision, output });
      reconciliation.event(draft("Normal", FluxReason.Progressing, formatChangeSet(changes), source));
    };

    const fingerprints = this.#fingerprintsOf(object);
    const changeSet = await applyManifests(manager, object, built.objects, {
      ...this.#options.policy,
      fingerprints,
      track,
      signal,
    });
    tell("server-side apply", changeSet.filter(isChange));
    const kinds = new Map(changeSet.map(({ gvk }) => [`${formatApiVersion(gvk)} ${gvk.kind}`, gvk]));
    this.#options.drift?.follow(keyOf(object), { kinds: [...kinds.values()], fingerprints });

    const applied = inventoryOf(changeSet);
    const stale = subtractInventory(entries, applied);
    if (!object.spec.prune || stale.length === 0) {
      reconciliation.record({ inventory: { entries: applied } });
      return changeSet;
    }
    const pruned = await pruneStale(manager, stale, signal);
    reconciliation.record({ inventory: { entries: mergeInventories(applied, pruned.survivors) } });
    tell("garbage collection", pruned.changeSet);
    if (pruned.error !== undefined) throw pruned.error;
    return [...changeSet, ...pruned.changeSet];
  }

  async #checkHealth(
    reconciliation: Reconciliation<Kustomization>,
    target: TargetCluster,
    built: BuildResult,
    { applied, changeSet, schedule }: { applied: AppliedState; changeSet: ChangeSet; schedule: Schedule },
  ): Promise<Outcome> {
    const { clock, health } = this.#options;
    const { object } = reconciliation;
    const key = keyOf(object);
    const present = changeSet.filter(({ action }) => action !== "deleted");
    const subjects = await healthSubjectsOf(object, { changeSet: present, objects: built.objects }, target.client);
    if (subjects.length === 0) {
      reconciliation.retract(ConditionType.Healthy);
      return this.#succeed(reconciliation, applied, schedule);
    }
    const startedAtMs = clock.now();
    const pending: PendingHealth = {
      applied,
      uid: object.metadata.uid,
      generation: object.metadata.generation,
      requestToken: reconcileRequestOf(object),
      startedAtMs,
      deadlineMs: startedAtMs + schedule.timeoutMs,
      isAnnounced: false,
    };
    const state = health.watch(key, { ...target, subjects });
    const isRoutine = applied.wasReady && !applied.hasChanged && !applied.isNewRevision;
    if (state.verdict === "pending" && isRoutine) {
      this.#pending.set(formatKey(key), pending);
      return { kind: "pending", requeueAfterMs: QUIET_HEALTH_MS };
    }
    return this.#judgeHealth(reconciliation, pending, state, schedule);
  }

  async #judgeHealth(
    reconciliation: Reconciliation<Kustomization>,
    pending: PendingHealth,
    health: Health,
    schedule: Schedule,
  ): Promise<Outcome> {
    const { clock } = this.#options;
    const { applied } = pending;
    const key = keyOf(reconciliation.object);
    const nowMs = clock.now();
    const elapsed = formatDuration(nowMs - pending.startedAtMs);
    if (health.verdict === "healthy") {
      this.#stopWaiting(key);
      const message = `Health check passed in ${elapsed}`;
      if (!applied.wasHealthy || (applied.isNewRevision && applied.hasChanged)) {
        reconciliation.event(draft("Normal", FluxReason.Progressing, message, applied.source));
      }
      const type = ConditionType.Healthy;
      // A condition that holds already keeps its message: nothing has changed, so there is nothing to write.
      if (!applied.wasHealthy || applied.hasChanged || applied.isNewRevision) {
        reconciliation.establish({ type, status: "True", reason: FluxReason.Succeeded, message });
      }
      return this.#succeed(reconciliation, applied, schedule);
    }
    if (health.verdict === "failed" || nowMs >= pending.deadlineMs) {
      const subjects = health.unhealthy.map(({ subject, status }) => `${subject} status: '${status}'`).join(", ");
      const why = health.verdict === "failed" ? "failed early due to stalled resources" : "timeout waiting for";
      const { startedAtMs, source, digest } = applied;
      this.#enterHistory(reconciliation, source, digest, { startedAtMs, status: FluxReason.HealthCheckFailed });
      throw new KustomizationError("HealthCheckFailed", `health check failed after ${elapsed}: ${why}: [${subjects}]`);
    }
    if (!pending.isAnnounced) {
      const timeout = formatDuration(schedule.timeoutMs);
      const message = `Running health checks for revision ${applied.source.revision} with a timeout of ${timeout}`;
      reconciliation.markDrifted();
      const type = ConditionType.Healthy;
      reconciliation.establish({ type, status: "Unknown", reason: FluxReason.Progressing, message });
      await reconciliation.progress(message);
    }
    this.#pending.set(formatKey(key), { ...pending, isAnnounced: true });
    return { kind: "pending", requeueAfterMs: pending.deadlineMs - nowMs };
  }

  #succeed(reconciliation: Reconciliation<Kustomization>, applied: AppliedState, schedule: Schedule): Outcome {
    const { clock, policy, random } = this.#options;
    const { source, digest, startedAtMs } = applied;
    const { revision } = source;
    const reason = FluxReason.ReconciliationSucceeded;
    this.#enterHistory(reconciliation, source, digest, { startedAtMs, status: reason });
    reconciliation.record({
      lastAppliedRevision: revision,
      lastAppliedOriginRevision: source.originRevision,
      lastAttemptedRevision: revision,
    });
    const isRoutine = applied.wasReady && !applied.hasChanged && !applied.isNewRevision && !applied.isRequested;
    const took = formatDuration(clock.now() - startedAtMs);
    const text = `Reconciliation finished in ${took}, next run in ${formatDuration(schedule.intervalMs)}`;
    const event = draft("Normal", reason, text, source, {
      [`${kustomizeGroup}/${EventMetadataKey.CommitStatus}`]: "update",
    });
    return {
      kind: "succeeded",
      reason,
      message: `Applied revision: ${revision}`,
      ...(!isRoutine && { event }),
      requeueAfterMs: jitter(schedule.intervalMs, policy.jitterPercentage, random),
    };
  }

  #enterHistory(
    reconciliation: Reconciliation<Kustomization>,
    source: ObservedSource,
    digest: string,
    { startedAtMs, status }: { readonly startedAtMs: number; readonly status: string },
  ): void {
    const nowMs = this.#options.clock.now();
    const { revision, originRevision } = source;
    const history = addToHistory(reconciliation.object.status?.history, {
      digest,
      status,
      nowMs,
      durationMs: nowMs - startedAtMs,
      metadata: { revision, ...(originRevision !== undefined && { originRevision }) },
    });
    reconciliation.record({ history });
  }

  async #finalize(object: Kustomization, signal: AbortSignal): Promise<Result> {
    const { client, clock, recorder } = this.#options;
    this.#forget(keyOf(object));
    if (!hasFinalizer(object, fluxFinalizer)) return {};
    const event = (each: EventDraft): void => recorder.event(object, each);
    const target = this.#findTarget(object);
    if (target !== undefined) {
      const manager = this.#managerFor(object, target);
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

  #managerFor(object: Kustomization, { client }: TargetCluster): ResourceManager {
    const { name, namespace = "" } = object.metadata;
    return new ResourceManager(client, {
      owner: { fieldManager: FIELD_MANAGER, labels: { [OwnerLabel.Name]: name, [OwnerLabel.Namespace]: namespace } },
      clock: this.#options.clock,
      concurrency: this.#options.policy.concurrentApplies,
    });
  }

  #fingerprintsOf(object: Kustomization): Fingerprints {
    // By uid: an object made anew under the same name has applied nothing yet. By account: rights may differ.
    const id = [formatKey(keyOf(object)), object.metadata.uid, object.spec.serviceAccountName].join(" ");
    const known = this.#fingerprints.get(id) ?? new Fingerprints();
    this.#fingerprints.set(id, known);
    return known;
  }

  #stopWaiting(key: ObjectKey): void {
    this.#pending.delete(formatKey(key));
    this.#options.health.stop(key);
  }

  #forget(key: ObjectKey): void {
    this.#stopWaiting(key);
    this.#options.drift?.forget(key);
    this.#options.dependencyWaits.leave(key);
    const prefix = `${formatKey(key)} `;
    for (const id of this.#fingerprints.keys()) if (id.startsWith(prefix)) this.#fingerprints.delete(id);
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

function draft(
  type: EventDraft["type"],
  reason: string,
  message: string,
  source: ObservedSource,
  more: { readonly [key: string]: string } = {},
): EventDraft {
  return { type, reason, message, metadata: { ...eventMetadata(source), ...more } };
}

function eventMetadata({ revision, originRevision }: ObservedSource): { readonly [key: string]: string } {
  return {
    [`${kustomizeGroup}/${EventMetadataKey.Revision}`]: revision,
    ...(originRevision !== undefined && { [`${kustomizeGroup}/${EventMetadataKey.OriginRevision}`]: originRevision }),
  };
}
