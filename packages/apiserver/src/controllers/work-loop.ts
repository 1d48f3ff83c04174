/**
 * Keys that wait to be worked on, each at most once, in order. The work happens in later turns of the event loop, so that
 * a change is announced to everybody before anybody reacts to it.
 */
export class WorkLoop {
  readonly #work: (key: string) => void;
  readonly #onError: (message: string) => void;
  readonly #keys = new Set<string>();
  #scheduled = false;
  #stopped = false;

  /** `work` must be synchronous; what it throws goes to `onError` and the key is forgotten. */
  constructor(work: (key: string) => void, onError: (message: string) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  add(key: string): void {
    this.#keys.add(key);
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#keys.clear();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => this.#run());
  }

  /** Works for a few milliseconds at most, so that requests are not kept waiting. */
  #run(): void {
    this.#scheduled = false;
    const until = performance.now() + sliceMs;
    for (const key of this.#keys) {
      if (this.#stopped) return;
      this.#keys.delete(key);
      try {
        this.#work(key);
      } catch (error) {
        this.#onError(`${key}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      if (performance.now() > until) break;
    }
    if (this.#keys.size > 0) this.#schedule();
  }
}

const sliceMs = 8;
