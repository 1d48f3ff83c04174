import { type FieldSpec, fieldSpec } from "../field-spec.ts";

const create = true;

/** Where labels of resources and of what they make go. */
export const metadataLabels: readonly FieldSpec[] = [
  fieldSpec("metadata/labels", { create }),
  fieldSpec("spec/template/metadata/labels", { create, version: "v1", kind: "ReplicationController" }),
  ...["Deployment", "ReplicaSet", "DaemonSet"].map((kind) =>
    fieldSpec("spec/template/metadata/labels", { create, kind }),
  ),
  fieldSpec("spec/template/metadata/labels", { create, group: "apps", kind: "StatefulSet" }),
  fieldSpec("spec/volumeClaimTemplates[]/metadata/labels", { create, group: "apps", kind: "StatefulSet" }),
  fieldSpec("spec/template/metadata/labels", { create, group: "batch", kind: "Job" }),
  fieldSpec("spec/jobTemplate/metadata/labels", { create, group: "batch", kind: "CronJob" }),
  fieldSpec("spec/jobTemplate/spec/template/metadata/labels", { create, group: "batch", kind: "CronJob" }),
];

/** Selectors inside the affinities and spread constraints of a workload's pods. */
function schedulingSelectors(kind: string): FieldSpec[] {
  const affinities = ["podAffinity", "podAntiAffinity"].flatMap((affinity) => [
    `affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm`,
    `affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution`,
  ]);
  return [...affinities, "topologySpreadConstraints"].map((path) =>
    fieldSpec(`spec/template/spec/${path}/labelSelector/matchLabels`, { group: "apps", kind }),
  );
}

/** Where labels go that also select. */
export const commonLabels: readonly FieldSpec[] = [
  ...["Service", "ReplicationController"].map((kind) => fieldSpec("spec/selector", { create, version: "v1", kind })),
  fieldSpec("spec/selector/matchLabels", { create, kind: "Deployment" }),
  ...schedulingSelectors("Deployment"),
  fieldSpec("spec/selector/matchLabels", { create, kind: "ReplicaSet" }),
  fieldSpec("spec/selector/matchLabels", { create, kind: "DaemonSet" }),
  fieldSpec("spec/selector/matchLabels", { create, group: "apps", kind: "StatefulSet" }),
  ...schedulingSelectors("StatefulSet"),
  fieldSpec("spec/selector/matchLabels", { group: "batch", kind: "Job" }),
  fieldSpec("spec/jobTemplate/spec/selector/matchLabels", { group: "batch", kind: "CronJob" }),
  fieldSpec("spec/selector/matchLabels", { group: "policy", kind: "PodDisruptionBudget" }),
  ...["spec/podSelector", "spec/ingress/from/podSelector", "spec/egress/to/podSelector"].map((path) =>
    fieldSpec(`${path}/matchLabels`, { group: "networking.k8s.io", kind: "NetworkPolicy" }),
  ),
  ...metadataLabels,
];

/** Where common annotations go. */
export const commonAnnotations: readonly FieldSpec[] = [
  fieldSpec("metadata/annotations", { create }),
  fieldSpec("spec/template/metadata/annotations", { create, version: "v1", kind: "ReplicationController" }),
  ...["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].map((kind) =>
    fieldSpec("spec/template/metadata/annotations", { create, kind }),
  ),
  fieldSpec("spec/template/metadata/annotations", { create, group: "batch", kind: "Job" }),
  fieldSpec("spec/jobTemplate/metadata/annotations", { create, group: "batch", kind: "CronJob" }),
  fieldSpec("spec/jobTemplate/spec/template/metadata/annotations", { create, group: "batch", kind: "CronJob" }),
];
