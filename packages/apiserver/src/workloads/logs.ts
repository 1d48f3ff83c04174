import { objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { outcomeOf } from "./outcome.ts";

/** What `kubectl logs` shows of a simulated container: that it is simulated, and how it fared. */
export function logsOf(pod: KubeObject, containerName?: string): string {
  const container =
    objectsAt(pod, "spec", "containers").find((each) => each["name"] === containerName) ??
    objectsAt(pod, "spec", "containers")[0];
  const status = objectsAt(pod, "status", "containerStatuses").find((each) => each["name"] === container?.["name"]);
  const started = stringAt(status, "state", "running", "startedAt") ?? stringAt(pod, "status", "startTime");
  if (started === undefined || stringAt(pod, "status", "phase") === "Pending") return "";
  const lines = [
    `${started} simulated container ${stringAt(container, "name") ?? ""} (${stringAt(container, "image") ?? ""}) started`,
  ];
  switch (outcomeOf(pod)) {
    case "crash-loop":
      lines.push(`${started} simulated crash: exit status 1`);
      break;
    case "completes":
    case "fails":
      lines.push(`${started} simulated work ended: ${stringAt(pod, "status", "phase") ?? "Running"}`);
      break;
    case "runs":
    case "never-ready":
    case "image-pull-error":
    case "unschedulable":
      break;
  }
  return `${lines.join("\n")}\n`;
}
