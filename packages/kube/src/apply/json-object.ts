/** A JSON object whose fields are not known. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of field names, `undefined` where the path leaves the objects. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const field of path) {
    if (!isJsonObject(current)) return undefined;
    current = current[field];
  }
  return current;
}

/**
 * The object with the value at the path replaced by what `change` makes of it. Where the path does not exist nothing
 * happens; what is off the path is shared, not copied.
 */
export function updateAt<T>(value: T, path: readonly string[], change: (value: unknown) => unknown): T {
  const [field, ...rest] = path;
  if (field === undefined) return change(value) as T;
  if (!isJsonObject(value) || value[field] === undefined) return value;
  const before = value[field];
  const after = updateAt(before, rest, change);
  return after === before ? value : { ...value, [field]: after };
}
