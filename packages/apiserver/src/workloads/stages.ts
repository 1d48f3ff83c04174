import { numberAt, objectAt, objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { imageOf, type Outcome, startAnnotation } from "./outcome.ts";
import { type PodFacts, running, spreadOf, terminated, waiting } from "./pod-status.ts";

/** How long things take, in milliseconds. */
export interface PodTimings {
  readonly pullMs: number;
  readonly runMs: number;
  readonly terminateMs: number;
  readonly crashMs: number;
}

export const defaultTimings: PodTimings = { pullMs: 300, runMs: 800, terminateMs: 100, crashMs: 400 };

/** Where a pod stands, as told by the state of its first container. */
export type PodState =
  | "scheduled"
  | "creating"
  | "pull-failed"
  | "pull-waiting"
  | "running"
  | "crash-waiting"
  | "ended";

/** The state that a pod's status shows. */
export function podStateOf(pod: KubeObject): PodState {
  const phase = stringAt(pod, "status", "phase");
  if (phase === "Succeeded" || phase === "Failed") return "ended";
  const state = objectAt(objectsAt(pod, "status", "containerStatuses")[0], "state");
  switch (stringAt(state, "waiting", "reason")) {
    case "ContainerCreating":
      return "creating";
    case "ErrImagePull":
      return "pull-failed";
    case "ImagePullBackOff":
      return "pull-waiting";
    case "CrashLoopBackOff":
      return "crash-waiting";
    default:
      return state?.["running"] === undefined ? "scheduled" : "running";
  }
}

/** How often the pod's container has been restarted. */
export function restartsOf(pod: KubeObject): number {
  return numberAt(objectsAt(pod, "status", "containerStatuses")[0], "restartCount") ?? 0;
}

/** Waits between restarts: 10 s, doubled each time, five minutes at most, as a kubelet does. */
export function restartDelayMs(restarts: number): number {
  return Math.min(300_000, 10_000 * 2 ** Math.max(0, restarts - 1));
}

/** What happens to a pod next, once it has been in its present state for `afterMs`. */
export interface Stage {
  readonly afterMs: number;
  readonly facts: (now: number) => PodFacts;
}

/** The next stage of a pod whose fate is known; `undefined` when it stays as it is. */
export function nextStage(
  pod: KubeObject,
  outcome: Exclude<Outcome, "unschedulable">,
  timings: PodTimings,
): Stage | undefined {
  const restarts = restartsOf(pod);
  const image = imageOf(pod);
  const begin: Stage["facts"] = (now) => ({
    phase: "Running",
    state: running(now),
    ready: outcome === "runs" || outcome === "completes" || outcome === "fails",
    restarts,
  });
  switch (podStateOf(pod)) {
    case "scheduled":
      return {
        afterMs: 0,
        facts: () => ({ phase: "Pending", state: waiting("ContainerCreating"), ready: false }),
      };
    case "creating":
      if (outcome !== "image-pull-error") return { afterMs: startDelayMs(pod, timings), facts: begin };
      return {
        afterMs: startDelayMs(pod, timings),
        facts: () => ({
          phase: "Pending",
          state: waiting("ErrImagePull", `failed to pull and unpack image "${image}": not found`),
          ready: false,
        }),
      };
    case "pull-failed":
      return {
        afterMs: timings.pullMs,
        facts: () => ({
          phase: "Pending",
          state: waiting("ImagePullBackOff", `Back-off pulling image "${image}"`),
          ready: false,
        }),
      };
    case "pull-waiting":
      return outcome === "image-pull-error" ? undefined : { afterMs: timings.pullMs, facts: begin };
    case "running":
      return afterRunning(pod, outcome, timings);
    case "crash-waiting":
      return { afterMs: restartDelayMs(restarts), facts: begin };
    case "ended":
      return undefined;
  }
}

function afterRunning(
  pod: KubeObject,
  outcome: Exclude<Outcome, "unschedulable">,
  timings: PodTimings,
): Stage | undefined {
  const restarts = restartsOf(pod);
  switch (outcome) {
    case "crash-loop":
      return {
        afterMs: timings.crashMs,
        facts: (now) => ({
          phase: "Running",
          state: waiting("CrashLoopBackOff", `back-off restarting failed container in pod ${pod.metadata.name}`),
          last: terminated(now, 1),
          ready: false,
          restarts: restarts + 1,
        }),
      };
    case "completes":
      return {
        afterMs: timings.runMs,
        facts: (now) => ({ phase: "Succeeded", state: terminated(now, 0), ready: false, restarts }),
      };
    case "fails":
      return {
        afterMs: timings.runMs,
        facts: (now) => ({ phase: "Failed", state: terminated(now, 1), ready: false, restarts }),
      };
    case "runs":
    case "never-ready":
    case "image-pull-error":
      return undefined;
  }
}

function startDelayMs(pod: KubeObject, timings: PodTimings): number {
  const asked = pod.metadata.annotations?.[startAnnotation];
  const seconds = asked === undefined ? Number.NaN : Number(asked);
  if (seconds >= 0) return seconds * 1000;
  return Math.round(timings.pullMs * (0.6 + 0.8 * spreadOf(pod.metadata.name)));
}
