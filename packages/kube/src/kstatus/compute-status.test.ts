import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject, UnstructuredObject } from "@sluice/api";
import { computeStatus } from "./compute-status.ts";

const nowMs = Date.parse("2026-01-01T00:01:00Z");

type Fields = {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: Partial<KubernetesObject["metadata"]>;
};

function object(kind: string, { spec, status, metadata }: Fields = {}): UnstructuredObject {
  const [group = "", name = kind] = kind.includes("/") ? kind.split("/") : ["", kind];
  return {
    apiVersion: group === "" ? "v1" : `${group}/v1`,
    kind: name,
    metadata: { name: "x", ...metadata },
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  };
}

function condition(type: string, status: string, reason = "", message = ""): object {
  return { type, status, reason, message };
}

const rolledOut = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const available = condition("Available", "True", "MinimumReplicasAvailable");
const progressed = condition("Progressing", "True", "NewReplicaSetAvailable");
const statefulRolledOut = {
  replicas: 2,
  readyReplicas: 2,
  currentReplicas: 2,
  updatedReplicas: 2,
  currentRevision: "a",
  updateRevision: "a",
};
const daemonRolledOut = {
  observedGeneration: 1,
  desiredNumberScheduled: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
  numberAvailable: 2,
  numberReady: 2,
};
const replicaSetDone = { replicas: 2, fullyLabeledReplicas: 2, availableReplicas: 2, readyReplicas: 2 };

