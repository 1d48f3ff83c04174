/**
 * Bytes or text that must not be printed. They live in a private field, so neither string templates, `JSON.stringify`
 * nor `util.inspect` show them; whoever needs them says so with {@link Secret.reveal}.
 */
export class Secret<T extends string | Uint8Array> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }
}

/** The 32 bytes that encrypt a document's values. */
export type DataKey = Secret<Uint8Array>;
