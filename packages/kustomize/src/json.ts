import type { JsonObject, JsonValue } from "@sluice/yaml";

/** A JSON value as kustomize's own files hold it; integers beyond 2^53 are bigints. */
export type Json = JsonValue;
export type { JsonObject };

/** Whether the value is an object (no list, not null). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field of an object, `undefined` when it is missing or the value is no object. */
export function jsonField(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The value when it is a string. */
export function jsonText(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whether two values are the same to JSON; the order of an object's keys does not count. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, index) => equalJson(each, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key] ?? null, b[key] ?? null));
}
