import { booleanAt, numberAt, objectAt, objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { humanDuration } from "./duration.ts";

/** What the columns of a pod say. */
export interface PodSummary {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

/** Sums up a pod as `kubectl get pods` does: the most telling reason of its containers is its status. */
export function summarizePod(pod: KubeObject, now: number): PodSummary {
  const statuses = objectsAt(pod, "status", "containerStatuses");
  const total = objectsAt(pod, "spec", "containers").length;
  const init = initReason(pod);
  const readyCount =
    init === undefined ? statuses.filter((status) => status["ready"] === true && isRunning(status)).length : 0;
  let status = stringAt(pod, "status", "reason") ?? stringAt(pod, "status", "phase") ?? "";
  if (init !== undefined) status = init;
  else {
    for (const each of statuses.toReversed()) status = containerReason(each) ?? status;
    if (status === "Completed" && statuses.some((each) => isRunning(each) && each["ready"] === true)) {
      const isReady = objectsAt(pod, "status", "conditions").some(
        (condition) => condition["type"] === "Ready" && condition["status"] === "True",
      );
      status = isReady ? "Running" : "NotReady";
    }
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    status = stringAt(pod, "status", "reason") === "NodeLost" ? "Unknown" : "Terminating";
  }
  return { ready: `${readyCount}/${total}`, status, restarts: formatRestarts(statuses, now) };
}

function isRunning(status: JsonObject): boolean {
  return objectAt(status, "state", "running") !== undefined;
}

function containerReason(status: JsonObject): string | undefined {
  const waiting = stringAt(status, "state", "waiting", "reason");
  if (waiting !== undefined && waiting !== "") return waiting;
  return terminatedReason(objectAt(status, "state", "terminated"));
}

function terminatedReason(terminated: JsonObject | undefined): string | undefined {
  if (terminated === undefined) return undefined;
  const reason = stringAt(terminated, "reason") ?? "";
  if (reason !== "") return reason;
  const signal = numberAt(terminated, "signal") ?? 0;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberAt(terminated, "exitCode") ?? 0}`;
}

/** What an init container that is not through yet makes the pod wait for. */
function initReason(pod: KubeObject): string | undefined {
  const specs = objectsAt(pod, "spec", "initContainers");
  for (const [index, status] of objectsAt(pod, "status", "initContainerStatuses").entries()) {
    const terminated = objectAt(status, "state", "terminated");
    if (terminated !== undefined && numberAt(terminated, "exitCode") === 0) continue;
    const isSidecar = stringAt(specs[index], "restartPolicy") === "Always";
    if (isSidecar && booleanAt(status, "started") === true) continue;
    const reason = terminatedReason(terminated);
    if (reason !== undefined) return `Init:${reason}`;
    const waiting = stringAt(status, "state", "waiting", "reason") ?? "";
    return waiting !== "" && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function formatRestarts(statuses: readonly JsonObject[], now: number): string {
  const restarts = statuses.reduce((sum, status) => sum + (numberAt(status, "restartCount") ?? 0), 0);
  const last = Math.max(
    ...statuses
      .map((status) => Date.parse(stringAt(status, "lastState", "terminated", "finishedAt") ?? ""))
      .filter((time) => !Number.isNaN(time)),
  );
  return restarts > 0 && Number.isFinite(last) ? `${restarts} (${humanDuration(now - last)} ago)` : String(restarts);
}
