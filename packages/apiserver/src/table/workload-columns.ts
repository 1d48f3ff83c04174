import { numberAt, objectAt, objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { ageColumn, containerColumns, count, formatMap, hasCondition, selectorColumn, text } from "./cells.ts";
import { columns, type TableColumns } from "./columns.ts";
import { age, humanDuration } from "./duration.ts";
import { summarizePod } from "./pod-status.ts";

const template = ["spec", "template", "spec"];

function readyOf(ready: string, wanted: string): (object: KubeObject) => string {
  return (object) => `${numberAt(object, ...ready.split(".")) ?? 0}/${numberAt(object, ...wanted.split(".")) ?? 0}`;
}

function jobStatus(job: KubeObject): string {
  if (hasCondition(job, "Complete")) return "Complete";
  if (hasCondition(job, "Failed")) return "Failed";
  if (job.metadata.deletionTimestamp !== undefined) return "Terminating";
  if (hasCondition(job, "Suspended")) return "Suspended";
  if (hasCondition(job, "FailureTarget")) return "FailureTarget";
  return hasCondition(job, "SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
}

function jobCompletions(job: KubeObject): string {
  const succeeded = numberAt(job, "status", "succeeded") ?? 0;
  const wanted = numberAt(job, "spec", "completions");
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  const parallelism = numberAt(job, "spec", "parallelism") ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: KubeObject, now: number): string {
  const start = Date.parse(stringAt(job, "status", "startTime") ?? "");
  if (Number.isNaN(start)) return "";
  const end = Date.parse(stringAt(job, "status", "completionTime") ?? "");
  return humanDuration((Number.isNaN(end) ? now : end) - start);
}

/** Columns of kinds that run containers, by `group/Kind`. */
export const workloadColumns: readonly (readonly [string, TableColumns])[] = [
  [
    "/Pod",
    columns(
      { name: "Ready", cell: (pod, now) => summarizePod(pod, now).ready },
      { name: "Status", cell: (pod, now) => summarizePod(pod, now).status },
      { name: "Restarts", cell: (pod, now) => summarizePod(pod, now).restarts },
      ageColumn,
      text("IP", "status.podIP", { wide: true }),
      text("Node", "spec.nodeName", { wide: true }),
      text("Nominated Node", "status.nominatedNodeName", { wide: true }),
      {
        name: "Readiness Gates",
        wide: true,
        cell: (pod) =>
          objectsAt(pod, "spec", "readinessGates").length === 0
            ? "<none>"
            : `0/${objectsAt(pod, "spec", "readinessGates").length}`,
      },
    ),
  ],
  [
    "apps/Deployment",
    columns(
      { name: "Ready", cell: readyOf("status.readyReplicas", "spec.replicas") },
      count("Up-to-date", "status.updatedReplicas"),
      count("Available", "status.availableReplicas"),
      ageColumn,
      ...containerColumns(...template),
      selectorColumn,
    ),
  ],
  [
    "apps/ReplicaSet",
    columns(
      count("Desired", "spec.replicas"),
      count("Current", "status.replicas"),
      count("Ready", "status.readyReplicas"),
      ageColumn,
      ...containerColumns(...template),
      selectorColumn,
    ),
  ],
  [
    "/ReplicationController",
    columns(
      count("Desired", "spec.replicas"),
      count("Current", "status.replicas"),
      count("Ready", "status.readyReplicas"),
      ageColumn,
      ...containerColumns(...template),
      { name: "Selector", wide: true, cell: (object) => formatMap(objectAt(object, "spec", "selector")) },
    ),
  ],
  [
    "apps/StatefulSet",
    columns(
      { name: "Ready", cell: readyOf("status.readyReplicas", "spec.replicas") },
      ageColumn,
      ...containerColumns(...template),
    ),
  ],
  [
    "apps/DaemonSet",
    columns(
      count("Desired", "status.desiredNumberScheduled"),
      count("Current", "status.currentNumberScheduled"),
      count("Ready", "status.numberReady"),
      count("Up-to-date", "status.updatedNumberScheduled"),
      count("Available", "status.numberAvailable"),
      { name: "Node Selector", cell: (set) => formatMap(objectAt(set, ...template, "nodeSelector")) },
      ageColumn,
      ...containerColumns(...template),
      selectorColumn,
    ),
  ],
  [
    "batch/Job",
    columns(
      { name: "Status", cell: jobStatus },
      { name: "Completions", cell: jobCompletions },
      { name: "Duration", cell: jobDuration },
      ageColumn,
      ...containerColumns(...template),
      selectorColumn,
    ),
  ],
  [
    "batch/CronJob",
    columns(
      text("Schedule", "spec.schedule"),
      text("Timezone", "spec.timeZone"),
      {
        name: "Suspend",
        type: "boolean",
        cell: (job) => (text("", "spec.suspend", { empty: "False" }).cell(job, 0) === "true" ? "True" : "False"),
      },
      { name: "Active", type: "integer", cell: (job) => objectsAt(job, "status", "active").length },
      {
        name: "Last Schedule",
        cell: (job, now) => {
          const last = stringAt(job, "status", "lastScheduleTime");
          return last === undefined ? "<none>" : age(last, now);
        },
      },
      ageColumn,
      ...containerColumns("spec", "jobTemplate", ...template),
      selectorColumn,
    ),
  ],
];
