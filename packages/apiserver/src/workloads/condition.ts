import { isObject, objectsAt, stringAt, type JsonObject } from "../json/json.ts";

/** What a condition says, without the times that {@link withCondition} keeps. */
export interface ConditionSpec {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
}

/** The condition of a type in `status.conditions`. */
export function conditionOf(status: JsonObject | undefined, type: string): JsonObject | undefined {
  return objectsAt(status, "conditions").find((condition) => condition["type"] === type);
}

/**
 * The conditions with `spec` among them. `lastTransitionTime` moves when the status changes; `lastUpdateTime`, which
 * only Deployments have, when anything does.
 */
export function withCondition(
  conditions: readonly JsonObject[],
  spec: ConditionSpec,
  now: string,
  options: { readonly updateTime?: boolean } = {},
): JsonObject[] {
  const before = conditions.find((condition) => condition["type"] === spec.type);
  const same =
    before !== undefined &&
    before["status"] === spec.status &&
    before["reason"] === spec.reason &&
    before["message"] === spec.message;
  if (same) return [...conditions];
  const next: JsonObject = { type: spec.type, status: spec.status };
  if (options.updateTime === true) next["lastUpdateTime"] = now;
  next["lastTransitionTime"] =
    before?.["status"] === spec.status ? (stringAt(before, "lastTransitionTime") ?? now) : now;
  if (spec.reason !== undefined) next["reason"] = spec.reason;
  if (spec.message !== undefined) next["message"] = spec.message;
  return before === undefined ? [...conditions, next] : conditions.map((each) => (each === before ? next : each));
}

/** Whether a pod (or anything with a Ready condition) is ready. */
export function isReady(object: JsonObject): boolean {
  const status = object["status"];
  return isObject(status) && conditionOf(status, "Ready")?.["status"] === "True";
}
