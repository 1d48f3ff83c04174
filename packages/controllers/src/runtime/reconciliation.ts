import {
  ConditionType,
  findCondition,
  gvkOf,
  isNotFound,
  keyOf,
  reconcileRequestOf,
  type Condition,
  type FluxStatus,
} from "@sluice/api";
import { messageOf } from "@sluice/errors";
import { reconcileLogger, redact, type Client, type Clock, type Result } from "@sluice/kube";
import { timestampOf } from "./clock.ts";
import { formatDuration } from "./duration.ts";
import {
  markFailed,
  markProgressing,
  markSucceeded,
  setFacts,
  type ConditionContext,
  type Fact,
} from "./conditions.ts";
import type { EventDraft, EventRecorder } from "./events.ts";
import type { Failure } from "./failure.ts";
import type { FluxObject, StatusOf } from "./flux-object.ts";
import { diffStatus } from "./status-patch.ts";

/** What does not change from one attempt to the next. */
export interface ReconciledKind {
  /** `kustomize-controller`. Its status writes are made by the field manager `gotk-kustomize-controller`. */
  readonly controller: string;
  /** Condition types of the kind that exist only while something is wrong. A success removes them. */
  readonly failureConditions: readonly string[];
  /** Whether `Ready=Unknown` repeats what is being done, as sources do, instead of saying just that something is. */
  readonly readyTellsProgress?: boolean;
  /** What anything that a step throws means. Total: unknown errors get the kind's general failure. */
  failureOf(thrown: unknown): Failure;
}

/** What a reconciler works with; the same for all kinds of one process. */
export interface Runtime {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: EventRecorder;
}

/** How an attempt ended. */
export type Outcome =
  | {
      readonly kind: "succeeded";
      readonly reason: string;
      /** Of `Ready=True`. */
      readonly message: string;
      /** Conditions of the kind's own that now hold. */
      readonly facts?: readonly Fact[];
      /** Told once the status is written. A success that changed nothing needs none. */
      readonly event?: EventDraft;
      readonly requeueAfterMs: number;
    }
  | {
      /** The worker is free, the attempt is not over: something being watched will bring the object back. */
      readonly kind: "pending";
      readonly requeueAfterMs?: number;
    }
  | {
      readonly kind: "failed";
      readonly error: unknown;
      readonly facts?: readonly Fact[];
      /** Delays for the dispositions `retry` and `wait`. */
      readonly retryAfterMs: number;
      readonly waitAfterMs: number;
      /** Extra metadata of the event. */
      readonly metadata?: { readonly [key: string]: string };
    };

type Failed = Outcome & { readonly kind: "failed" };

/** Longest message that a condition can hold. */
const MAX_CONDITION_MESSAGE = 32_768;
/** The conditions that only progress and the outcome write. */
const RESERVED: readonly string[] = [ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled];
const AT_ONCE_MS = 0;
/** Steps that follow each other faster are told of by the next write, whatever it is for. */
const PROGRESS_GAP_MS = 200;

/**
 * One attempt to reconcile one object. Steps {@link record} their own facts (an artifact, an inventory), report
 * {@link progress}, and throw; {@link finish} alone turns the outcome into conditions, event and requeue.
 *
 * Status writes are merge patches of what has changed, without a resourceVersion: they never conflict, and an attempt
 * that changes nothing writes nothing. **Invariant:** no other code writes conditions.
 */
export class Reconciliation<T extends FluxObject> {
  readonly #kind: ReconciledKind;
  readonly #runtime: Runtime;
  readonly #signal: AbortSignal;
  readonly #startedAtMs: number;
  readonly #readyBefore: Condition | undefined;
  #object: T;
  /** The status as the server has it. */
  #written: FluxStatus | undefined;
  #isDrifted: boolean;
  /** When progress was last written. */
  #progressAtMs = Number.NEGATIVE_INFINITY;

