import { randomUUID } from "node:crypto";
import type { KubernetesObject, ObjectKey, UnstructuredObject } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { Informer } from "../cache/informer.ts";
import { systemClock, type Clock } from "../clock.ts";
import { silentLogger, type Logger } from "../logger.ts";
import type { EventHandler } from "./event-handlers.ts";
import type { Predicate } from "./predicates.ts";
import { withReconcileLogger } from "./reconcile-logger.ts";
import type { Reconciler, Request, Result } from "./reconciler.ts";
import { WorkQueue, type WorkQueueObserver, type WorkQueueOptions } from "./work-queue.ts";

/** Is told how reconciliations go; see `controllerMetrics`. */
export interface ControllerObserver {
  readonly queue?: WorkQueueObserver;
  started?(): void;
  finished?(outcome: ReconcileOutcome, durationMs: number): void;
}

/** How one call of a reconciler ended. `canceled` is neither success nor failure. */
export type ReconcileOutcome = "success" | "requeue_after" | "error" | "terminal_error" | "canceled";

export interface ControllerOptions {
  /** In logs, metrics and events: `kustomization`. */
  readonly name: string;
  /** The kind whose objects are reconciled, for logs: `Kustomization`. */
  readonly kind: string;
  readonly reconciler: Reconciler;
  /** How many objects are reconciled at the same time, 1 when absent. */
  readonly concurrency?: number;
  /** Aborts the signal of a reconciliation that takes longer; no limit when absent. */
  readonly reconcileTimeoutMs?: number;
  /** Back-off of failures. */
  readonly backoff?: Pick<WorkQueueOptions, "baseDelayMs" | "maxDelayMs" | "jitter" | "random">;
  /** False: runs on every replica, not only on the leader. */
  readonly needsLeaderElection?: boolean;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly observer?: ControllerObserver;
}

/** A failure that trying again cannot mend: it is logged and counted, and only a change wakes the object up. */
export class TerminalError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = "TerminalError";
  }
}

/** Feeds a {@link Reconciler} from informers through a work queue. */
export class Controller {
  readonly name: string;
  readonly needsLeaderElection: boolean;
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watches: (() => () => void)[] = [];
  readonly #informers: Informer[] = [];

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.needsLeaderElection = options.needsLeaderElection ?? true;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = (options.logger ?? silentLogger).with({ controller: options.name, controllerKind: options.kind });
    this.queue = new WorkQueue({
      ...options.backoff,
      clock: this.#clock,
      ...(options.observer?.queue === undefined ? {} : { observer: options.observer.queue }),
    });
  }

  /** Reconciles what the handler makes of an informer's changes, as far as all predicates pass them. */
  watch<T extends KubernetesObject = UnstructuredObject>(
    informer: Informer<T>,
    handler: EventHandler<NoInfer<T>>,
    ...predicates: readonly Predicate<NoInfer<T>>[]
  ): this {
    const enqueue = (object: T, before?: T): void => {
      for (const request of handler.requestsFor(object, before)) this.queue.add(request);
    };
    this.#informers.push(informer as unknown as Informer);
    this.#watches.push(() =>
      informer.addEventHandler({
        onAdd: (object) => {
          if (predicates.every((each) => each.create?.(object) ?? true)) enqueue(object);
        },
        onUpdate: (before, after) => {
          if (predicates.every((each) => each.update?.(before, after) ?? true)) enqueue(after, before);
        },
        onDelete: (object) => {
          if (predicates.every((each) => each.delete?.(object) ?? true)) enqueue(object);
        },
      }),
    );
    return this;
  }

  /** Asks for a reconciliation from outside of any informer. */
  enqueue(request: Request, options: { readonly afterMs?: number } = {}): void {
    this.queue.addAfter(request, options.afterMs ?? 0);
  }

  /**
   * Works until the signal aborts; resolves when the reconciliations under way have ended. Can run once: the queue is
   * shut down at the end.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stopWatching = this.#watches.map((start) => start());
    const onAbort = (): void => this.queue.shutDown();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.all(this.#informers.map((informer) => informer.waitForSync(signal)));
      const concurrency = this.#options.concurrency ?? 1;
      this.#logger.info("Starting workers", { "worker count": concurrency });
      await Promise.all(Array.from({ length: concurrency }, () => this.#work(signal)));
      this.#logger.info("All workers finished");
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      for (const stop of stopWatching) stop();
      this.queue.shutDown();
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    if (signal.aborted) this.queue.shutDown();
    for (let request = await this.queue.get(); request !== undefined; request = await this.queue.get()) {
      try {
        await this.#reconcile(request, signal);
      } finally {
        this.queue.done(request);
      }
    }
  }

  async #reconcile(request: ObjectKey, signal: AbortSignal): Promise<void> {
    const { reconciler, observer } = this.#options;
    const logger = this.#logger.with({ ...request, reconcileID: randomUUID() });
    const startedAtMs = this.#clock.now();
    const limit = this.#limit(signal);
    observer?.started?.();
    let outcome: ReconcileOutcome = "canceled";
    try {
      const result = await withReconcileLogger(logger, () => reconciler.reconcile(request, limit.signal));
      outcome = this.#requeue(request, result);
    } catch (error) {
      if (signal.aborted) return;
      outcome = this.#fail(request, error, logger);
    } finally {
      limit.clear();
      observer?.finished?.(outcome, this.#clock.now() - startedAtMs);
    }
  }

  #requeue(request: ObjectKey, result: Result): ReconcileOutcome {
    this.queue.forget(request);
    if (result.requeueAfterMs === undefined) return "success";
    this.queue.addAfter(request, result.requeueAfterMs);
    return "requeue_after";
  }

  #fail(request: ObjectKey, error: unknown, logger: Logger): ReconcileOutcome {
    if (error instanceof TerminalError) {
      logger.error("Reconciler error", error, { terminal: true });
      return "terminal_error";
    }
    const retryAfterMs = Math.round(this.queue.addRateLimited(request));
    logger.error("Reconciler error", error, { retryAfterMs });
    return "error";
  }

  #limit(signal: AbortSignal): { readonly signal: AbortSignal; clear(): void } {
    const { reconcileTimeoutMs } = this.#options;
    if (reconcileTimeoutMs === undefined) return { signal, clear: () => {} };
    const timeout = new AbortController();
    const timer = this.#clock.setTimeout(
      () => timeout.abort(new DOMException(`reconciliation took longer than ${reconcileTimeoutMs} ms`, "TimeoutError")),
      reconcileTimeoutMs,
    );
    return { signal: AbortSignal.any([signal, timeout.signal]), clear: () => timer.cancel() };
  }
}
