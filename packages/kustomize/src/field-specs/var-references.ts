import { type FieldSpec, fieldSpec } from "../field-spec.ts";
import { cronJob, daemonSet, deployment, inPods, job, pod, replicaSet, statefulSet } from "./workloads.ts";

const containerFields = ["containers", "initContainers"].flatMap((containers) =>
  ["args", "command", "env/value", "volumeMounts/mountPath"].map((field) => `${containers}/${field}`),
);

/** Fields in which `$(VAR)` is replaced. */
export const varReferences: readonly FieldSpec[] = [
  ...inPods([cronJob], containerFields),
  fieldSpec("spec/jobTemplate/spec/template/volumes/nfs/server", { kind: "CronJob" }),
  ...inPods([daemonSet, deployment], [...containerFields, "volumes/nfs/server"]),
  fieldSpec("spec/template/metadata/annotations", { kind: "Deployment" }),
  ...["spec/rules/host", "spec/tls/hosts", "spec/tls/secretName"].map((path) => fieldSpec(path, { kind: "Ingress" })),
  ...inPods([job, pod, replicaSet], [...containerFields, "volumes/nfs/server"]),
  ...["spec/ports/port", "spec/ports/targetPort"].map((path) => fieldSpec(path, { kind: "Service" })),
  ...inPods([statefulSet], [...containerFields, "volumes/nfs/server"]),
  fieldSpec("spec/volumeClaimTemplates/spec/nfs/server", { kind: "StatefulSet" }),
  fieldSpec("spec/nfs/server", { kind: "PersistentVolume" }),
  fieldSpec("metadata/labels"),
  fieldSpec("metadata/annotations"),
];
