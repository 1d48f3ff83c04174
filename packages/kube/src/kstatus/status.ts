/**
 * What is to be thought of an object:
 * - `Current`: what the spec asks for is there and works.
 * - `InProgress`: on its way; wait.
 * - `Failed`: will not get there on its own.
 * - `Terminating`: being deleted.
 * - `NotFound`: not there.
 * - `Unknown`: cannot be told.
 */
export type StatusName = "Current" | "InProgress" | "Failed" | "Terminating" | "NotFound" | "Unknown";

/** A verdict on an object, with the words that people know from `kubectl` and `flux`. */
export interface ComputedStatus {
  readonly status: StatusName;
  readonly message: string;
  /** In CamelCase; empty where the status needs no reason. */
  readonly reason: string;
}

export function current(message: string): ComputedStatus {
  return { status: "Current", message, reason: "" };
}

export function inProgress(reason: string, message: string): ComputedStatus {
  return { status: "InProgress", message, reason };
}

export function failed(reason: string, message: string): ComputedStatus {
  return { status: "Failed", message, reason };
}

/** The verdict on an object that a read did not find. */
export const notFound: ComputedStatus = { status: "NotFound", message: "Resource not found", reason: "NotFound" };
