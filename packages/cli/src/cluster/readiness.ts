import { findCondition, type Condition } from "@sluice/api";
import type { FluxObject } from "../kinds/flux-kind.ts";

/**
 * Where an object stands on the way to what was asked of it.
 * `retrying`: the last attempt failed, the controller tries again. `stalled`: only a change of the object can help.
 */
export type Standing =
  | { readonly state: "ready" }
  | { readonly state: "working" }
  | { readonly state: "retrying" | "stalled"; readonly reason: string; readonly message: string };

/** Reads the standing of an object's newest generation from its conditions. */
export function standingOf(object: FluxObject): Standing {
  const { conditions, observedGeneration } = object.status ?? {};
  const stalled = findCondition(conditions, "Stalled");
  if (stalled?.status === "True" && isCurrent(object, stalled)) {
    return { state: "stalled", reason: stalled.reason, message: stalled.message };
  }
  const ready = findCondition(conditions, "Ready");
  if (ready === undefined || !isCurrent(object, ready)) return { state: "working" };
  if (ready.status === "False") {
    const reconciling = findCondition(conditions, "Reconciling");
    if (reconciling?.status === "True" && reconciling.reason === "Progressing") return { state: "working" };
    return { state: "retrying", reason: ready.reason, message: ready.message };
  }
  const observed = observedGeneration === undefined || observedGeneration === object.metadata.generation;
  return ready.status === "True" && observed ? { state: "ready" } : { state: "working" };
}

function isCurrent(object: FluxObject, condition: Condition): boolean {
  const seen = condition.observedGeneration ?? object.status?.observedGeneration;
  return seen === undefined || object.metadata.generation === undefined || seen === object.metadata.generation;
}
