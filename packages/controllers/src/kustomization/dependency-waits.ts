import { formatKey, type ObjectKey } from "@sluice/api";

/**
 * Who waits for which Kustomization. Waiters are entered before they look at what they depend on, so a change that
 * comes right after the look still finds them.
 */
export class DependencyWaits {
  readonly #waiters = new Map<string, Map<string, ObjectKey>>();

  /** From now on `waiter` waits for these, and for nothing else. */
  enter(waiter: ObjectKey, dependencies: readonly ObjectKey[]): void {
    this.leave(waiter);
    for (const dependency of dependencies) {
      const id = formatKey(dependency);
      const waiters = this.#waiters.get(id) ?? new Map<string, ObjectKey>();
      this.#waiters.set(id, waiters.set(formatKey(waiter), waiter));
    }
  }

  /** `waiter` waits for nothing any more. */
  leave(waiter: ObjectKey): void {
    for (const [id, waiters] of this.#waiters) {
      if (waiters.delete(formatKey(waiter)) && waiters.size === 0) this.#waiters.delete(id);
    }
  }

  /** Those who wait for this one. */
  waitersFor(dependency: ObjectKey): ObjectKey[] {
    return [...(this.#waiters.get(formatKey(dependency))?.values() ?? [])];
  }
}
