/** A JSON value that its holder may change. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object that its holder may change. `undefined` members count as absent. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Whether a value is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under a member, or `undefined` when there is none or it is something else. */
export function objectAt(from: JsonObject | undefined, ...path: readonly string[]): JsonObject | undefined {
  let current: Json | undefined = from;
  for (const member of path) {
    if (!isObject(current)) return undefined;
    current = current[member];
  }
  return isObject(current) ? current : undefined;
}

/** The value at the end of a path of members. */
export function valueAt(from: JsonObject | undefined, ...path: readonly string[]): Json | undefined {
  let current: Json | undefined = from;
  for (const member of path) {
    if (!isObject(current)) return undefined;
    current = current[member];
  }
  return current;
}

/** The objects in a list under a path of members; anything else in it is left out. */
export function objectsAt(from: JsonObject | undefined, ...path: readonly string[]): JsonObject[] {
  const value = valueAt(from, ...path);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings in a list under a path of members. */
export function stringsAt(from: JsonObject | undefined, ...path: readonly string[]): string[] {
  const value = valueAt(from, ...path);
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function stringAt(from: JsonObject | undefined, ...path: readonly string[]): string | undefined {
  const value = valueAt(from, ...path);
  return typeof value === "string" ? value : undefined;
}

export function numberAt(from: JsonObject | undefined, ...path: readonly string[]): number | undefined {
  const value = valueAt(from, ...path);
  return typeof value === "number" ? value : undefined;
}

export function booleanAt(from: JsonObject | undefined, ...path: readonly string[]): boolean | undefined {
  const value = valueAt(from, ...path);
  return typeof value === "boolean" ? value : undefined;
}

/** The object under a member, made when there is none. */
export function ensureObject(parent: JsonObject, member: string): JsonObject {
  const value = parent[member];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  parent[member] = made;
  return made;
}

/** Sets a member only where it is absent or null, as Go's defaulting functions see nil pointers. */
export function setDefault(parent: JsonObject, member: string, value: Json): void {
  if (parent[member] === undefined || parent[member] === null) parent[member] = value;
}

/** Sets a member where it is absent, null or the empty string: how Go sees unset plain fields. */
export function setDefaultString(parent: JsonObject, member: string, value: string): void {
  if (parent[member] === undefined || parent[member] === null || parent[member] === "") parent[member] = value;
}

/** A copy that shares nothing with the original. */
export function cloneJson<T extends Json | undefined>(value: T): T {
  return clone(value) as T;
}

function clone(value: Json | undefined): Json | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => clone(item) as Json);
  const copy: JsonObject = {};
  for (const key in value) copy[key] = clone(value[key]);
  return copy;
}

/** Freezes a value and everything in it; stops at parts that are frozen already. */
export function freezeJson<T extends Json | undefined>(value: T): T {
  freeze(value);
  return value;
}

function freeze(value: Json | undefined): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  if (Array.isArray(value)) for (const item of value) freeze(item);
  else for (const key in value) freeze(value[key]);
}

/** Whether two values are the same JSON; the order of members does not matter, absent equals `undefined`. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (Array.isArray(b)) return false;
  for (const key in a) if (!equalJson(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}
