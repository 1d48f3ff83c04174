import { booleanAt, numberAt, objectAt, objectsAt, valueAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Change, type Decision, sameJson, statusChange } from "./change.ts";
import { type ConditionSpec, conditionOf, withCondition } from "./condition.ts";
import { isRecreate, type ReplicaCounts, recreateStep, rollingStep, rolloutBudget } from "./rollout.ts";
import { controllerReference, hashTemplate } from "./template.ts";
import { parseTime } from "./time.ts";
import { formatTime } from "../clock.ts";

const revisionAnnotation = "deployment.kubernetes.io/revision";
const hashLabel = "pod-template-hash";

const countsOf = (replicaSet: KubeObject): ReplicaCounts => ({
  wanted: numberAt(replicaSet, "spec", "replicas") ?? 0,
  available: numberAt(replicaSet, "status", "availableReplicas") ?? 0,
});

const revisionOf = (object: KubeObject): number => Number(object.metadata.annotations?.[revisionAnnotation] ?? "0");

function withReplicas(replicaSet: KubeObject, replicas: number): KubeObject {
  return { ...replicaSet, spec: { ...objectAt(replicaSet, "spec"), replicas } };
}

function withRevision(object: KubeObject, revision: number): KubeObject {
  const annotations = { ...object.metadata.annotations, [revisionAnnotation]: String(revision) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function newReplicaSet(deployment: KubeObject, hash: string, replicas: number, revision: number): KubeObject {
  const spec = objectAt(deployment, "spec");
  const template = objectAt(spec, "template");
  const metadata = objectAt(template, "metadata");
  const selector = objectAt(spec, "selector");
  const hashed = (labels: JsonObject | undefined): JsonObject => ({ ...labels, [hashLabel]: hash });
  const labels = hashed(objectAt(metadata, "labels"));
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels: labels as { [key: string]: string },
      annotations: { [revisionAnnotation]: String(revision) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(spec?.["minReadySeconds"] === undefined ? {} : { minReadySeconds: spec["minReadySeconds"] }),
      selector: { ...selector, matchLabels: hashed(objectAt(selector, "matchLabels")) },
      template: { ...structuredClone(template), metadata: { ...structuredClone(metadata), labels } },
    },
  };
}

/** Moves the ReplicaSets of a Deployment towards its template and keeps its status true. */
export function decideDeployment(deployment: KubeObject, owned: readonly KubeObject[], now: number): Decision {
  if (deployment.metadata.deletionTimestamp !== undefined) return { changes: [] };
  const replicas = numberAt(deployment, "spec", "replicas") ?? 1;
  const hash = hashTemplate(valueAt(deployment, "spec", "template"));
  const current = owned.find((each) => each.metadata.labels?.[hashLabel] === hash);
  const old = owned.filter((each) => each !== current).sort((a, b) => revisionOf(a) - revisionOf(b));
  const latest = Math.max(0, ...owned.map(revisionOf));
  const revision = current !== undefined && revisionOf(current) === latest ? latest : latest + 1;

  const changes: Change[] = [];
  const paused = booleanAt(deployment, "spec", "paused") === true;
  if (current !== undefined || !paused) changes.push(...scale(deployment, { replicas, hash, current, old, revision }));
  changes.push(...forget(deployment, old));
  if (deployment.metadata.annotations?.[revisionAnnotation] !== String(revision) && !paused)
    changes.push({ verb: "update", object: withRevision(deployment, revision) });

  const status = deploymentStatus(deployment, { replicas, current, old, now });
  changes.push(...statusChange(deployment, status.status));
  return status.wakeAfterMs === undefined ? { changes } : { changes, wakeAfterMs: status.wakeAfterMs };
}

interface Rollout {
  readonly replicas: number;
  readonly hash: string;
  readonly current: KubeObject | undefined;
  readonly old: readonly KubeObject[];
  readonly revision: number;
}

function scale(deployment: KubeObject, { replicas, hash, current, old, revision }: Rollout): Change[] {
  const counts = current === undefined ? { wanted: 0, available: 0 } : countsOf(current);
  const oldPodsLeft = old.reduce((sum, each) => sum + (numberAt(each, "status", "replicas") ?? 0), 0);
  const step = isRecreate(deployment)
    ? recreateStep(replicas, counts, old.map(countsOf), oldPodsLeft)
    : rollingStep(replicas, rolloutBudget(deployment, replicas), counts, old.map(countsOf));
  const changes: Change[] = [];
  if (current === undefined)
    changes.push({ verb: "create", object: newReplicaSet(deployment, hash, step.current, revision) });
  else if (step.current !== counts.wanted || revisionOf(current) !== revision)
    changes.push({ verb: "update", object: withRevision(withReplicas(current, step.current), revision) });
  old.forEach((replicaSet, index) => {
    const wanted = step.old[index] ?? 0;
    if (wanted !== countsOf(replicaSet).wanted)
      changes.push({ verb: "update", object: withReplicas(replicaSet, wanted) });
  });
  return changes;
}

function forget(deployment: KubeObject, old: readonly KubeObject[]): Change[] {
  const limit = numberAt(deployment, "spec", "revisionHistoryLimit") ?? 10;
  const empty = old.filter((each) => countsOf(each).wanted === 0 && (numberAt(each, "status", "replicas") ?? 0) === 0);
  return empty.slice(0, Math.max(0, empty.length - limit)).map((object) => ({ verb: "delete", object }));
}

interface StatusInput {
  readonly replicas: number;
  readonly current: KubeObject | undefined;
  readonly old: readonly KubeObject[];
  readonly now: number;
}

function deploymentStatus(
  deployment: KubeObject,
  { replicas, current, old, now }: StatusInput,
): { status: JsonObject; wakeAfterMs?: number } {
  const all = current === undefined ? old : [current, ...old];
  const sum = (field: string): number => all.reduce((total, each) => total + (numberAt(each, "status", field) ?? 0), 0);
  const total = sum("replicas");
  const available = sum("availableReplicas");
  const updated = current === undefined ? 0 : (numberAt(current, "status", "replicas") ?? 0);
  const before = objectAt(deployment, "status");
  const counts: JsonObject = {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: total || undefined,
    updatedReplicas: updated || undefined,
    readyReplicas: sum("readyReplicas") || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, Math.max(total, replicas) - available) || undefined,
  };
  const complete = updated === replicas && total === replicas && available === replicas && current !== undefined;
  const moved = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"].some(
    (field) => !sameJson(before?.[field], counts[field]),
  );
  const progress = progressOf(deployment, { complete, moved, current, now });
  const { maxUnavailable } = rolloutBudget(deployment, replicas);
  const enough = available >= replicas - (isRecreate(deployment) ? 0 : maxUnavailable);
  const availability: ConditionSpec = enough
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  const time = formatTime(now);
  let conditions = withCondition(objectsAt(before, "conditions"), availability, time, { updateTime: true });
  if (progress.condition !== undefined) {
    conditions = withCondition(conditions, progress.condition, time, { updateTime: true });
    if (moved && !complete)
      conditions = conditions.map((each) =>
        each["type"] === "Progressing" ? { ...each, lastUpdateTime: time } : each,
      );
  }
  const status = { ...counts, conditions };
  return progress.wakeAfterMs === undefined ? { status } : { status, wakeAfterMs: progress.wakeAfterMs };
}

