import type { KubernetesObject } from "@sluice/api";
import { conditionsOf, fieldAt, integerAt, textAt } from "./fields.ts";
import { current, failed, inProgress, type ComputedStatus } from "./status.ts";

/** Judges an object whose generation was observed and that neither reconciles nor stalls. */
export type KindRule = (object: KubernetesObject, nowMs: number) => ComputedStatus;

const alwaysReady: KindRule = () => current("Resource is always ready");

/** By `group/Kind`; the core group by `Kind` alone. */
export const kindRules: ReadonlyMap<string, KindRule> = new Map<string, KindRule>([
  ["Service", serviceStatus],
  ["Pod", podStatus],
  ["Secret", alwaysReady],
  ["ConfigMap", alwaysReady],
  ["PersistentVolumeClaim", claimStatus],
  ["apps/StatefulSet", statefulSetStatus],
  ["apps/DaemonSet", daemonSetStatus],
  ["extensions/DaemonSet", daemonSetStatus],
  ["apps/Deployment", deploymentStatus],
  ["extensions/Deployment", deploymentStatus],
  ["apps/ReplicaSet", replicaSetStatus],
  ["extensions/ReplicaSet", replicaSetStatus],
  ["policy/PodDisruptionBudget", () => current("AllowedDisruptions has been computed.")],
  ["batch/CronJob", alwaysReady],
  ["batch/Job", jobStatus],
  ["apiextensions.k8s.io/CustomResourceDefinition", crdStatus],
]);

/** The first shortfall of several counts: `Ready: 1/3`. */
function shortfall(
  counts: readonly (readonly [name: string, have: number, want: number, reason: string])[],
): ComputedStatus | undefined {
  const short = counts.find(([, have, want]) => have < want);
  if (short === undefined) return undefined;
  const [name, have, want, reason] = short;
  return inProgress(reason, `${name}: ${have}/${want}`);
}

function surplus(have: number, want: number): ComputedStatus | undefined {
  return have > want ? inProgress("ExtraPods", `Pending termination: ${have - want}`) : undefined;
}

// Without a deadline the controller writes no Progressing condition, so there is none to wait for; the largest int32
// is how "no deadline" is spelled.
const noDeadline = 2 ** 31 - 1;

function deploymentStatus(object: KubernetesObject): ComputedStatus {
  const conditions = conditionsOf(object);
  const progress = conditions.find((each) => each.type === "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded")
    return failed("ProgressDeadlineExceeded", "Progress deadline exceeded");
  const want = integerAt(object, 1, "spec", "replicas");
  const count = (field: string): number => integerAt(object, 0, "status", field);
  const [total, updated, ready, available] = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"].map(
    count,
  ) as [number, number, number, number];
  const unfinished =
    shortfall([
      ["Replicas", total, want, "LessReplicas"],
      ["Updated", updated, want, "LessUpdated"],
    ]) ??
    surplus(total, want) ??
    shortfall([
      ["Available", available, updated, "LessAvailable"],
      ["Ready", ready, want, "LessReady"],
    ]);
  if (unfinished !== undefined) return unfinished;
  const hasDeadline = integerAt(object, noDeadline, "spec", "progressDeadlineSeconds") !== noDeadline;
  const hasReplicaSet = progress?.status === "True" && progress.reason === "NewReplicaSetAvailable";
  if (hasDeadline && !hasReplicaSet) return inProgress("ReplicaSetNotAvailable", "ReplicaSet not Available");
  if (!conditions.some((each) => each.type === "Available" && each.status === "True")) {
    return inProgress("DeploymentNotAvailable", "Deployment not Available");
  }
  return current(`Deployment is available. Replicas: ${total}`);
}

