/** Whether a condition holds. `Unknown` means that the controller is still finding out. */
export type ConditionStatus = "True" | "False" | "Unknown";

/** One fact about an object's state, as its controller saw it. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly observedGeneration?: number;
  /** RFC 3339; moves only when `status` changes. */
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

/** Finds the condition of a type. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of a type is present and `True`. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

/** What {@link setCondition} needs of a condition: the transition time is its own business. */
export type NewCondition = Omit<Condition, "lastTransitionTime">;

/**
 * Returns the conditions with `next` in place of the one of its type (at the end when there was none).
 * `lastTransitionTime` moves to `now` (RFC 3339) only when the status changes, as upstream's helpers do.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: NewCondition,
  now: string,
): Condition[] {
  const before = findCondition(conditions, next.type);
  const lastTransitionTime = before?.status === next.status ? before.lastTransitionTime : now;
  const condition: Condition = { ...next, lastTransitionTime };
  if (before === undefined) return [...(conditions ?? []), condition];
  return (conditions ?? []).map((each) => (each.type === next.type ? condition : each));
}

/** Returns the conditions without those of the given types. */
export function removeConditions(conditions: readonly Condition[] | undefined, ...types: string[]): Condition[] {
  return (conditions ?? []).filter((condition) => !types.includes(condition.type));
}