interface ProgressInput {
  readonly complete: boolean;
  readonly moved: boolean;
  readonly current: KubeObject | undefined;
  readonly now: number;
}

/** The Progressing condition: done, moving, or stuck for longer than the deadline. */
function progressOf(
  deployment: KubeObject,
  { complete, moved, current, now }: ProgressInput,
): { condition?: ConditionSpec; wakeAfterMs?: number } {
  const deadlineSeconds = numberAt(deployment, "spec", "progressDeadlineSeconds") ?? 600;
  const name = current?.metadata.name ?? "";
  const before = conditionOf(objectAt(deployment, "status"), "Progressing");
  if (current === undefined) return {};
  if (complete)
    return {
      condition: {
        type: "Progressing",
        status: "True",
        reason: "NewReplicaSetAvailable",
        message: `ReplicaSet "${name}" has successfully progressed.`,
      },
    };
  const sameRollout = typeof before?.["message"] === "string" && before["message"].includes(`"${name}"`);
  const stillStuck = sameRollout && !moved;
  const waited = stillStuck ? now - (parseTime(before["lastUpdateTime"]) ?? now) : 0;
  const expired = before?.["reason"] === "ProgressDeadlineExceeded" || waited >= deadlineSeconds * 1000;
  if (stillStuck && expired && before["reason"] !== "NewReplicaSetAvailable")
    return {
      condition: {
        type: "Progressing",
        status: "False",
        reason: "ProgressDeadlineExceeded",
        message: `ReplicaSet "${name}" has timed out progressing.`,
      },
    };
  return {
    condition: {
      type: "Progressing",
      status: "True",
      reason: "ReplicaSetUpdated",
      message: `ReplicaSet "${name}" is progressing.`,
    },
    wakeAfterMs: Math.max(1000, deadlineSeconds * 1000 - waited),
  };
}
