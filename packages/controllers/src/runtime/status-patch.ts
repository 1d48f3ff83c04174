import { isDeepStrictEqual } from "node:util";

/** A merge patch of a status: fields to write, and `null` for those to remove. */
export type StatusPatch = { readonly [field: string]: unknown };

/**
 * The smallest merge patch, by top-level field, that turns one status into the other; `undefined` when they are
 * equal, so that an attempt that changed nothing writes nothing. Objects inside (an artifact, an inventory) are
 * replaced as a whole: fields that left them are nulled.
 */
export function diffStatus(before: object | undefined, after: object | undefined): StatusPatch | undefined {
  const old = new Map<string, unknown>(Object.entries(before ?? {}));
  const patch: { [field: string]: unknown } = {};
  for (const [field, value] of Object.entries(after ?? {}) as [string, unknown][]) {
    if (value === undefined || isDeepStrictEqual(old.get(field), value)) continue;
    patch[field] = replacing(old.get(field), value);
  }
  for (const [field, value] of old) {
    if (value === undefined || value === null) continue;
    if ((after as { [key: string]: unknown } | undefined)?.[field] === undefined) patch[field] = null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** A merge patch merges maps, so keys that must go are named with `null`. */
function replacing(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return after;
  const merged: { [key: string]: unknown } = {};
  for (const [key, value] of Object.entries(after)) {
    if (value !== undefined) merged[key] = replacing(before[key], value);
  }
  for (const key of Object.keys(before)) if (after[key] === undefined) merged[key] = null;
  return merged;
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
