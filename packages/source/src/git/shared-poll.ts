interface Batch<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Lets callers that ask for the same thing in the same moment share one answer. Nobody gets an answer to a question
 * that was asked before their own: who comes while a poll is under way shares the next one.
 */
export class SharedPoll<T> {
  readonly #running = new Map<string, Batch<T>>();
  readonly #next = new Map<string, Batch<T>>();

  /**
   * `poll` gets a signal that is aborted when no caller waits any more. The caller's own signal ends only its own
   * waiting; the returned promise then rejects with the signal's reason.
   */
  async ask(key: string, signal: AbortSignal, poll: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const batch = this.#join(key, poll);
    batch.waiting++;
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => {
      aborted.reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([batch.result, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (--batch.waiting === 0) batch.controller.abort(new DOMException("nobody waits any more", "AbortError"));
    }
  }

  #join(key: string, poll: (signal: AbortSignal) => Promise<T>): Batch<T> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#start(key, poll);
    const waiting = this.#next.get(key);
    if (waiting !== undefined && !waiting.controller.signal.aborted) return waiting;
    const controller = new AbortController();
    const result = running.result.then(
      () => this.#promote(key, batch, poll),
      () => this.#promote(key, batch, poll),
    );
    const batch: Batch<T> = { controller, waiting: 0, result };
    result.catch(() => {}); // each caller has its own rejection
    this.#next.set(key, batch);
    return batch;
  }

  async #promote(key: string, batch: Batch<T>, poll: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#next.get(key) === batch) this.#next.delete(key);
    batch.controller.signal.throwIfAborted();
    return this.#run(key, batch, poll);
  }

  #start(key: string, poll: (signal: AbortSignal) => Promise<T>): Batch<T> {
    const controller = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    promise.catch(() => {});
    const batch: Batch<T> = { controller, waiting: 0, result: promise };
    this.#run(key, batch, poll).then(resolve, reject);
    return batch;
  }

  async #run(key: string, batch: Batch<T>, poll: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#running.set(key, batch);
    try {
      return await poll(batch.controller.signal);
    } finally {
      if (this.#running.get(key) === batch) this.#running.delete(key);
    }
  }
}
