import { findCondition, type Condition } from "@sluice/api";
import type { FluxObject } from "../kinds/flux-kind.ts";

/** What an object waits for without having failed: others wake it as soon as they are ready. */
const WAITING_REASON = "DependencyNotReady";

/**
 * Where an object stands on the way to what was asked of it. `waiting`: for a dependency, which wakes it.
 * `retrying`: the last attempt failed, the controller tries again. `stalled`: only a change of the object can help.
 */
export type Standing =
  | { readonly state: "ready" }
  | { readonly state: "working" }
  | { readonly state: "waiting" | "retrying" | "stalled"; readonly reason: string; readonly message: string };

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
    const state = ready.reason === WAITING_REASON ? "waiting" : "retrying";
    return { state, reason: ready.reason, message: ready.message };
  }
  const observed = observedGeneration === undefined || observedGeneration === object.metadata.generation;
  return ready.status === "True" && observed ? { state: "ready" } : { state: "working" };
}

function isCurrent(object: FluxObject, condition: Condition): boolean {
  const seen = condition.observedGeneration ?? object.status?.observedGeneration;
  return seen === undefined || object.metadata.generation === undefined || seen === object.metadata.generation;
}
