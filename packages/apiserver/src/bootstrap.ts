import { systemUser } from "./authn/user.ts";
import { cloneJson, type JsonObject } from "./json/json.ts";
import type { KubeObject } from "./json/object.ts";
import { defaultClusterRoleBindings, defaultClusterRoles } from "./rbac/default-roles.ts";
import type { Registry } from "./registry/registry.ts";
import type { RequestContext } from "./registry/request-context.ts";

const namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];
const rbacGroup = "rbac.authorization.k8s.io";

const kubernetesService: JsonObject = {
  metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
  spec: {
    clusterIP: "10.96.0.1",
    ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
  },
};

const priorityClasses: readonly JsonObject[] = [
  {
    metadata: { name: "system-cluster-critical" },
    value: 2_000_000_000,
    description:
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  },
  {
    metadata: { name: "system-node-critical" },
    value: 2_000_001_000,
    description: "Used for system critical pods that must not be moved from their current node.",
  },
];

/** Creates what every cluster has, where it is not there yet. */
export function bootstrap(registry: Registry, now: number): void {
  const context = systemContext("kube-apiserver", now);
  for (const name of namespaces) ensure(registry, "", "namespaces", { metadata: { name } }, context);
  for (const role of defaultClusterRoles) ensure(registry, rbacGroup, "clusterroles", role, context);
  for (const binding of defaultClusterRoleBindings)
    ensure(registry, rbacGroup, "clusterrolebindings", binding, context);
  for (const priorityClass of priorityClasses)
    ensure(registry, "scheduling.k8s.io", "priorityclasses", priorityClass, context);
  ensure(registry, "", "services", kubernetesService, context);
}

/** The context of the server's own writes. */
export function systemContext(manager: string, now: number): RequestContext {
  return {
    user: systemUser("system:apiserver"),
    now,
    dryRun: false,
    fieldManager: manager,
    fieldValidation: "Ignore",
    warn: () => {},
  };
}

function ensure(registry: Registry, group: string, resource: string, body: JsonObject, context: RequestContext): void {
  const store = registry.getStore(group, resource);
  const object = {
    apiVersion: store.version.apiVersion,
    kind: store.definition.kind,
    ...cloneJson(body),
  } as KubeObject;
  const { name, namespace = "" } = object.metadata;
  if (store.find({ namespace, name }) === undefined) store.create(namespace, object, context);
}
