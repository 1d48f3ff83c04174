import { PatchError } from "../errors.ts";
import { difference, listPaths, type FieldSet } from "../field-path/field-set.ts";
import { formatPath } from "../field-path/path-element.ts";
import { encodeJson } from "../json/go-text.ts";
import { getOwn, isObject, omitKeys, parseJson, withKey, type JsonObject, type JsonValue } from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import { compare } from "./compare.ts";
import { toFieldSet } from "./to-field-set.ts";
import { validate } from "./validate.ts";

/** Where `kubectl apply` without `--server-side` keeps what it applied. */
export const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** Larger annotations are refused by the API, so the last configuration is not kept then. */
const maxAnnotationsBytes = 256 * 1024;

/**
 * The paths, as printed in conflicts, that the live object still holds as `kubectl apply` once left them. They are
 * no conflict for `kubectl apply --server-side`.
 */
export function allowedByLastApplied(
  live: JsonObject,
  { apiVersion, schema }: { readonly apiVersion: string; readonly schema: TypeSchema },
): ReadonlySet<string> {
  const lastApplied = parseLastApplied(live);
  const isUsable = isObject(lastApplied) && getOwn(lastApplied, "apiVersion") === apiVersion;
  if (!isUsable || !isValid(lastApplied, schema) || !isValid(live, schema)) return new Set();
  const { added, modified, removed } = compare(lastApplied, live, schema);
  const fields: FieldSet = toFieldSet(lastApplied, schema);
  return new Set(listPaths(difference(difference(difference(fields, modified), added), removed)).map(formatPath));
}

function isValid(object: JsonObject, schema: TypeSchema): boolean {
  return validate(object, schema, { allowDuplicates: false }).length === 0;
}

function parseLastApplied(object: JsonObject): JsonValue | undefined {
  const text = getLastApplied(object);
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    // Whatever a user wrote there: it proves nothing.
    if (error instanceof SyntaxError || error instanceof PatchError) return undefined;
    throw error;
  }
}

function getAnnotations(object: JsonObject): JsonObject | undefined {
  const metadata = getOwn(object, "metadata");
  const annotations = isObject(metadata) ? getOwn(metadata, "annotations") : undefined;
  return isObject(annotations) ? annotations : undefined;
}

function getLastApplied(object: JsonObject): string | undefined {
  const annotations = getAnnotations(object);
  const text = annotations === undefined ? undefined : getOwn(annotations, lastAppliedAnnotation);
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** Keeps the annotation in step for `kubectl apply` without `--server-side`, where the object has it. */
export function syncLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const annotations = getAnnotations(object);
  const before = getLastApplied(object);
  if (annotations === undefined || before === undefined) return object;
  const text = `${encodeJson(withoutLastApplied(applied))}\n`;
  if (text === before) return object;
  const updated = withKey(annotations, lastAppliedAnnotation, text);
  const kept = sizeOf(updated) > maxAnnotationsBytes ? omitKeys(annotations, lastAppliedAnnotation) : updated;
  const metadata = getOwn(object, "metadata");
  return withKey(object, "metadata", withKey(isObject(metadata) ? metadata : {}, "annotations", kept));
}

function withoutLastApplied(applied: JsonObject): JsonObject {
  const annotations = getAnnotations(applied);
  const metadata = getOwn(applied, "metadata");
  if (annotations === undefined || !isObject(metadata)) return applied;
  const kept = omitKeys(annotations, lastAppliedAnnotation);
  const rest =
    Object.keys(kept).length === 0 ? omitKeys(metadata, "annotations") : withKey(metadata, "annotations", kept);
  return withKey(applied, "metadata", rest);
}

function sizeOf(annotations: JsonObject): number {
  const encoder = new TextEncoder();
  return Object.entries(annotations).reduce(
    (size, [key, value]) =>
      size + encoder.encode(key).length + encoder.encode(typeof value === "string" ? value : "").length,
    0,
  );
}