  /** `object` must come from the API server, not from a cache that may be behind our own last write. */
  constructor(
    object: T,
    options: { readonly kind: ReconciledKind; readonly runtime: Runtime; readonly signal: AbortSignal },
  ) {
    this.#kind = options.kind;
    this.#runtime = options.runtime;
    this.#signal = options.signal;
    this.#startedAtMs = options.runtime.clock.now();
    this.#object = object;
    this.#written = object.status;
    this.#readyBefore = findCondition(object.status?.conditions, ConditionType.Ready);
    this.#isDrifted =
      this.#readyBefore?.status !== "True" || object.status?.observedGeneration !== object.metadata.generation;
  }

  /** The object with everything recorded so far. */
  get object(): T {
    return this.#object;
  }

  /** How long this attempt has taken so far. */
  get elapsedMs(): number {
    return this.#runtime.clock.now() - this.#startedAtMs;
  }

  /** Whether the object was Ready, for its present generation, when the attempt began. */
  get wasReady(): boolean {
    return (
      this.#readyBefore?.status === "True" && this.#written?.observedGeneration === this.#object.metadata.generation
    );
  }

  /** Stages status fields; `undefined` removes one. Written by the next {@link progress}, {@link flush} or {@link finish}. */
  record(facts: { readonly [field in keyof StatusOf<T>]?: StatusOf<T>[field] | undefined }): void {
    this.#object = { ...this.#object, status: { ...this.#object.status, ...facts } };
  }

  /** Sets conditions of the kind's own while the attempt goes on: `Healthy=Unknown`. Written as in {@link record}. */
  establish(...facts: readonly Fact[]): void {
    const reserved = facts.find((fact) => RESERVED.includes(fact.type));
    if (reserved !== undefined) throw new TypeError(`${reserved.type} is not a step's to write`);
    this.#recordConditions(setFacts(this.#object.status?.conditions, facts, this.#conditionContext()));
  }

  /** Removes conditions of the kind's own. Written as in {@link record}. */
  retract(...types: readonly string[]): void {
    const before = this.#object.status?.conditions ?? [];
    this.#recordConditions(before.filter((condition) => !types.includes(condition.type)));
  }

  /** There is something to do (a new revision, a drifted object), so `Ready` no longer counts until the end. */
  markDrifted(): void {
    this.#isDrifted = true;
  }