function statefulSetStatus(object: KubernetesObject): ComputedStatus {
  if (textAt(object, "spec", "updateStrategy", "type") === "OnDelete") {
    return current("StatefulSet is using the ondelete update strategy");
  }
  const want = integerAt(object, 1, "spec", "replicas");
  const total = integerAt(object, 0, "status", "replicas");
  const unfinished =
    shortfall([
      ["Replicas", total, want, "LessReplicas"],
      ["Ready", integerAt(object, 0, "status", "readyReplicas"), want, "LessReady"],
    ]) ?? surplus(total, want);
  if (unfinished !== undefined) return unfinished;
  const partition = integerAt(object, -1, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (partition !== -1) {
    const updated = integerAt(object, 0, "status", "updatedReplicas");
    return (
      shortfall([["updated", updated, want - partition, "PartitionRollout"]]) ??
      current(`Partition rollout complete. updated: ${updated}`)
    );
  }
  const behind = shortfall([["current", integerAt(object, 0, "status", "currentReplicas"), want, "LessCurrent"]]);
  if (behind !== undefined) return behind;
  if (textAt(object, "status", "currentRevision") !== textAt(object, "status", "updateRevision")) {
    return inProgress("RevisionMismatch", "Waiting for updated revision to match current");
  }
  return current(`All replicas scheduled as expected. Replicas: ${total}`);
}

function daemonSetStatus(object: KubernetesObject): ComputedStatus {
  if (object.metadata.generation === undefined) {
    return inProgress("NoGeneration", `${object.kind} metadata.generation not found`);
  }
  if (fieldAt(object, "status", "observedGeneration") === undefined) {
    return inProgress("NoObservedGeneration", `${object.kind} status.observedGeneration not found`);
  }
  const want = integerAt(object, -1, "status", "desiredNumberScheduled");
  if (want === -1) return inProgress("NoDesiredNumber", "Missing .status.desiredNumberScheduled");
  const count = (field: string): number => integerAt(object, 0, "status", field);
  return (
    shortfall([
      ["Current", count("currentNumberScheduled"), want, "LessCurrent"],
      ["Updated", count("updatedNumberScheduled"), want, "LessUpdated"],
      ["Available", count("numberAvailable"), want, "LessAvailable"],
      ["Ready", count("numberReady"), want, "LessReady"],
    ]) ?? current(`All replicas scheduled as expected. Replicas: ${want}`)
  );
}

function replicaSetStatus(object: KubernetesObject): ComputedStatus {
  if (conditionsOf(object).some((each) => each.type === "ReplicaFailure" && each.status === "True")) {
    return inProgress("ReplicaFailure", "Replica Failure condition. Check Pods");
  }
  const want = integerAt(object, 1, "spec", "replicas");
  const count = (field: string): number => integerAt(object, 0, "status", field);
  const total = count("replicas");
  return (
    shortfall([
      ["Labelled", count("fullyLabeledReplicas"), want, "LessLabelled"],
      ["Available", count("availableReplicas"), want, "LessAvailable"],
      ["Ready", count("readyReplicas"), want, "LessReady"],
    ]) ??
    surplus(total, want) ??
    current(`ReplicaSet is available. Replicas: ${total}`)
  );
}

/** How long the scheduler may look for a node before that counts as failure. */
const scheduleWindowMs = 15_000;

function podStatus(object: KubernetesObject, nowMs: number): ComputedStatus {
  const conditions = conditionsOf(object);
  const phase = textAt(object, "status", "phase");
  switch (phase) {
    case "Succeeded":
      return current("Pod has completed successfully");
    case "Failed":
      return current("Pod has completed, but not successfully");
    case "Running": {
      if (conditions.some((each) => each.type === "Ready" && each.status === "True")) return current("Pod is Ready");
      const crashing = crashLoopingContainers(object);
      if (crashing.length > 0)
        return failed("ContainerCrashLooping", `Containers in CrashLoop state: ${crashing.join(",")}`);
      return inProgress("PodRunningNotReady", "Pod is running but is not Ready");
    }
    case "Pending": {
      const scheduled = conditions.find((each) => each.type === "PodScheduled" && each.status === "False");
      if (scheduled?.reason !== "Unschedulable") return inProgress("PodPending", "Pod is in the Pending phase");
      const createdAtMs = Date.parse(object.metadata.creationTimestamp ?? "");
      if (nowMs - scheduleWindowMs < createdAtMs) return inProgress("PodNotScheduled", "Pod has not been scheduled");
      return failed("PodUnschedulable", "Pod could not be scheduled");
    }
    case "":
      return inProgress("PodNotObserved", "Pod phase not available");
    default:
      return { status: "Unknown", message: `unknown phase ${phase}`, reason: "UnknownPhase" };
  }
}

function crashLoopingContainers(object: KubernetesObject): string[] {
  const statuses = fieldAt(object, "status", "containerStatuses");
  if (!Array.isArray(statuses)) return [];
  return statuses
    .filter((each: unknown) => textAt(each, "state", "waiting", "reason") === "CrashLoopBackOff")
    .map((each: unknown) => textAt(each, "name"));
}

function claimStatus(object: KubernetesObject): ComputedStatus {
  const phase = textAt(object, "status", "phase") || "unknown";
  return phase === "Bound" ? current("PVC is Bound") : inProgress("NotBound", `PVC is not Bound. phase: ${phase}`);
}

// Flux replaces kstatus' rule for Jobs, which calls a Job Current as soon as it has started.
function jobStatus(object: KubernetesObject): ComputedStatus {
  if (fieldAt(object, "spec", "suspend") === true) return current("Job is suspended");
  const parallelism = integerAt(object, 1, "spec", "parallelism");
  const completions = integerAt(object, parallelism, "spec", "completions");
  const count = (field: string): number => integerAt(object, 0, "status", field);
  const [succeeded, active, failures] = ["succeeded", "active", "failed"].map(count) as [number, number, number];
  for (const { type, status, message } of conditionsOf(object)) {
    if (status !== "True") continue;
    if (type === "Complete") return current(`Job Completed. succeeded: ${succeeded}/${completions}`);
    if (type === "Failed") {
      const why = message === "" ? "" : ` error: ${message}`;
      return failed("JobFailed", `Job Failed. failed: ${failures}/${completions}${why}`);
    }
  }
  if (textAt(object, "status", "startTime") === "")
    return inProgress("JobNotStarted", `Job not started. active: 0/${parallelism}`);
  return inProgress("JobInProgress", `Job in progress. success:${succeeded}, active: ${active}, failed: ${failures}`);
}

// The address of a load balancer is not waited for: on many clusters nobody hands one out.
function serviceStatus(object: KubernetesObject): ComputedStatus {
  if (textAt(object, "spec", "type") === "LoadBalancer" && textAt(object, "spec", "clusterIP") === "") {
    return inProgress("NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer");
  }
  return current("Service is ready");
}

function crdStatus(object: KubernetesObject): ComputedStatus {
  for (const { type, status, reason, message } of conditionsOf(object)) {
    if (type === "NamesAccepted" && status === "False") return failed(reason, message);
    if (type !== "Established") continue;
    if (status === "True") return current("CRD is established");
    if (status === "False" && reason !== "Installing") return failed(reason, message);
  }
  return inProgress("Installing", "Install in progress");
}
