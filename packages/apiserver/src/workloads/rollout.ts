import { objectAt, stringAt, valueAt, type Json } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** How many pods a rolling update may have above, and miss below, the wanted number. */
export interface RolloutBudget {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Reads `3` or `25%` of a total; percentages are rounded as asked. */
export function resolveCount(value: Json | undefined, total: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value) : null;
  if (percent === null) return 0;
  const exact = (Number(percent[1]) * total) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** The budget of a Deployment. Both zero would never move, so then one pod may be missing. */
export function rolloutBudget(deployment: KubeObject, replicas: number): RolloutBudget {
  const rolling = objectAt(deployment, "spec", "strategy", "rollingUpdate");
  const maxSurge = resolveCount(valueAt(rolling, "maxSurge") ?? "25%", replicas, "up");
  const maxUnavailable = resolveCount(valueAt(rolling, "maxUnavailable") ?? "25%", replicas, "down");
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
}

/** What the rollout needs to know of a ReplicaSet. */
export interface ReplicaCounts {
  /** `spec.replicas`. */
  readonly wanted: number;
  /** `status.availableReplicas`. */
  readonly available: number;
}

/** The sizes to give the new ReplicaSet and the old ones next, in the order they came in. */
export interface RolloutStep {
  readonly current: number;
  readonly old: readonly number[];
}

/** One step of a rolling update: as far up and as far down as the budget allows at this moment. */
export function rollingStep(
  replicas: number,
  budget: RolloutBudget,
  current: ReplicaCounts,
  old: readonly ReplicaCounts[],
): RolloutStep {
  const total = current.wanted + old.reduce((sum, each) => sum + each.wanted, 0);
  const room = Math.max(0, replicas + budget.maxSurge - total);
  const nextCurrent = current.wanted > replicas ? replicas : Math.min(replicas, current.wanted + room);

  const minimum = replicas - budget.maxUnavailable;
  const notYetAvailable = Math.max(0, current.wanted - current.available);
  let spare = Math.max(0, total - minimum - notYetAvailable);
  // Pods that serve nobody go first; they cost no availability.
  const sizes = old.map((each) => {
    const idle = Math.min(Math.max(0, each.wanted - each.available), spare);
    spare -= idle;
    return each.wanted - idle;
  });
  const available = current.available + old.reduce((sum, each) => sum + each.available, 0);
  let surplus = Math.max(0, available - minimum);
  const next = sizes.map((size) => {
    const down = Math.min(size, surplus);
    surplus -= down;
    return size - down;
  });
  return { current: nextCurrent, old: next };
}

/** One step of `Recreate`: everything old goes before anything new comes. */
export function recreateStep(
  replicas: number,
  current: ReplicaCounts,
  old: readonly ReplicaCounts[],
  oldPodsLeft: number,
): RolloutStep {
  const zeros = old.map(() => 0);
  return oldPodsLeft > 0 ? { current: current.wanted, old: zeros } : { current: replicas, old: zeros };
}

/** Whether the Deployment replaces all pods at once. */
export function isRecreate(deployment: KubeObject): boolean {
  return stringAt(deployment, "spec", "strategy", "type") === "Recreate";
}
