/** Keys in byte order, with cheap insertion and cheap ranges. */
export class SortedKeys {
  readonly #keys: string[] = [];

  get length(): number {
    return this.#keys.length;
  }

  at(index: number): string | undefined {
    return this.#keys[index];
  }

  /** The index of the first key that is not before the given one. */
  seek(key: string): number {
    const last = this.#keys.at(-1);
    if (last !== undefined && last < key) return this.#keys.length;
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(key: string): void {
    const index = this.seek(key);
    if (index === this.#keys.length) this.#keys.push(key);
    else if (this.#keys[index] !== key) this.#keys.splice(index, 0, key);
  }

  remove(key: string): void {
    const index = this.seek(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** The keys that begin with a prefix. */
  range(prefix: string): readonly string[] {
    if (prefix === "") return this.#keys;
    return this.#keys.slice(this.seek(prefix), this.seek(`${prefix}\uffff`));
  }
}
