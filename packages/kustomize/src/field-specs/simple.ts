import { type FieldSpec, fieldSpec } from "../field-spec.ts";

const create = true;

/** Fields that get a name prefix. */
export const namePrefix: readonly FieldSpec[] = [fieldSpec("metadata/name")];

/** Fields that get a name suffix. */
export const nameSuffix: readonly FieldSpec[] = [fieldSpec("metadata/name")];

/** Fields beside `metadata.namespace` that hold the namespace. */
export const namespace: readonly FieldSpec[] = [
  fieldSpec("metadata/name", { kind: "Namespace", create }),
  fieldSpec("spec/service/namespace", { group: "apiregistration.k8s.io", kind: "APIService", create }),
  fieldSpec("spec/conversion/webhook/clientConfig/service/namespace", {
    group: "apiextensions.k8s.io",
    kind: "CustomResourceDefinition",
  }),
];

/** Fields that hold an image, beside those of anything called `containers`. */
export const images: readonly FieldSpec[] = ["spec", "spec/template/spec"].flatMap((spec) =>
  ["containers[]/image", "initContainers[]/image", "volumes[]/image/reference"].map((path) =>
    fieldSpec(`${spec}/${path}`, { create }),
  ),
);

/** Fields that hold a number of replicas. */
export const replicas: readonly FieldSpec[] = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map(
  (kind) => fieldSpec("spec/replicas", { create, kind }),
);
