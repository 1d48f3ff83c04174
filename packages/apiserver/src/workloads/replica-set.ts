import { numberAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Change, type Decision, statusChange } from "./change.ts";
import { isReady } from "./condition.ts";
import { podFromTemplate } from "./template.ts";

/** Pods that still count: neither ended nor on their way out. */
export function activePods(pods: readonly KubeObject[]): KubeObject[] {
  return pods.filter((pod) => {
    const phase = (pod["status"] as JsonObject | undefined)?.["phase"];
    return pod.metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed";
  });
}

/** The order in which pods are given up: those that are not ready first, then the youngest. */
export function byExpendability(a: KubeObject, b: KubeObject): number {
  const [aReady, bReady] = [isReady(a), isReady(b)];
  if (aReady !== bReady) return aReady ? 1 : -1;
  return (b.metadata.creationTimestamp ?? "").localeCompare(a.metadata.creationTimestamp ?? "");
}

/** Keeps as many pods as the ReplicaSet asks for, and its status true. */
export function decideReplicaSet(replicaSet: KubeObject, pods: readonly KubeObject[]): Decision {
  if (replicaSet.metadata.deletionTimestamp !== undefined) return { changes: [] };
  const wanted = numberAt(replicaSet, "spec", "replicas") ?? 1;
  const active = activePods(pods);
  const changes: Change[] = [];
  for (let missing = active.length; missing < wanted; missing++)
    changes.push({
      verb: "create",
      object: podFromTemplate(replicaSet, { generateName: `${replicaSet.metadata.name}-` }),
    });
  const surplus = [...active].sort(byExpendability).slice(0, Math.max(0, active.length - wanted));
  for (const pod of surplus) changes.push({ verb: "delete", object: pod });
  const ready = active.filter(isReady).length;
  changes.push(
    ...statusChange(replicaSet, {
      replicas: active.length,
      fullyLabeledReplicas: active.length || undefined,
      readyReplicas: ready || undefined,
      availableReplicas: ready || undefined,
      observedGeneration: replicaSet.metadata.generation ?? 1,
    }),
  );
  return { changes };
}
