import { type FieldSpec, fieldSpec, type NameReference } from "../field-spec.ts";
import {
  cronJob,
  daemonSet,
  deployment,
  inPods,
  job,
  pod,
  podTemplate,
  replicaSet,
  replicationController,
  statefulSet,
  versionedPod,
} from "./workloads.ts";

const rbac = "rbac.authorization.k8s.io";
const admission = "admissionregistration.k8s.io";

const allPods = [versionedPod, podTemplate, deployment, replicaSet, daemonSet, statefulSet, job, cronJob];
const accountPods = [pod, statefulSet, deployment, replicationController, cronJob, job, daemonSet];

function inContainers(...fields: readonly string[]): string[] {
  return fields.flatMap((field) => [`containers/${field}`, `initContainers/${field}`]);
}

function ingressAnnotation(name: string): FieldSpec {
  return fieldSpec(`metadata/annotations/${name.replace("/", "\\/")}`, { kind: "Ingress" });
}

const roleResourceNames = ["Role", "ClusterRole"].map((kind) => fieldSpec("rules/resourceNames", { kind }));

function scaleTarget(kind: string): NameReference {
  return {
    group: "",
    version: "",
    kind,
    referrers: [fieldSpec("spec/scaleTargetRef/name", { kind: "HorizontalPodAutoscaler" })],
  };
}

/** Which fields hold the names of which kinds. */
export const nameReferences: readonly NameReference[] = [
  ...["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map(scaleTarget),
  {
    group: "",
    version: "v1",
    kind: "ConfigMap",
    referrers: [
      ...inPods(allPods, [
        "volumes/configMap/name",
        ...inContainers("env/valueFrom/configMapKeyRef/name", "envFrom/configMapRef/name"),
        "volumes/projected/sources/configMap/name",
      ]),
      fieldSpec("spec/configSource/configMap", { kind: "Node" }),
      ...roleResourceNames,
      ingressAnnotation("nginx.ingress.kubernetes.io/fastcgi-params-configmap"),
    ],
  },
  {
    group: "",
    version: "v1",
    kind: "Secret",
    referrers: [
      ...inPods(allPods, [
        "volumes/secret/secretName",
        ...inContainers("env/valueFrom/secretKeyRef/name", "envFrom/secretRef/name"),
        "imagePullSecrets/name",
        "volumes/projected/sources/secret/name",
      ]),
      fieldSpec("spec/tls/secretName", { kind: "Ingress" }),
      ingressAnnotation("ingress.kubernetes.io/auth-secret"),
      ingressAnnotation("nginx.ingress.kubernetes.io/auth-secret"),
      ingressAnnotation("nginx.ingress.kubernetes.io/auth-tls-secret"),
      fieldSpec("imagePullSecrets/name", { kind: "ServiceAccount" }),
      ...["secretName", "adminSecretName", "userSecretName", "secretRef"].map((field) =>
        fieldSpec(`parameters/${field}`, { kind: "StorageClass" }),
      ),
      ...roleResourceNames,
      fieldSpec("spec/template/spec/containers/env/valueFrom/secretKeyRef/name", {
        kind: "Service",
        group: "serving.knative.dev",
        version: "v1",
      }),
      fieldSpec("spec/azureFile/secretName", { kind: "PersistentVolume" }),
    ],
  },
  {
    group: "",
    version: "v1",
    kind: "Service",
    referrers: [
      fieldSpec("spec/serviceName", { kind: "StatefulSet", group: "apps" }),
      ...[
        "spec/rules/http/paths/backend/serviceName",
        "spec/backend/serviceName",
        "spec/rules/http/paths/backend/service/name",
        "spec/defaultBackend/service/name",
      ].map((path) => fieldSpec(path, { kind: "Ingress" })),
      fieldSpec("spec/service/name", { kind: "APIService", group: "apiregistration.k8s.io" }),
      ...["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map((kind) =>
        fieldSpec("webhooks/clientConfig/service", { kind, group: admission }),
      ),
    ],
  },
  {
    group: rbac,
    version: "",
    kind: "Role",
    referrers: [fieldSpec("roleRef/name", { kind: "RoleBinding", group: rbac })],
  },
  {
    group: rbac,
    version: "",
    kind: "ClusterRole",
    referrers: ["RoleBinding", "ClusterRoleBinding"].map((kind) => fieldSpec("roleRef/name", { kind, group: rbac })),
  },
  {
    group: "",
    version: "v1",
    kind: "ServiceAccount",
    referrers: [
      ...["RoleBinding", "ClusterRoleBinding"].map((kind) => fieldSpec("subjects", { kind, group: rbac })),
      ...inPods(accountPods, ["serviceAccountName"]),
    ],
  },
  {
    group: "",
    version: "v1",
    kind: "PersistentVolumeClaim",
    referrers: inPods(accountPods, ["volumes/persistentVolumeClaim/claimName"]),
  },
  {
    group: "",
    version: "v1",
    kind: "PersistentVolume",
    referrers: [
      fieldSpec("spec/volumeName", { kind: "PersistentVolumeClaim" }),
      fieldSpec("rules/resourceNames", { kind: "ClusterRole" }),
    ],
  },
  {
    group: "storage.k8s.io",
    version: "v1",
    kind: "StorageClass",
    referrers: [
      ...["PersistentVolume", "PersistentVolumeClaim"].map((kind) => fieldSpec("spec/storageClassName", { kind })),
      fieldSpec("spec/volumeClaimTemplates/spec/storageClassName", { kind: "StatefulSet" }),
    ],
  },
  {
    group: "scheduling.k8s.io",
    version: "v1",
    kind: "PriorityClass",
    referrers: inPods(accountPods, ["priorityClassName"]),
  },
  {
    // kustomize's table has the version in the group, so that no IngressClass ever matches; so do we.
    group: "networking.k8s.io/v1",
    version: "v1",
    kind: "IngressClass",
    referrers: [fieldSpec("spec/ingressClassName", { kind: "Ingress" })],
  },
  {
    group: admission,
    version: "",
    kind: "ValidatingAdmissionPolicy",
    referrers: [fieldSpec("spec/policyName", { kind: "ValidatingAdmissionPolicyBinding", group: admission })],
  },
];