  /**
   * Says what is being done, in `Reconciling`. Written when there is something to do, but not more often than people
   * can read; a routine look at a healthy object stays silent.
   */
  async progress(message: string): Promise<void> {
    const text = redact(message);
    const context = {
      ...this.#conditionContext(),
      isDrifted: this.#isDrifted,
      ...(this.#kind.readyTellsProgress === true && { readyMessage: text }),
    };
    this.#recordConditions(markProgressing(this.#object.status?.conditions, text, context));
    const nowMs = this.#runtime.clock.now();
    if (!this.#isDrifted || nowMs - this.#progressAtMs < PROGRESS_GAP_MS) return;
    this.#progressAtMs = nowMs;
    await this.flush();
  }

  /** Writes what was recorded, if anything changed. */
  async flush(): Promise<void> {
    const status = diffStatus(this.#written, this.#object.status);
    if (status === undefined) return;
    const { uid } = this.#object.metadata;
    // The uid keeps the status of a deleted object away from its successor of the same name.
    const body = { ...(uid !== undefined && { metadata: { uid } }), status };
    const stored = await this.#runtime.client.patch<T>(
      gvkOf(this.#object),
      keyOf(this.#object),
      { type: "merge", body },
      { fieldManager: `gotk-${this.#kind.controller}`, subresource: "status", signal: this.#signal },
    );
    this.#written = this.#object.status;
    this.#object = { ...this.#object, metadata: stored.metadata };
  }

  /** Tells something about the object. Credentials are masked. */
  event(draft: EventDraft): void {
    this.#runtime.recorder.event(this.#object, { ...draft, message: redact(draft.message) });
  }

  /**
   * Ends the attempt. Rethrows the error of an aborted attempt (nothing is written: it was cancelled, it did not
   * fail) and of the disposition `backoff` (after writing it), which the work queue then delays.
   */
  async finish(outcome: Outcome): Promise<Result> {
    switch (outcome.kind) {
      case "pending":
        // A routine look that goes on elsewhere has nothing to say yet.
        if (this.#isDrifted) await this.flush();
        return outcome.requeueAfterMs === undefined ? {} : { requeueAfterMs: outcome.requeueAfterMs };
      case "succeeded":
        return this.#succeed(outcome);
      case "failed":
        if (this.#signal.aborted) throw outcome.error;
        return this.#fail(outcome);
    }
  }

  async #succeed(outcome: Outcome & { readonly kind: "succeeded" }): Promise<Result> {
    const { failureConditions } = this.#kind;
    const context = { ...this.#conditionContext(), failureConditions };
    const conditions = markSucceeded(this.#object.status?.conditions, outcome, context);
    this.#recordHandled(true);
    this.#recordConditions(conditions);
    await this.flush();
    if (outcome.event !== undefined) this.event(outcome.event);
    const next = formatDuration(outcome.requeueAfterMs);
    const finished = `Reconciliation finished in ${formatDuration(this.elapsedMs)}, next run in ${next}`;
    reconcileLogger().info(outcome.event?.message ?? finished, outcome.event?.metadata);
    return { requeueAfterMs: outcome.requeueAfterMs };
  }

  async #fail(outcome: Failed): Promise<Result> {
    const failure = this.#kind.failureOf(outcome.error);
    const text = redact(messageOf(outcome.error));
    const message = text.length > MAX_CONDITION_MESSAGE ? `${text.slice(0, MAX_CONDITION_MESSAGE - 1)}…` : text;
    const conditions = markFailed(
      this.#object.status?.conditions,
      { failure, message, ...(outcome.facts && { facts: outcome.facts }) },
      this.#conditionContext(),
    );
    this.#recordHandled(failure.disposition === "stall");
    this.#recordConditions(conditions);
    await this.#flushUnlessGone();

    const type = failure.event ?? (isQuiet(failure) ? "none" : "Warning");
    const isNews = this.#readyBefore?.reason !== failure.reason || this.#readyBefore.message !== message;
    if (type !== "none" && (isNews || !isQuiet(failure))) {
      const { metadata } = outcome;
      const eventMessage = failure.eventMessage ?? text;
      this.event({ type, reason: failure.reason, message: eventMessage, ...(metadata && { metadata }) });
    }
    this.#logFailure(failure, outcome);
    switch (failure.disposition) {
      case "backoff":
        throw outcome.error;
      case "retry":
        return { requeueAfterMs: outcome.retryAfterMs };
      case "wait":
        return { requeueAfterMs: outcome.waitAfterMs };
      case "requeue":
        return { requeueAfterMs: AT_ONCE_MS };
      case "stall":
        return {};
    }
  }

  #logFailure({ disposition, reason, eventMessage }: Failure, { error, retryAfterMs, metadata }: Failed): void {
    const logger = reconcileLogger();
    const fields = { ...metadata, reason };
    switch (disposition) {
      case "backoff": // the controller logs what it delays
        return;
      case "retry": {
        const elapsed = formatDuration(this.elapsedMs);
        const text = `Reconciliation failed after ${elapsed}, next try in ${formatDuration(retryAfterMs)}`;
        logger.error(text, error, fields);
        return;
      }
      case "stall":
        logger.error("Reconciliation stalled", error, fields);
        return;
      case "wait":
      case "requeue":
        logger.info(eventMessage ?? messageOf(error), fields);
    }
  }

  async #flushUnlessGone(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** A request counts as handled however the attempt ended; a generation only when there is nothing left to try. */
  #recordHandled(isSettled: boolean): void {
    const token = reconcileRequestOf(this.#object);
    const { generation } = this.#object.metadata;
    const handled = {
      ...(token !== undefined && { lastHandledReconcileAt: token }),
      ...(isSettled && generation !== undefined && { observedGeneration: generation }),
    };
    this.#object = { ...this.#object, status: { ...this.#object.status, ...handled } };
  }

  #recordConditions(conditions: readonly Condition[]): void {
    this.#object = { ...this.#object, status: { ...this.#object.status, conditions } };
  }

  #conditionContext(): ConditionContext {
    return { generation: this.#object.metadata.generation, now: timestampOf(this.#runtime.clock) };
  }
}

function isQuiet(failure: Failure): boolean {
  return failure.disposition === "wait" || failure.disposition === "requeue";
}
