import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  deduced,
  PatchError,
  type JsonObject as PatchObject,
  type TypeSchema,
} from "@sluice/patch";
import { badRequest, entityTooLarge, statusError } from "../errors/status-errors.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";

/** The kinds of patch that say what to change, unlike apply. */
export type PatchKind = "json" | "merge" | "strategic";

/**
 * Patches an object and returns the outcome, which may share parts with the object. Throws the answer of a real server
 * for patches that are malformed or do not fit.
 */
export function patchWith(kind: PatchKind, object: JsonObject, patch: Json, type: TypeSchema | undefined): JsonObject {
  try {
    const outcome = applyKind(kind, object as unknown as PatchObject, patch as PatchObject, type ?? deduced) as Json;
    if (!isObject(outcome)) throw new PatchError("PatchFailed", "the patched document is not an object");
    return outcome;
  } catch (error) {
    throw answerTo(error);
  }
}

function applyKind(kind: PatchKind, object: PatchObject, patch: PatchObject, type: TypeSchema): unknown {
  switch (kind) {
    case "json":
      return applyJsonPatch(object, patch);
    case "merge":
      return applyMergePatch(object, patch);
    case "strategic":
      return applyStrategicMergePatch(object, patch, type);
  }
}

function answerTo(error: unknown): unknown {
  if (!(error instanceof PatchError)) return error;
  if (error.code === "InvalidPatch") return badRequest(error.message);
  if (error.code === "UnmergeablePatch") return statusError(500, "", error.message);
  if (error.code === "TooManyOperations") return entityTooLarge(error.message);
  if (error.code === "PatchFailed") {
    return statusError(422, "Invalid", "the server rejected our request due to an error in our request", {});
  }
  return error;
}
