import { CodedError } from "@sluice/errors";

/**
 * What happens after a failed attempt.
 *
 * | disposition | then |
 * |---|---|
 * | `backoff` | again after the work queue's growing per-key delay |
 * | `retry` | again after `spec.retryInterval`, or the kind's own retry delay |
 * | `wait` | again when what is missing shows up; a timer is the safety net, and nobody is alarmed |
 * | `stall` | `Stalled=True`: only a change of the object, or a request, wakes it |
 * | `requeue` | again at once |
 */
export type Disposition = "backoff" | "retry" | "wait" | "stall" | "requeue";

/** What one kind of failure means for the object: the reason people see, and what happens next. */
export interface Failure {
  /** Reason of `Ready=False`, in Flux's words. */
  readonly reason: string;
  readonly disposition: Disposition;
  /** A condition of the kind's own that says the same: `Healthy=False`, `FetchFailed=True`. */
  readonly condition?: { readonly type: string; readonly status: "True" | "False" };
  /** Which event tells it. Default: a Warning, except for `wait` and `requeue`, which send none. */
  readonly event?: "Warning" | "Normal" | "none";
  /** What the event says. Default: the error's message, as in the condition. */
  readonly eventMessage?: string;
}

/** The spec of an object asks for something that cannot be done, and no retry will change that. */
export type SpecErrorCode = "InvalidField" | "UnsupportedField";

/** Names the field of the object's own spec that is wrong. Stalls that object and no other. */
export class SpecError extends CodedError<SpecErrorCode> {
  /** Dotted path: `spec.interval`. */
  readonly field: string;

  constructor(code: SpecErrorCode, field: string, problem: string, options: { readonly cause?: unknown } = {}) {
    super(code, `${field}: ${problem}`, options);
    this.field = field;
  }
}

/** What each {@link SpecError} means, the same for every kind. */
export const specFailures: { readonly [code in SpecErrorCode]: Failure } = {
  InvalidField: { reason: "InvalidSpec", disposition: "stall" },
  UnsupportedField: { reason: "UnsupportedField", disposition: "stall" },
};
