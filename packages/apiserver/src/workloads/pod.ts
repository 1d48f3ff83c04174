import { formatTime } from "../clock.ts";
import { objectAt, objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Decision, nothing, statusChange } from "./change.ts";
import { withCondition, type ConditionSpec } from "./condition.ts";
import { outcomeOf } from "./outcome.ts";
import { podStatus } from "./pod-status.ts";
import { nextStage, podStateOf, type PodTimings, restartsOf } from "./stages.ts";

/** The name of the one node that the simulation has. */
export const nodeName = "sluice-node-0";

/** The time, and how long the pod has been in its present state: pods' own times are too coarse, whole seconds. */
export interface PodTime {
  readonly now: number;
  readonly inStateMs: number;
}

/** Names the state a pod is in. As long as the name stays the same, the pod's next stage draws nearer. */
export function stateKeyOf(pod: KubeObject): string {
  const deleting = pod.metadata.deletionTimestamp === undefined ? "" : "deleting";
  return `${stringAt(pod, "spec", "nodeName") ?? ""}/${podStateOf(pod)}/${restartsOf(pod)}/${deleting}`;
}

/** One step of the simulated scheduler and kubelet: what to write about a pod now, and when to look again. */
export function decidePod(pod: KubeObject, { now, inStateMs }: PodTime, timings: PodTimings): Decision {
  if (pod.metadata.deletionTimestamp !== undefined) {
    const leftMs = timings.terminateMs - inStateMs;
    if (leftMs > 0) return { changes: [], wakeAfterMs: leftMs };
    return { changes: [{ verb: "delete", object: pod, gracePeriodSeconds: 0 }] };
  }
  const outcome = outcomeOf(pod);
  if (outcome === "unschedulable") return unschedulable(pod, now);
  if (stringAt(pod, "spec", "nodeName") === undefined)
    return { changes: [{ verb: "update", object: { ...pod, spec: { ...objectAt(pod, "spec"), nodeName } } }] };
  const stage = nextStage(pod, outcome, timings);
  if (stage === undefined) return nothing;
  const leftMs = stage.afterMs - inStateMs;
  if (leftMs > 0) return { changes: [], wakeAfterMs: leftMs };
  return { changes: statusChange(pod, podStatus(pod, now, stage.facts(now))) };
}

function unschedulable(pod: KubeObject, now: number): Decision {
  const spec: ConditionSpec = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  };
  const status = objectAt(pod, "status");
  const conditions = withCondition(objectsAt(status, "conditions"), spec, formatTime(now));
  return { changes: statusChange(pod, { ...status, phase: "Pending", conditions }) };
}
