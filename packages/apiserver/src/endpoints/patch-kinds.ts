import type { JsonObject as PatchObject, TypeSchema } from "@sluice/patch";
import { badRequest } from "../errors/status-errors.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";

/** The kinds of patch that say what to change, unlike apply. */
export type PatchKind = "json" | "merge" | "strategic";

/** Patches an object and returns the outcome, which may share parts with the object. */
export function patchWith(kind: PatchKind, object: JsonObject, patch: Json, type: TypeSchema | undefined): JsonObject {
  void type;
  if (kind === "json") throw badRequest("json patch is not there yet");
  if (!isObject(patch)) throw badRequest("Invalid JSON Patch");
  return mergePatch(object, patch);
}

function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete result[key];
    else if (isObject(value)) {
      const before = result[key];
      result[key] = mergePatch(isObject(before) ? before : {}, value);
    } else result[key] = value;
  }
  return result;
}

export type { PatchObject };
