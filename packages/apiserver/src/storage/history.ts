import type { Change } from "./change.ts";

/**
 * The latest changes of a collection, oldest first, at most `capacity` of them.
 *
 * **Invariant:** every change with a revision above {@link History.floor} is here.
 */
export class History {
  readonly #capacity: number;
  #changes: Change[] = [];
  #start = 0;
  #floor: number;

  constructor(capacity: number, floor: number) {
    this.#capacity = capacity;
    this.#floor = floor;
  }

  /** The revision of the newest change that has been forgotten. */
  get floor(): number {
    return this.#floor;
  }

  push(change: Change): void {
    this.#changes.push(change);
    while (this.#changes.length - this.#start > this.#capacity) {
      this.#floor = this.#changes[this.#start]?.revision ?? this.#floor;
      this.#start++;
    }
    // Cutting off the front only now and then keeps pushing cheap.
    if (this.#start > this.#capacity) {
      this.#changes = this.#changes.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The changes after a revision, or `undefined` when some of them have been forgotten. */
  after(revision: number): readonly Change[] | undefined {
    if (revision < this.#floor) return undefined;
    let low = this.#start;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#changes.slice(low);
  }

  /** Forgets everything up to and including a revision. */
  compact(revision: number): void {
    this.#changes = this.#changes.slice(this.#start).filter((change) => change.revision > revision);
    this.#start = 0;
    this.#floor = Math.max(this.#floor, revision);
  }
}
