import {
  gitRepositoryCrd,
  kustomizationCrd,
  type CustomResourceDefinition,
  type KubernetesObject,
  type UnstructuredObject,
} from "@sluice/api";
import { PART_OF, PART_OF_LABEL, VERSION_LABEL } from "../cluster/installation.ts";

/** What an installation looks like. */
export interface InstallOptions {
  readonly namespace: string;
  /** The release, as the version label has it: `v0.1.0`. */
  readonly version: string;
  /** The image that runs the controllers; without one only the kinds are installed. */
  readonly image?: string;
  readonly imagePullSecret?: string;
  readonly logLevel: string;
  readonly watchAllNamespaces: boolean;
  readonly networkPolicy: boolean;
  readonly clusterDomain: string;
  /** Keys of taints that the controllers tolerate. */
  readonly tolerationKeys: readonly string[];
}

/** The CustomResourceDefinitions of all kinds that this program has a controller for. */
export const definitions: readonly CustomResourceDefinition[] = [gitRepositoryCrd, kustomizationCrd];

const NAME = "sluice";
const UNPRIVILEGED_GROUP = 1337;
const APPLIED_GROUPS = ["source.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io"];

/** Everything that is applied to a cluster, in an order in which it can be applied. */
export function installManifests(options: InstallOptions): readonly UnstructuredObject[] {
  const objects = [
    namespaceOf(options),
    ...definitions,
    aggregatedRole(options, "edit", ["*"], ["admin", "edit"]),
    aggregatedRole(options, "view", ["get", "list", "watch"], ["admin", "edit", "view"]),
    ...(options.image === undefined ? [] : controllerManifests(options, options.image)),
  ];
  return objects.map((object) => withLabels(object, options));
}

function withLabels(object: KubernetesObject, { namespace, version }: InstallOptions): UnstructuredObject {
  const labels = {
    ...object.metadata.labels,
    "app.kubernetes.io/instance": namespace,
    [PART_OF_LABEL]: PART_OF,
    [VERSION_LABEL]: version,
  };
  return { ...object, metadata: { ...object.metadata, labels } };
}

function namespaceOf({ namespace }: InstallOptions): KubernetesObject {
  const labels = {
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
  };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
}

/** Adds rights over Flux's kinds to the cluster's own `view`, `edit` and `admin` roles. */
function aggregatedRole(
  { namespace }: InstallOptions,
  suffix: string,
  verbs: readonly string[],
  into: readonly string[],
): UnstructuredObject {
  const labels = Object.fromEntries(into.map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, "true"]));
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: `flux-${suffix}-${namespace}`, labels },
    rules: [{ apiGroups: APPLIED_GROUPS, resources: ["*"], verbs }],
  };
}

function controllerManifests(options: InstallOptions, image: string): readonly UnstructuredObject[] {
  const { namespace } = options;
  const serviceAccount: UnstructuredObject = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: NAME, namespace },
    ...(options.imagePullSecret !== undefined && { imagePullSecrets: [{ name: options.imagePullSecret }] }),
  };
  const binding: UnstructuredObject = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: `cluster-reconciler-${namespace}` },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: NAME, namespace }],
  };
  // The name that artifact URLs have everywhere in the field, so that other controllers can read our artifacts.
  const service: UnstructuredObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "source-controller", namespace },
    spec: {
      type: "ClusterIP",
      selector: { app: NAME },
      ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "http" }],
    },
  };
  return [
    serviceAccount,
    binding,
    service,
    deploymentOf(options, image),
    ...(options.networkPolicy ? networkPolicies(namespace) : []),
  ];
}

function deploymentOf(options: InstallOptions, image: string): UnstructuredObject {
  const { namespace } = options;
  const labels = { app: NAME };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace, labels: { "control-plane": "controller" } },
    spec: {
      replicas: 1,
      // Two of them would write into two artifact stores.
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels: { ...labels, [PART_OF_LABEL]: PART_OF },
          annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" },
        },
        spec: {
          serviceAccountName: NAME,
          terminationGracePeriodSeconds: 60,
          priorityClassName: "system-cluster-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          securityContext: { fsGroup: UNPRIVILEGED_GROUP },
          ...(options.tolerationKeys.length > 0 && {
            tolerations: options.tolerationKeys.map((key) => ({ key, operator: "Exists" })),
          }),
          containers: [managerContainer(options, image)],
          volumes: [
            { name: "data", emptyDir: {} },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  };
}

function managerContainer(options: InstallOptions, image: string): { readonly [field: string]: unknown } {
  return {
    name: "manager",
    image,
    imagePullPolicy: "IfNotPresent",
    args: [
      "run",
      `--log-level=${options.logLevel}`,
      "--log-encoding=json",
      "--enable-leader-election",
      `--watch-all-namespaces=${options.watchAllNamespaces}`,
      "--storage-path=/data",
      "--storage-addr=0.0.0.0:9090",
      "--metrics-addr=0.0.0.0:8080",
      "--health-addr=0.0.0.0:9440",
      `--storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.${options.clusterDomain}.`,
    ],
    env: [
      { name: "RUNTIME_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      // The space for new objects: by default it grows to four times this, which is no faster.
      { name: "NODE_OPTIONS", value: "--max-semi-space-size=16" },
    ],
    ports: [
      { name: "http", containerPort: 9090, protocol: "TCP" },
      { name: "http-prom", containerPort: 8080, protocol: "TCP" },
      { name: "healthz", containerPort: 9440, protocol: "TCP" },
    ],
    livenessProbe: { httpGet: { path: "/healthz", port: "healthz" } },
    readinessProbe: { httpGet: { path: "/readyz", port: "healthz" } },
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "2000m", memory: "1Gi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

function networkPolicies(namespace: string): readonly UnstructuredObject[] {
  const policy = (name: string, spec: { readonly [field: string]: unknown }): UnstructuredObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec: { podSelector: {}, ...spec },
  });
  return [
    policy("allow-egress", {
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{}],
    }),
    policy("allow-scraping", {
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 8080, protocol: "TCP" }] }],
    }),
  ];
}
