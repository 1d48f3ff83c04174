import { badRequest } from "../errors/status-errors.ts";
import { decodeYaml, goTypeOf, JsonSyntaxError, MalformedBody, readJson } from "../http/body.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";
import type { FieldValidation } from "../registry/request-context.ts";
import type { PatchKind } from "./patch-kinds.ts";

/** A patch, and what a strict decoder has against it. */
export interface PatchBody {
  readonly patch: Json;
  readonly strict: readonly string[];
}

const objectType = "map[string]interface {}";
const prefix = "error decoding patch: ";

/** Reads the body of a patch other than apply. Throws a 400 for what is malformed. */
export function decodePatch(kind: PatchKind, body: Buffer, validation: FieldValidation): PatchBody {
  const duplicates: string[] = [];
  let patch: Json;
  try {
    patch = readJson(body, duplicates);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(kind === "strategic" ? error.message : `${prefix}${error.message}`);
  }
  const about = kind === "json" ? "json patch duplicate field" : "duplicate field";
  const strict = duplicates.map((field) => `${about} ${JSON.stringify(field)}`);
  if (kind === "json") return validation === "Ignore" ? { patch, strict } : checkOperations(patch, strict);
  if (patch !== null && !isObject(patch)) {
    const problem = `json: cannot unmarshal ${goTypeOf(patch)} into Go value of type ${objectType}`;
    throw badRequest(kind === "strategic" ? problem : `${prefix}${problem}`);
  }
  return { patch: kind === "strategic" ? (patch ?? {}) : patch, strict };
}

const operationFields = new Set(["op", "path", "from", "value"]);

function checkOperations(patch: Json, strict: string[]): PatchBody {
  const refuse = (value: Json, type: string): Error =>
    badRequest(`${prefix}json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${type}`);
  if (!Array.isArray(patch)) throw refuse(patch, "[]handlers.jsonPatchOp");
  for (const [index, operation] of patch.entries()) {
    if (!isObject(operation)) throw refuse(operation, "handlers.jsonPatchOp");
    for (const field of Object.keys(operation)) {
      if (!operationFields.has(field)) strict.push(`json patch unknown field "[${index}].${field}"`);
    }
  }
  return { patch, strict };
}

/** What a client applies, and the keys that it names twice, in Go's words. */
export interface AppliedBody {
  readonly applied: JsonObject;
  readonly duplicates: string | undefined;
}

/** Reads the body of an apply: YAML, which JSON is a part of. Throws a 400 for what is malformed or no object. */
export function decodeApplied(body: Buffer): AppliedBody {
  const { value, duplicates } = readApplied(body);
  if (value === null) return { applied: {}, duplicates };
  if (isObject(value)) return { applied: value, duplicates };
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${objectType}`,
  );
}

function readApplied(body: Buffer): { value: Json; duplicates: string | undefined } {
  // JSON is much faster to read.
  if (/^\s*\{/.test(body.subarray(0, 64).toString("latin1"))) {
    try {
      const repeated: string[] = [];
      const value = readJson(body, repeated);
      if (repeated.length === 0) return { value, duplicates: undefined };
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  }
  const strict: string[] = [];
  try {
    const value = decodeYaml(body, strict);
    return { value, duplicates: strict[0] };
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
  }
}
