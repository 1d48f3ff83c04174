/** A timer of the fake clock. */
interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock whose hands the test turns. It has the shape of `Clock` of `@sluice/kube`, so it goes wherever one is
 * wanted.
 *
 * @example
 * ```ts
 * const clock = new FakeClock();
 * const slept = clock.sleep(60_000);
 * await clock.advance(60_000);
 * await slept;
 * ```
 */
export class FakeClock {
  #nowMs: number;
  #order = 0;
  readonly #entries = new Set<Entry>();

  /** Starts at a fixed moment, so that goldens do not change from day to day. */
  constructor(start: Date | string = "2026-01-01T00:00:00Z") {
    this.#nowMs = new Date(start).getTime();
    // Used as callbacks, away from the object.
    this.now = this.now.bind(this);
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** How many timers have yet to fire. */
  get pending(): number {
    return this.#entries.size;
  }

  setTimeout(callback: () => void, delayMs: number): { cancel(): void } {
    const entry = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(reasonOf(signal));
        return;
      }
      const onAbort = (): void => {
        timer.cancel();
        if (signal !== undefined) reject(reasonOf(signal));
      };
      const timer = this.setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, delayMs);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /**
   * Moves time on, firing what becomes due in order, timers that those set included. Between two of them everything
   * else that is ready runs (promises, arrived I/O). Resolves when it is quiet.
   */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (let next = this.#due(untilMs); next !== undefined; next = this.#due(untilMs)) {
      this.#entries.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** Lets everything run that does not wait for time. */
  async settle(): Promise<void> {
    await settle();
  }

  #due(untilMs: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.atMs > untilMs) continue;
      if (first === undefined || entry.atMs < first.atMs || (entry.atMs === first.atMs && entry.order < first.order))
        first = entry;
    }
    return first;
  }
}

// Three turns of the event loop: enough for a promise chain that hands over to the next one a few times.
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
