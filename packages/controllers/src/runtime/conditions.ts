import {
  ConditionType,
  findCondition,
  FluxReason,
  removeConditions,
  setCondition,
  type Condition,
  type NewCondition,
} from "@sluice/api";
import type { Failure } from "./failure.ts";

const { Ready, Reconciling, Stalled } = ConditionType;
const { Progressing, ProgressingWithRetry } = FluxReason;

/** A fact that a kind's own step established: `ArtifactInStorage`, `Healthy`. */
export type Fact = Pick<Condition, "type" | "status" | "reason" | "message">;

/** What condition arithmetic depends on beside the conditions themselves. */
export interface ConditionContext {
  readonly generation: number | undefined;
  /** RFC 3339. */
  readonly now: string;
}

type Conditions = readonly Condition[] | undefined;

function set(conditions: Conditions, fact: Fact, { generation, now }: ConditionContext): Condition[] {
  const next: NewCondition = { ...fact, ...(generation !== undefined && { observedGeneration: generation }) };
  return setCondition(conditions, next, now);
}

/** Returns the conditions with each fact in its place. */
export function setFacts(conditions: Conditions, facts: readonly Fact[], context: ConditionContext): Condition[] {
  return facts.reduce<Condition[]>((all, fact) => set(all, fact, context), [...(conditions ?? [])]);
}

/**
 * Work goes on: `Reconciling=True`. `Ready` turns Unknown only where the last verdict no longer counts
 * (`isDrifted`), so that a periodic look at a healthy object does not disturb whoever waits for it.
 */
export function markProgressing(
  conditions: Conditions,
  message: string,
  options: ConditionContext & { readonly isDrifted: boolean; readonly readyMessage?: string },
): Condition[] {
  const { readyMessage = "Reconciliation in progress" } = options;
  const ready = findCondition(conditions, Ready);
  const reconciling: Fact = { type: Reconciling, status: "True", reason: Progressing, message };
  const next = set(removeConditions(conditions, Stalled), reconciling, options);
  if (!options.isDrifted && ready !== undefined && ready.status !== "Unknown") return next;
  const unknown: Fact = { type: Ready, status: "Unknown", reason: Progressing, message: readyMessage };
  return set(next, unknown, options);
}

/** The attempt succeeded: `Ready=True`, and every condition that means trouble is gone. */
export function markSucceeded(
  conditions: Conditions,
  outcome: { readonly reason: string; readonly message: string; readonly facts?: readonly Fact[] },
  options: ConditionContext & { readonly failureConditions: readonly string[] },
): Condition[] {
  const kept = removeConditions(conditions, Reconciling, Stalled, ...options.failureConditions);
  const { reason, message } = outcome;
  return setFacts(kept, [{ type: Ready, status: "True", reason, message }, ...(outcome.facts ?? [])], options);
}

/**
 * The attempt failed: `Ready=False` with the failure's reason. A stalled object says so and is no longer
 * reconciling; one that will be retried keeps its last progress message as `ProgressingWithRetry`.
 */
export function markFailed(
  conditions: Conditions,
  outcome: { readonly failure: Failure; readonly message: string; readonly facts?: readonly Fact[] },
  options: ConditionContext,
): Condition[] {
  const { failure, message } = outcome;
  const verdict: Fact[] = [...(outcome.facts ?? []), { type: Ready, status: "False", reason: failure.reason, message }];
  if (failure.condition !== undefined) verdict.push({ ...failure.condition, reason: failure.reason, message });
  const failed = setFacts(conditions, verdict, options);
  if (failure.disposition === "stall") {
    const stalled: Fact = { type: Stalled, status: "True", reason: failure.reason, message };
    return set(removeConditions(failed, Reconciling), stalled, options);
  }
  const unstalled = removeConditions(failed, Stalled);
  const reconciling = findCondition(unstalled, Reconciling);
  if (reconciling === undefined) return unstalled;
  return set(unstalled, { ...reconciling, reason: ProgressingWithRetry }, options);
}