const cases: readonly (readonly [kind: string, fields: Fields, want: string])[] = [
  // what all kinds share, in order of precedence
  ["example.com/Widget", {}, "Current: Resource is current"],
  [
    "example.com/Widget",
    { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z", generation: 2 }, status: { observedGeneration: 1 } },
    "Terminating (Terminating): Resource scheduled for deletion",
  ],
  [
    "apps/Deployment",
    { metadata: { generation: 2 }, status: { observedGeneration: 1 } },
    "InProgress (LatestGenerationNotObserved): Deployment generation is 2, but latest observed generation is 1",
  ],
  [
    "example.com/Widget",
    { metadata: { generation: 2 }, status: { observedGeneration: 2 } },
    "Current: Resource is current",
  ],
  [
    "example.com/Widget",
    { metadata: { generation: 2 }, status: { observedGeneration: -1 } },
    "InProgress (LatestGenerationNotObserved): Widget generation is 2, but latest observed generation is -1",
  ],
  ["example.com/Widget", { status: { observedGeneration: 5 } }, "Current: Resource is current"],
  [
    "example.com/Widget",
    { status: { conditions: [condition("Reconciling", "True", "Progressing", "on it")] } },
    "InProgress (Progressing): on it",
  ],
  [
    "example.com/Widget",
    { status: { conditions: [condition("Stalled", "True", "Broken", "no way")] } },
    "Failed (Broken): no way",
  ],
  [
    "example.com/Widget",
    {
      status: {
        conditions: [condition("Stalled", "False"), condition("Reconciling", "Unknown"), condition("Ready", "True")],
      },
    },
    "Current: Resource is Ready",
  ],
  [
    "example.com/Widget",
    { status: { conditions: [condition("Ready", "False", "BuildFailed", "no such file")] } },
    "InProgress (BuildFailed): no such file",
  ],
  [
    "example.com/Widget",
    { status: { conditions: [condition("Ready", "Unknown", "Progressing", "wait")] } },
    "InProgress (Progressing): wait",
  ],
  ["example.com/Widget", { status: { conditions: "nonsense" } }, "Current: Resource is current"],
  ["example.com/Widget", { status: { conditions: [null, 1, { type: 1 }] } }, "Current: Resource is current"],
  // a kind of the same name in another group has no rule
  ["example.com/Deployment", {}, "Current: Resource is current"],

  ["apps/Deployment", {}, "InProgress (LessReplicas): Replicas: 0/1"],
  [
    "apps/Deployment",
    { spec: { replicas: 2 }, status: { ...rolledOut, updatedReplicas: 1 } },
    "InProgress (LessUpdated): Updated: 1/2",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2 }, status: { ...rolledOut, replicas: 3 } },
    "InProgress (ExtraPods): Pending termination: 1",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2 }, status: { ...rolledOut, availableReplicas: 0 } },
    "InProgress (LessAvailable): Available: 0/2",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2 }, status: { ...rolledOut, readyReplicas: 1 } },
    "InProgress (LessReady): Ready: 1/2",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2, progressDeadlineSeconds: 600 }, status: { ...rolledOut, conditions: [available] } },
    "InProgress (ReplicaSetNotAvailable): ReplicaSet not Available",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2 }, status: { ...rolledOut, conditions: [progressed] } },
    "InProgress (DeploymentNotAvailable): Deployment not Available",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2 }, status: { ...rolledOut, conditions: [available] } },
    "Current: Deployment is available. Replicas: 2",
  ],
  [
    "apps/Deployment",
    {
      spec: { replicas: 2, progressDeadlineSeconds: 600 },
      status: { ...rolledOut, conditions: [available, progressed] },
    },
    "Current: Deployment is available. Replicas: 2",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 2, progressDeadlineSeconds: 2147483647 }, status: { ...rolledOut, conditions: [available] } },
    "Current: Deployment is available. Replicas: 2",
  ],
  [
    "apps/Deployment",
    { spec: { replicas: 0 }, status: { conditions: [available] } },
    "Current: Deployment is available. Replicas: 0",
  ],
  [
    "apps/Deployment",
    { status: { conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded")] } },
    "Failed (ProgressDeadlineExceeded): Progress deadline exceeded",
  ],

  [
    "apps/StatefulSet",
    { spec: { updateStrategy: { type: "OnDelete" } } },
    "Current: StatefulSet is using the ondelete update strategy",
  ],
  ["apps/StatefulSet", { spec: { replicas: 2 } }, "InProgress (LessReplicas): Replicas: 0/2"],
  [
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: { ...statefulRolledOut, readyReplicas: 1 } },
    "InProgress (LessReady): Ready: 1/2",
  ],
  [
    "apps/StatefulSet",
    { spec: { replicas: 1 }, status: statefulRolledOut },
    "InProgress (ExtraPods): Pending termination: 1",
  ],
  [
    "apps/StatefulSet",
    {
      spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      status: { ...statefulRolledOut, updatedReplicas: 0 },
    },
    "InProgress (PartitionRollout): updated: 0/1",
  ],
  [
    "apps/StatefulSet",
    {
      spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      status: { ...statefulRolledOut, updatedReplicas: 1 },
    },
    "Current: Partition rollout complete. updated: 1",
  ],
  [
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: { ...statefulRolledOut, currentReplicas: 1 } },
    "InProgress (LessCurrent): current: 1/2",
  ],
  [
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: { ...statefulRolledOut, updateRevision: "b" } },
    "InProgress (RevisionMismatch): Waiting for updated revision to match current",
  ],
  [
    "apps/StatefulSet",
    { spec: { replicas: 2 }, status: statefulRolledOut },
    "Current: All replicas scheduled as expected. Replicas: 2",
  ],

  ["apps/DaemonSet", {}, "InProgress (NoGeneration): DaemonSet metadata.generation not found"],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 } },
    "InProgress (NoObservedGeneration): DaemonSet status.observedGeneration not found",
  ],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 }, status: { observedGeneration: 1 } },
    "InProgress (NoDesiredNumber): Missing .status.desiredNumberScheduled",
  ],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 }, status: { ...daemonRolledOut, currentNumberScheduled: 1 } },
    "InProgress (LessCurrent): Current: 1/2",
  ],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 }, status: { ...daemonRolledOut, updatedNumberScheduled: 0 } },
    "InProgress (LessUpdated): Updated: 0/2",
  ],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 }, status: { ...daemonRolledOut, numberAvailable: 1 } },
    "InProgress (LessAvailable): Available: 1/2",
  ],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 }, status: { ...daemonRolledOut, numberReady: 1 } },
    "InProgress (LessReady): Ready: 1/2",
  ],
  [
    "apps/DaemonSet",
    { metadata: { generation: 1 }, status: daemonRolledOut },
    "Current: All replicas scheduled as expected. Replicas: 2",
  ],

  [
    "apps/ReplicaSet",
    { status: { conditions: [condition("ReplicaFailure", "True")] } },
    "InProgress (ReplicaFailure): Replica Failure condition. Check Pods",
  ],
  [
    "apps/ReplicaSet",
    { spec: { replicas: 2 }, status: { ...replicaSetDone, fullyLabeledReplicas: 1 } },
    "InProgress (LessLabelled): Labelled: 1/2",
  ],
  [
    "apps/ReplicaSet",
    { spec: { replicas: 2 }, status: { ...replicaSetDone, availableReplicas: 1 } },
    "InProgress (LessAvailable): Available: 1/2",
  ],
  [
    "apps/ReplicaSet",
    { spec: { replicas: 2 }, status: { ...replicaSetDone, readyReplicas: 1 } },
    "InProgress (LessReady): Ready: 1/2",
  ],
  [
    "apps/ReplicaSet",
    { spec: { replicas: 1 }, status: replicaSetDone },
    "InProgress (ExtraPods): Pending termination: 1",
  ],
  [
    "apps/ReplicaSet",
    { spec: { replicas: 2 }, status: replicaSetDone },
    "Current: ReplicaSet is available. Replicas: 2",
  ],

  ["Pod", {}, "InProgress (PodNotObserved): Pod phase not available"],
  ["Pod", { status: { phase: "Succeeded" } }, "Current: Pod has completed successfully"],
  ["Pod", { status: { phase: "Failed" } }, "Current: Pod has completed, but not successfully"],
  ["Pod", { status: { phase: "Running", conditions: [condition("Ready", "True")] } }, "Current: Pod is Ready"],
  ["Pod", { status: { phase: "Running" } }, "InProgress (PodRunningNotReady): Pod is running but is not Ready"],
  [
    "Pod",
    {
      status: {
        phase: "Running",
        containerStatuses: [
          { name: "a", state: { waiting: { reason: "CrashLoopBackOff" } } },
          { name: "b", state: { running: {} } },
          { name: "c", state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
      },
    },
    "Failed (ContainerCrashLooping): Containers in CrashLoop state: a,c",
  ],
  ["Pod", { status: { phase: "Pending" } }, "InProgress (PodPending): Pod is in the Pending phase"],
  [
    "Pod",
    {
      metadata: { creationTimestamp: "2026-01-01T00:00:46Z" },
      status: { phase: "Pending", conditions: [condition("PodScheduled", "False", "Unschedulable")] },
    },
    "InProgress (PodNotScheduled): Pod has not been scheduled",
  ],
  [
    "Pod",
    {
      metadata: { creationTimestamp: "2026-01-01T00:00:45Z" },
      status: { phase: "Pending", conditions: [condition("PodScheduled", "False", "Unschedulable")] },
    },
    "Failed (PodUnschedulable): Pod could not be scheduled",
  ],
  ["Pod", { status: { phase: "Odd" } }, "Unknown (UnknownPhase): unknown phase Odd"],

  ["PersistentVolumeClaim", {}, "InProgress (NotBound): PVC is not Bound. phase: unknown"],
  [
    "PersistentVolumeClaim",
    { status: { phase: "Pending" } },
    "InProgress (NotBound): PVC is not Bound. phase: Pending",
  ],
  ["PersistentVolumeClaim", { status: { phase: "Bound" } }, "Current: PVC is Bound"],

  ["batch/Job", {}, "InProgress (JobNotStarted): Job not started. active: 0/1"],
  ["batch/Job", { spec: { suspend: true } }, "Current: Job is suspended"],
  [
    "batch/Job",
    { spec: { parallelism: 3 }, status: { startTime: "t", active: 2, succeeded: 1 } },
    "InProgress (JobInProgress): Job in progress. success:1, active: 2, failed: 0",
  ],
  [
    "batch/Job",
    { spec: { completions: 3 }, status: { succeeded: 3, conditions: [condition("Complete", "True")] } },
    "Current: Job Completed. succeeded: 3/3",
  ],
  [
    "batch/Job",
    {
      status: {
        failed: 7,
        conditions: [
          condition("Complete", "False"),
          condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the limit"),
        ],
      },
    },
    "Failed (JobFailed): Job Failed. failed: 7/1 error: Job has reached the limit",
  ],

  ["Service", {}, "Current: Service is ready"],
  [
    "Service",
    { spec: { type: "LoadBalancer" } },
    "InProgress (NoIPAssigned): ClusterIP not set. Service type: LoadBalancer",
  ],
  ["Service", { spec: { type: "LoadBalancer", clusterIP: "10.0.0.1" } }, "Current: Service is ready"],
  ["ConfigMap", {}, "Current: Resource is always ready"],
  ["Secret", {}, "Current: Resource is always ready"],
  ["batch/CronJob", {}, "Current: Resource is always ready"],
  ["policy/PodDisruptionBudget", {}, "Current: AllowedDisruptions has been computed."],

  ["apiextensions.k8s.io/CustomResourceDefinition", {}, "InProgress (Installing): Install in progress"],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    { status: { conditions: [condition("NamesAccepted", "False", "Taken", "taken")] } },
    "Failed (Taken): taken",
  ],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    { status: { conditions: [condition("NamesAccepted", "True"), condition("Established", "False", "Installing")] } },
    "InProgress (Installing): Install in progress",
  ],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    { status: { conditions: [condition("Established", "False", "NotAccepted", "no")] } },
    "Failed (NotAccepted): no",
  ],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    { status: { conditions: [condition("Established", "True")] } },
    "Current: CRD is established",
  ],
];

test("every rule of kstatus", () => {
  for (const [kind, fields, want] of cases) {
    const { status, reason, message } = computeStatus(object(kind, fields), { nowMs });
    assert.equal(
      `${status}${reason === "" ? "" : ` (${reason})`}: ${message}`,
      want,
      `${kind} ${JSON.stringify(fields)}`,
    );
  }
});

test("what was not found", () => {
  assert.equal(computeStatus(undefined).status, "NotFound");
});
