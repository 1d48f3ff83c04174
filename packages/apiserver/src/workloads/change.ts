import type { JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** One thing that a simulated controller wants written. */
export type Change =
  | { readonly verb: "create"; readonly object: KubeObject }
  | { readonly verb: "update"; readonly object: KubeObject }
  | { readonly verb: "updateStatus"; readonly object: KubeObject }
  | { readonly verb: "delete"; readonly object: KubeObject; readonly gracePeriodSeconds?: number };

/** What a simulated controller decided: writes in order, and when to look again without being woken. */
export interface Decision {
  readonly changes: readonly Change[];
  readonly wakeAfterMs?: number;
}

export const nothing: Decision = { changes: [] };

/** A copy of the object with `patch` laid over its status, or `undefined` when that changes nothing. */
export function withStatus(object: KubeObject, status: JsonObject): KubeObject | undefined {
  const pruned = withoutUndefined(status);
  if (sameJson(object["status"], pruned)) return undefined;
  return { ...object, status: pruned };
}

/** The change that writes the status, or none when it is what it was. */
export function statusChange(object: KubeObject, status: JsonObject): Change[] {
  const next = withStatus(object, status);
  return next === undefined ? [] : [{ verb: "updateStatus", object: next }];
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Whether two JSON values are equal, whatever the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)));
}
