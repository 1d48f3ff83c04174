import { formatKey, type ObjectKey } from "@sluice/api";
import { backoffMs } from "../backoff.ts";
import { systemClock, type Clock, type Timer } from "../clock.ts";

/** Is told what a queue does; see `workQueueMetrics`. */
export interface WorkQueueObserver {
  /** An item became ready; `depth` counts the ready ones. */
  added?(depth: number): void;
  /** An item was handed out after waiting that long. */
  taken?(depth: number, waitedMs: number): void;
  /** The work on an item ended after that long. */
  finished?(workedMs: number): void;
  /** An item will come again because of a failure. */
  retried?(): void;
}

export interface WorkQueueOptions {
  readonly clock?: Clock;
  /** Delay after the first failure of a key, 750 ms when absent; doubles with each further one. */
  readonly baseDelayMs?: number;
  /** 15 minutes when absent. */
  readonly maxDelayMs?: number;
  /** 0.1 when absent: up to ten percent more, at random. */
  readonly jitter?: number;
  readonly random?: () => number;
  readonly observer?: WorkQueueObserver;
}

interface Delayed {
  readonly dueAtMs: number;
  readonly timer: Timer;
}

/**
 * Keys of objects to look at. A key is in the queue at most once, and never handed out while somebody still works on
 * it: added in the meantime, it comes again after {@link done}.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #options: Required<Pick<WorkQueueOptions, "baseDelayMs" | "maxDelayMs" | "jitter" | "random">>;
  readonly #observer: WorkQueueObserver;
  /** Ready to be handed out, in order, with the time since when. */
  readonly #ready = new Map<string, { readonly key: ObjectKey; readonly sinceMs: number }>();
  readonly #processing = new Map<string, number>();
  /** Added while being worked on. */
  readonly #again = new Map<string, ObjectKey>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #waiters: ((key: ObjectKey | undefined) => void)[] = [];
  #isShutDown = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#options = {
      baseDelayMs: options.baseDelayMs ?? 750,
      maxDelayMs: options.maxDelayMs ?? 15 * 60_000,
      jitter: options.jitter ?? 0.1,
      random: options.random ?? Math.random,
    };
    this.#observer = options.observer ?? {};
  }

  /** How many keys are ready, not counting those being worked on or delayed. */
  get depth(): number {
    return this.#ready.size;
  }

  /** How many keys wait for their time. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** Since when each key in work is being worked on, in milliseconds since the epoch. */
  get processingSince(): readonly number[] {
    return [...this.#processing.values()];
  }

  /** Adds a key now. */
  add(key: ObjectKey): void {
    const id = formatKey(key);
    if (this.#isShutDown || this.#ready.has(id) || this.#again.has(id)) return;
    if (this.#processing.has(id)) {
      this.#again.set(id, key);
      return;
    }
    this.#ready.set(id, { key, sinceMs: this.#clock.now() });
    this.#observer.added?.(this.#ready.size);
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) waiter(this.#take());
  }

  /** Adds a key after a delay, at once when it is zero or less. Of several delays for one key the earliest counts. */
  addAfter(key: ObjectKey, delayMs: number): void {
    if (Number.isNaN(delayMs)) throw new RangeError(`delay of ${formatKey(key)} is not a number`);
    if (this.#isShutDown) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const id = formatKey(key);
    const dueAtMs = this.#clock.now() + delayMs;
    const waiting = this.#delayed.get(id);
    if (waiting !== undefined) {
      if (waiting.dueAtMs <= dueAtMs) return;
      waiting.timer.cancel();
    }
    const timer = this.#clock.setTimeout(() => {
      this.#delayed.delete(id);
      this.add(key);
    }, delayMs);
    this.#delayed.set(id, { dueAtMs, timer });
  }

  /** Adds a key after a delay that grows with every call until {@link forget}. Returns the delay. */
  addRateLimited(key: ObjectKey): number {
    const id = formatKey(key);
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    const { baseDelayMs, maxDelayMs, jitter, random } = this.#options;
    const delayMs = backoffMs(failures, { baseMs: baseDelayMs, maxMs: maxDelayMs, jitter, random });
    this.#observer.retried?.();
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** How often a key has failed in a row. */
  failures(key: ObjectKey): number {
    return this.#failures.get(formatKey(key)) ?? 0;
  }

  /** Ends a series of failures: the next delay is the shortest again. */
  forget(key: ObjectKey): void {
    this.#failures.delete(formatKey(key));
  }

  /**
   * Waits for a key; `undefined` when the queue was shut down. A delay pending for the key is dropped: who looks at
   * the object now says anew when to look again.
   */
  get(): Promise<ObjectKey | undefined> {
    if (this.#ready.size > 0) return Promise.resolve(this.#take());
    if (this.#isShutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Ends the work on a key that {@link get} handed out. */
  done(key: ObjectKey): void {
    const id = formatKey(key);
    const sinceMs = this.#processing.get(id);
    if (sinceMs === undefined) return;
    this.#processing.delete(id);
    this.#observer.finished?.(this.#clock.now() - sinceMs);
    const again = this.#again.get(id);
    if (again === undefined) return;
    this.#again.delete(id);
    this.add(again);
  }

  /** Takes no more keys, forgets the delayed and ready ones, and lets everyone who waits go. */
  shutDown(): void {
    this.#isShutDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#ready.clear();
    this.#again.clear();
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
  }

  #take(): ObjectKey | undefined {
    const first = this.#ready.entries().next();
    if (first.done === true) return undefined;
    const [id, { key, sinceMs }] = first.value;
    const nowMs = this.#clock.now();
    this.#ready.delete(id);
    this.#processing.set(id, nowMs);
    this.#delayed.get(id)?.timer.cancel();
    this.#delayed.delete(id);
    this.#observer.taken?.(this.#ready.size, nowMs - sinceMs);
    return key;
  }
}
