/** Lets through a burst, then one per interval. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #intervalMs: number;
  #tokens: number;
  #atMs: number;

  constructor(capacity: number, intervalMs: number, nowMs: number) {
    this.#capacity = capacity;
    this.#intervalMs = intervalMs;
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** Takes a token if there is one. */
  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#capacity, this.#tokens + elapsedMs / this.#intervalMs);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
