/** What every {@link CodedError} may carry besides its code and message. */
export interface CodedErrorOptions {
  /** The error that led to this one; its message is usually part of ours already. */
  readonly cause?: unknown;
}

/**
 * A domain failure: something a caller is expected to tell apart and handle. `code` is the machine's half,
 * `message` the person's: a lower-case fragment without a full stop that begins with the place
 * (`apps/base/kustomization.yaml: duplicate id …`).
 *
 * Bugs are not coded errors: a broken invariant throws `TypeError`, `RangeError` or an assertion.
 */
export class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
  }
}
