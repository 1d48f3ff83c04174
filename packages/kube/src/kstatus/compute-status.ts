import { parseApiVersion, type KubernetesObject } from "@sluice/api";
import { conditionsOf, fieldAt, integerAt } from "./fields.ts";
import { kindRules } from "./kind-rules.ts";
import { current, failed, inProgress, notFound, type ComputedStatus } from "./status.ts";

export interface ComputeStatusOptions {
  /** Milliseconds since the epoch; decides how long a Pod may be unschedulable. The machine's time when absent. */
  readonly nowMs?: number;
}

/**
 * Tells from an object alone how far it is, by the rules of kstatus as Flux uses them: first what all kinds share, then
 * the kind's own rule, then the `Ready` condition. An object without any sign of progress counts as `Current`, and
 * `Ready=False` as `InProgress`: only what can never succeed is `Failed`. `undefined` means a read found nothing.
 */
export function computeStatus(
  object: KubernetesObject | undefined,
  options: ComputeStatusOptions = {},
): ComputedStatus {
  if (object === undefined) return notFound;
  const nowMs = options.nowMs ?? Date.now();
  return (
    statusOfMetadata(object) ??
    statusOfReconciling(object) ??
    kindRules.get(groupKind(object))?.(object, nowMs) ??
    statusOfReady(object) ??
    current("Resource is current")
  );
}

function groupKind(object: KubernetesObject): string {
  const { group } = parseApiVersion(object.apiVersion);
  return group === "" ? object.kind : `${group}/${object.kind}`;
}

function statusOfMetadata(object: KubernetesObject): ComputedStatus | undefined {
  const { deletionTimestamp, generation } = object.metadata;
  if (deletionTimestamp !== undefined && deletionTimestamp !== "") {
    return { status: "Terminating", message: "Resource scheduled for deletion", reason: "Terminating" };
  }
  if (generation === undefined || fieldAt(object, "status", "observedGeneration") === undefined) return undefined;
  const observed = integerAt(object, generation, "status", "observedGeneration");
  if (observed === generation) return undefined;
  return inProgress(
    "LatestGenerationNotObserved",
    `${object.kind} generation is ${generation}, but latest observed generation is ${observed}`,
  );
}

function statusOfReconciling(object: KubernetesObject): ComputedStatus | undefined {
  for (const { type, status, reason, message } of conditionsOf(object)) {
    if (type === "Reconciling" && status === "True") return inProgress(reason, message);
    if (type === "Stalled" && status === "True") return failed(reason, message);
  }
  return undefined;
}

function statusOfReady(object: KubernetesObject): ComputedStatus | undefined {
  const ready = conditionsOf(object).find((condition) => condition.type === "Ready");
  if (ready === undefined) return undefined;
  return ready.status === "True" ? current("Resource is Ready") : inProgress(ready.reason, ready.message);
}
