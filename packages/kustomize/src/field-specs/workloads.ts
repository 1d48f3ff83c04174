import { type FieldSpec, fieldSpec } from "../field-spec.ts";

/** A kind with a pod's specification in it. */
export interface PodOwner {
  readonly kind: string;
  readonly version?: string;
  /** The path of the pod's specification. */
  readonly podSpec: string;
}

const templated = "spec/template/spec";
const scheduled = "spec/jobTemplate/spec/template/spec";

export const pod: PodOwner = { kind: "Pod", podSpec: "spec" };
export const versionedPod: PodOwner = { ...pod, version: "v1" };
export const podTemplate: PodOwner = { kind: "PodTemplate", podSpec: "template/spec" };
export const deployment: PodOwner = { kind: "Deployment", podSpec: templated };
export const replicaSet: PodOwner = { kind: "ReplicaSet", podSpec: templated };
export const replicationController: PodOwner = { kind: "ReplicationController", podSpec: templated };
export const daemonSet: PodOwner = { kind: "DaemonSet", podSpec: templated };
export const statefulSet: PodOwner = { kind: "StatefulSet", podSpec: templated };
export const job: PodOwner = { kind: "Job", podSpec: templated };
export const cronJob: PodOwner = { kind: "CronJob", podSpec: scheduled };

/** The same fields of a pod's specification in each of the owners. */
export function inPods(owners: readonly PodOwner[], fields: readonly string[]): FieldSpec[] {
  return owners.flatMap(({ kind, version = "", podSpec }) =>
    fields.map((field) => fieldSpec(`${podSpec}/${field}`, { kind, version })),
  );
}
