/** A JSON value. Integers beyond 2^53 are `bigint`, so that they survive a round trip. Never mutated here. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Any key may occur, `__proto__` included, always as an own property. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A JSON object under construction. */
export interface MutableJsonObject {
  [key: string]: JsonValue;
}

export type JsonScalar = boolean | number | bigint | string;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isScalar(value: JsonValue | undefined): value is JsonScalar {
  return value !== undefined && typeof value !== "object";
}

/** Reads an own property: inherited names such as `constructor` are absent. */
export function getOwn(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The own string property; empty where there is none. */
export function getText(object: JsonObject, key: string): string {
  const value = getOwn(object, key);
  return typeof value === "string" ? value : "";
}

/** Defines an own property, also where the key is `__proto__`, which plain assignment would hide. */
export function setOwn(object: MutableJsonObject, key: string, value: JsonValue): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/** The object without some of its keys; the object itself when it has none of them. */
export function omitKeys(object: JsonObject, ...keys: readonly string[]): JsonObject {
  if (!keys.some((key) => Object.hasOwn(object, key))) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The object with one key set, in its old place when it was there already. */
export function withKey(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const result: MutableJsonObject = { ...object };
  setOwn(result, key, value);
  return result;
}

/** Deep equality. Order of keys does not matter, `5` and `5n` are equal. */
export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return equalNumbers(a, b);
  if (a === null || b === null) return false;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  if (isArray(b)) return false;
  let keys = 0;
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !equalJson(a[key], b[key])) return false;
    keys++;
  }
  return keys === Object.keys(b).length;
}

function equalNumbers(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (typeof a === "bigint" && typeof b === "number") return Number.isInteger(b) && BigInt(b) === a;
  if (typeof a === "number" && typeof b === "bigint") return equalNumbers(b, a);
  return false;
}

/** Parses JSON; integers that a `number` cannot hold become `bigint`. Throws `SyntaxError`. */
export function parseJson(text: string): JsonValue {
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? BigInt(context?.source ?? "")
      : value;
  return JSON.parse(text, revive) as JsonValue;
}
