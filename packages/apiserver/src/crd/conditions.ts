import { objectAt, objectsAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** A condition as definitions and namespaces have it. */
export interface StatusCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** Puts a condition in the status of an object that may be changed; its time stays where its status does not change. */
export function setCondition(object: KubeObject, condition: StatusCondition): void {
  const conditions = objectsAt(object, "status", "conditions");
  const before = conditions.find(({ type }) => type === condition.type);
  const kept = before !== undefined && before["status"] === condition.status ? before["lastTransitionTime"] : undefined;
  const next: JsonObject = { ...condition, lastTransitionTime: kept ?? condition.lastTransitionTime };
  const list = before === undefined ? [...conditions, next] : conditions.map((each) => (each === before ? next : each));
  object["status"] = { ...objectAt(object, "status"), conditions: list };
}
