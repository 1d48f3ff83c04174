import { Buffer } from "node:buffer";
import { isNotFound, StatusError, type KubernetesObject, type UnstructuredObject } from "@sluice/api";
import { CodedError, messageOf } from "@sluice/errors";
import { isNoMatch } from "../errors.ts";
import type { ChangeSet } from "./change-set.ts";
import { formatSubject, referenceOf, type ObjectReference } from "./object-reference.ts";

/**
 * - `NamespaceNotSpecified`: a namespaced object without a namespace.
 * - `KindUnknown`: the server does not serve the kind.
 * - `DryRunFailed`: the server would not take the object. Nothing of its stage was applied.
 * - `ApplyFailed`: the server took the dry run but not the object, or a clean-up failed.
 * - `RecreateFailed`: an object that had to be recreated could not be deleted.
 * - `NotReady`: what the next stage needs did not become ready in time.
 * - `DeleteFailed`: some objects could not be deleted.
 */
export type ApplyErrorCode =
  | "NamespaceNotSpecified"
  | "KindUnknown"
  | "DryRunFailed"
  | "ApplyFailed"
  | "RecreateFailed"
  | "NotReady"
  | "DeleteFailed";

/** Applying or deleting a set of objects stopped. */
export class ApplyError extends CodedError<ApplyErrorCode> {
  /** What had been done before. */
  readonly changeSet: ChangeSet;

  constructor(
    code: ApplyErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly changeSet?: ChangeSet } = {},
  ) {
    super(code, message, options);
    this.changeSet = options.changeSet ?? [];
  }
}

/** The error for an object that a dry run refused, in the words that Flux's users know. */
export function dryRunError(object: UnstructuredObject, cause: unknown): ApplyError {
  const subject = formatSubject(referenceOf(object));
  const text = maskSecret(messageOf(cause), object);
  if (isNoMatch(cause)) return new ApplyError("KindUnknown", `${subject} dry-run failed: ${text}`, { cause });
  if (isNotFound(cause)) return new ApplyError("DryRunFailed", `${subject} not found: ${text}`, { cause });
  const reason = reasonOf(cause);
  return new ApplyError("DryRunFailed", `${subject} dry-run failed${reason === "" ? "" : ` (${reason})`}: ${text}`, {
    cause,
  });
}

export function namespaceNotSpecified(reference: ObjectReference): ApplyError {
  return new ApplyError(
    "NamespaceNotSpecified",
    `${formatSubject(reference)} namespace not specified: the server could not find the requested resource`,
  );
}

/** The error for a step that failed on one object: `<subject> apply failed: <cause>`. */
export function objectError(
  code: ApplyErrorCode,
  object: UnstructuredObject,
  step: string,
  cause: unknown,
): ApplyError {
  const text = maskSecret(messageOf(cause), object);
  return new ApplyError(code, `${formatSubject(referenceOf(object))} ${step}: ${text}`, { cause });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof StatusError)) return "";
  const conflict = cause.status.details?.causes?.find((each) => each.reason === "FieldManagerConflict");
  return conflict?.reason ?? cause.reason;
}

/** Below this, a value is masked only where it stands alone in quotes: `a` is part of every message. */
const MIN_MASKED_LENGTH = 4;

/** Takes the values of a Secret out of what the server says about it. Other objects' messages stay as they are. */
export function maskSecret(
  message: string,
  object: KubernetesObject & { readonly data?: unknown; readonly stringData?: unknown },
): string {
  if (object.kind !== "Secret" || object.apiVersion !== "v1") return message;
  const values = new Set<string>();
  for (const value of [object.data, object.stringData].flatMap((map) => leavesOf(map))) {
    values.add(value);
    values.add(Buffer.from(value, "base64").toString("utf8"));
  }
  values.delete("");
  let masked = message;
  // The longest first, so that no value hides part of another.
  for (const value of [...values].toSorted((left, right) => right.length - left.length)) {
    for (const written of new Set([JSON.stringify(value), value, JSON.stringify(value).slice(1, -1)])) {
      if (written.length >= MIN_MASKED_LENGTH || written.startsWith('"')) masked = masked.replaceAll(written, "***");
    }
  }
  return (
    masked
      // What the server quotes may be a part of a value, or one it has decoded.
      .replaceAll(/(Invalid value: )(?:"(?:[^"\\]|\\.)*"|[^\s:]+)/g, "$1***")
      // A value of another type than text is shown as Go prints it, to the end of the line.
      .replaceAll(/(\bexpected [^,\n]{1,40}, got ).+/g, "$1***")
  );
}

/** The texts at any depth of what should be a map of texts, and is whatever the manifest says. */
function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap((each) => leavesOf(each)) : [];
}
