/** Lets one holder in at a time, in the order of arrival. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();

  /** Runs `work` when everyone before has finished, however they ended. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = promise;
    await before;
    try {
      return await work();
    } finally {
      resolve();
    }
  }
}

/** One {@link Mutex} per key, kept only while somebody holds or waits for it. */
export class KeyedMutex {
  readonly #holders = new Map<string, { readonly mutex: Mutex; users: number }>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const holder = this.#holders.get(key) ?? { mutex: new Mutex(), users: 0 };
    this.#holders.set(key, holder);
    holder.users++;
    try {
      return await holder.mutex.run(work);
    } finally {
      holder.users--;
      if (holder.users === 0) this.#holders.delete(key);
    }
  }
}
