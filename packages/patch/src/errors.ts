import { CodedError } from "@sluice/errors";

/**
 * What can be wrong with a patch, by the HTTP status that a Kubernetes API server answers it with:
 *
 * | code | status | meaning |
 * |---|---|---|
 * | `InvalidPatch` | 400 | the patch document itself is malformed |
 * | `UnmergeablePatch` | 500 | a strategic merge patch that cannot be merged into its type; a real server takes it for its own fault |
 * | `TooManyOperations` | 413 | a JSON patch with more operations than the server takes |
 * | `PatchFailed` | 422 | well-formed, but it does not fit this object (a failed `test`, a missing path) |
 * | `InvalidObjectType` | 400 | an applied object of another kind or version than the request's |
 * | `ManagedFieldsNotAllowed` | 400 | an applied object that sets `metadata.managedFields` |
 * | `InvalidObject` | 500 | an object that its schema does not allow |
 * | `InvalidManagedFields` | 500 | stored `managedFields` that cannot be read |
 * | `InvalidSchema` | - | a type schema that contradicts itself |
 * | `Conflict` | 409 | server-side apply would take fields from other managers |
 */
export type PatchErrorCode =
  | "InvalidPatch"
  | "UnmergeablePatch"
  | "TooManyOperations"
  | "PatchFailed"
  | "InvalidObjectType"
  | "ManagedFieldsNotAllowed"
  | "InvalidObject"
  | "InvalidManagedFields"
  | "InvalidSchema"
  | "Conflict";

/** A patch that cannot be applied. The messages are those of a real API server where it has any. */
export class PatchError extends CodedError<PatchErrorCode> {}
