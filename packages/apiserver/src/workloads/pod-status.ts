import { formatTime } from "../clock.ts";
import { objectAt, objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type ConditionSpec, withCondition } from "./condition.ts";

/** A stable number between 0 and 1 from a name, so that pods do not all move in step. */
export function spreadOf(name: string): number {
  let hash = 7;
  for (let index = 0; index < name.length; index++) hash = (hash * 31 + name.charCodeAt(index)) % 1009;
  return hash / 1009;
}

export const waiting = (reason: string, message?: string): JsonObject => ({
  waiting: message === undefined ? { reason } : { message, reason },
});
export const running = (now: number): JsonObject => ({ running: { startedAt: formatTime(now) } });
export const terminated = (now: number, exitCode: number): JsonObject => ({
  terminated: {
    exitCode,
    finishedAt: formatTime(now),
    reason: exitCode === 0 ? "Completed" : "Error",
    startedAt: formatTime(now),
  },
});

/** What the simulated kubelet has to say about a pod; all its containers share one fate. */
export interface PodFacts {
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed";
  readonly state: JsonObject;
  readonly last?: JsonObject;
  readonly ready: boolean;
  readonly restarts?: number;
}

function addressOf(pod: KubeObject): string {
  const spread = Math.floor(spreadOf(`${pod.metadata.uid ?? ""}${pod.metadata.name}`) * 65_000);
  return `10.244.${Math.floor(spread / 250)}.${2 + (spread % 250)}`;
}

/** The whole status of a pod, as a kubelet would write it. */
export function podStatus(pod: KubeObject, now: number, facts: PodFacts): JsonObject {
  const before = objectAt(pod, "status");
  const time = formatTime(now);
  const done = facts.phase === "Succeeded";
  const names = objectsAt(pod, "spec", "containers").map((container) => stringAt(container, "name") ?? "");
  const unready = {
    reason: done ? "PodCompleted" : "ContainersNotReady",
    ...(done ? {} : { message: `containers with unready status: [${names.join(" ")}]` }),
  };
  const readiness = (type: string): ConditionSpec =>
    facts.ready ? { type, status: "True" } : { type, status: "False", ...unready };
  let conditions = withCondition(objectsAt(before, "conditions"), { type: "PodScheduled", status: "True" }, time);
  conditions = withCondition(conditions, { type: "Initialized", status: "True" }, time);
  conditions = withCondition(conditions, readiness("ContainersReady"), time);
  conditions = withCondition(conditions, readiness("Ready"), time);
  const started = facts.phase === "Running" && facts.state["running"] !== undefined;
  const address = addressOf(pod);
  return {
    phase: facts.phase,
    conditions,
    hostIP: "10.0.0.10",
    hostIPs: [{ ip: "10.0.0.10" }],
    ...(facts.phase === "Pending" ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    qosClass: "BestEffort",
    startTime: stringAt(before, "startTime") ?? time,
    containerStatuses: objectsAt(pod, "spec", "containers").map((container) => ({
      image: container["image"] ?? "",
      imageID: "",
      lastState:
        facts.last ??
        objectAt(
          objectsAt(before, "containerStatuses").find((each) => each["name"] === container["name"]),
          "lastState",
        ) ??
        {},
      name: container["name"] ?? "",
      ready: facts.ready,
      restartCount: facts.restarts ?? 0,
      started,
      state: facts.state,
    })),
  };
}
