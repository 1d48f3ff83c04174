/** Why a request failed, in the words of `metav1.StatusReason`. Servers may send others. */
export type StatusReason =
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "Invalid"
  | "ServerTimeout"
  | "Timeout"
  | "TooManyRequests"
  | "BadRequest"
  | "MethodNotAllowed"
  | "NotAcceptable"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "InternalError"
  | "Expired"
  | "ServiceUnavailable"
  | "Unknown"
  | "";

/** One reason among several: a field that is wrong, a manager that conflicts. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** What the failure is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** The body of a failed request (`kind: Status`), field for field `metav1.Status`. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly [key: string]: unknown };
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

/**
 * A request that the API server refused. The same class is thrown by the embedded server's own code and by the
 * client that reads the answer, so both sides tell failures apart by the same guards.
 */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status, options?: { readonly cause?: unknown }) {
    super(status.message ?? status.reason ?? `HTTP ${status.code}`, options);
    this.name = "StatusError";
    this.status = status;
  }

  /** The HTTP status code. */
  get code(): number {
    return this.status.code;
  }

  get reason(): StatusReason {
    return this.status.reason ?? "";
  }
}

function hasReason(thrown: unknown, reason: StatusReason, code?: number): boolean {
  return thrown instanceof StatusError && (thrown.reason === reason || (thrown.reason === "" && thrown.code === code));
}

export function isNotFound(thrown: unknown): thrown is StatusError {
  return hasReason(thrown, "NotFound", 404);
}

export function isAlreadyExists(thrown: unknown): thrown is StatusError {
  return hasReason(thrown, "AlreadyExists");
}

/** A stale resourceVersion, or (with `FieldManagerConflict` causes) fields that another manager owns. */
export function isConflict(thrown: unknown): thrown is StatusError {
  return hasReason(thrown, "Conflict");
}

export function isInvalid(thrown: unknown): thrown is StatusError {
  return hasReason(thrown, "Invalid", 422);
}

export function isForbidden(thrown: unknown): thrown is StatusError {
  return hasReason(thrown, "Forbidden", 403);
}

/** The resourceVersion or continue token is too old: list again. */
export function isGone(thrown: unknown): thrown is StatusError {
  return hasReason(thrown, "Gone", 410) || hasReason(thrown, "Expired", 410);
}
