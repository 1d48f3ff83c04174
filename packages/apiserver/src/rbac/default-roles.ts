import type { JsonObject } from "../json/json.ts";

/** The roles and bindings that every cluster begins with. */

const rbacGroup = "rbac.authorization.k8s.io";
const bootstrapping = { "kubernetes.io/bootstrapping": "rbac-defaults" };
const read = ["get", "list", "watch"];
const write = ["create", "delete", "deletecollection", "patch", "update"];

interface Rule {
  readonly groups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly urls?: readonly string[];
}

function rule({ groups, resources, verbs, urls }: Rule): JsonObject {
  return {
    verbs: [...verbs],
    ...(groups === undefined ? {} : { apiGroups: [...groups] }),
    ...(resources === undefined ? {} : { resources: [...resources] }),
    ...(urls === undefined ? {} : { nonResourceURLs: [...urls] }),
  };
}

function role(name: string, rules: readonly Rule[], labels: { [key: string]: string } = {}): JsonObject {
  return {
    metadata: {
      name,
      labels: { ...bootstrapping, ...labels },
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
    },
    rules: rules.map(rule),
  };
}

/** A role whose rules are those of all roles with a label. */
function aggregate(name: string, labels: { [key: string]: string } = {}): JsonObject {
  const selector = { matchLabels: { [`${rbacGroup}/aggregate-to-${name}`]: "true" } };
  return {
    metadata: {
      name,
      labels: { ...bootstrapping, ...labels },
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
    },
    aggregationRule: { clusterRoleSelectors: [selector] },
    rules: [],
  };
}

const to = (name: string): { [key: string]: string } => ({ [`${rbacGroup}/aggregate-to-${name}`]: "true" });

const workloads = [
  "daemonsets",
  "deployments",
  "deployments/scale",
  "replicasets",
  "replicasets/scale",
  "statefulsets",
  "statefulsets/scale",
];
const coreContent = [
  "configmaps",
  "endpoints",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "replicationcontrollers/scale",
  "serviceaccounts",
  "services",
];

const viewRules: readonly Rule[] = [
  { groups: [""], resources: [...coreContent, "persistentvolumeclaims/status", "services/status"], verbs: read },
  {
    groups: [""],
    resources: [
      "bindings",
      "events",
      "limitranges",
      "namespaces/status",
      "pods/log",
      "pods/status",
      "replicationcontrollers/status",
      "resourcequotas",
      "resourcequotas/status",
    ],
    verbs: read,
  },
  { groups: [""], resources: ["namespaces"], verbs: read },
  { groups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  {
    groups: ["apps"],
    resources: [
      ...workloads,
      "controllerrevisions",
      "daemonsets/status",
      "deployments/status",
      "replicasets/status",
      "statefulsets/status",
    ],
    verbs: read,
  },
  { groups: ["autoscaling"], resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"], verbs: read },
  { groups: ["batch"], resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], verbs: read },
  { groups: ["policy"], resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"], verbs: read },
  { groups: ["networking.k8s.io"], resources: ["ingresses", "ingresses/status", "networkpolicies"], verbs: read },
];

const editRules: readonly Rule[] = [
  {
    groups: [""],
    resources: ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"],
    verbs: read,
  },
  { groups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
  { groups: [""], resources: ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"], verbs: write },
  { groups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  {
    groups: [""],
    resources: [
      "configmaps",
      "events",
      "persistentvolumeclaims",
      "replicationcontrollers",
      "replicationcontrollers/scale",
      "secrets",
      "serviceaccounts",
      "services",
      "services/proxy",
    ],
    verbs: write,
  },
  { groups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
  { groups: ["apps"], resources: [...workloads, "deployments/rollback"], verbs: write },
  { groups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: write },
  { groups: ["batch"], resources: ["cronjobs", "jobs"], verbs: write },
  { groups: ["policy"], resources: ["poddisruptionbudgets"], verbs: write },
  { groups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: write },
  { groups: ["coordination.k8s.io"], resources: ["leases"], verbs: [...write, ...read] },
];

const adminRules: readonly Rule[] = [
  { groups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"], verbs: ["create"] },
  { groups: [rbacGroup], resources: ["rolebindings", "roles"], verbs: [...write, ...read] },
];

const publicUrls = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const discoveryUrls = [
  "/api",
  "/api/*",
  "/apis",
  "/apis/*",
  "/healthz",
  "/livez",
  "/openapi",
  "/openapi/*",
  "/readyz",
  "/version",
  "/version/",
];

export const defaultClusterRoles: readonly JsonObject[] = [
  role("cluster-admin", [
    { groups: ["*"], resources: ["*"], verbs: ["*"] },
    { urls: ["*"], verbs: ["*"] },
  ]),
  aggregate("admin"),
  aggregate("edit", to("admin")),
  aggregate("view", to("edit")),
  role("system:aggregate-to-admin", adminRules, to("admin")),
  role("system:aggregate-to-edit", editRules, to("edit")),
  role("system:aggregate-to-view", viewRules, to("view")),
  role("system:discovery", [{ urls: discoveryUrls, verbs: ["get"] }]),
  role("system:public-info-viewer", [{ urls: publicUrls, verbs: ["get"] }]),
  role("system:basic-user", [
    {
      groups: ["authorization.k8s.io"],
      resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
      verbs: ["create"],
    },
    { groups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
  ]),
  role("system:auth-delegator", [
    { groups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    { groups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  ]),
  role("system:monitoring", [
    {
      urls: ["/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*"],
      verbs: ["get"],
    },
  ]),
  role("system:service-account-issuer-discovery", [
    { urls: ["/.well-known/openid-configuration", "/openid/v1/jwks"], verbs: ["get"] },
  ]),
];

function binding(roleName: string, name: string, subjects: readonly string[]): JsonObject {
  return {
    metadata: {
      name,
      labels: { ...bootstrapping },
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
    },
    roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name: roleName },
    subjects: subjects.map((group) => ({ apiGroup: rbacGroup, kind: "Group", name: group })),
  };
}

export const defaultClusterRoleBindings: readonly JsonObject[] = [
  binding("cluster-admin", "cluster-admin", ["system:masters"]),
  binding("system:discovery", "system:discovery", ["system:authenticated"]),
  binding("system:basic-user", "system:basic-user", ["system:authenticated"]),
  binding("system:public-info-viewer", "system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
  binding("system:monitoring", "system:monitoring", ["system:monitoring"]),
  binding("system:service-account-issuer-discovery", "system:service-account-issuer-discovery", [
    "system:serviceaccounts",
  ]),
];
