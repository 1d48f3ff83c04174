/** The variables that a place in a template sees, each with its slot in the frame. */
export class Scope {
  readonly #outer: Scope | undefined;
  readonly #slots: Map<string, number> = new Map();
  readonly #counter: { next: number };

  constructor(outer?: Scope) {
    this.#outer = outer;
    this.#counter = outer === undefined ? { next: 1 } : outer.#counter;
    if (outer === undefined) this.#slots.set("$", 0);
  }

  nested(): Scope {
    return new Scope(this);
  }

  /** A new variable, which hides others of its name. */
  declare(name: string): number {
    const slot = this.#counter.next++;
    this.#slots.set(name, slot);
    return slot;
  }

  find(name: string): number | undefined {
    return this.#slots.get(name) ?? this.#outer?.find(name);
  }
}
