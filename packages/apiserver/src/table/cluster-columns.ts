import { booleanAt, numberAt, objectAt, objectsAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import {
  accessModes,
  ageColumn,
  count,
  formatMap,
  hasCondition,
  keyCount,
  loadBalancerAddresses,
  text,
} from "./cells.ts";
import { columns, type Column, type TableColumns } from "./columns.ts";
import { eventColumns } from "./event-columns.ts";

const none = "<none>";
const or = (value: string, empty = none): string => (value === "" ? empty : value);

function nodeStatus(node: KubeObject): string {
  const ready = objectsAt(node, "status", "conditions").find((condition) => condition["type"] === "Ready");
  const states = [ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady"];
  if (booleanAt(node, "spec", "unschedulable") === true) states.push("SchedulingDisabled");
  return states.join(",");
}

function nodeRoles({ metadata }: KubeObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return or(
    roles
      .map((label) => label.slice(prefix.length))
      .toSorted()
      .join(","),
  );
}

function nodeAddress(type: string): (node: KubeObject) => string {
  return (node) => {
    const address = objectsAt(node, "status", "addresses").find((each) => each["type"] === type);
    return stringAt(address, "address") ?? none;
  };
}

function externalIps(service: KubeObject): string {
  const own = stringsAt(service, "spec", "externalIPs");
  switch (stringAt(service, "spec", "type")) {
    case "LoadBalancer":
      return or([loadBalancerAddresses(service), ...own].filter((address) => address !== "").join(","), "<pending>");
    case "ExternalName":
      return stringAt(service, "spec", "externalName") ?? none;
    default:
      return or(own.join(","));
  }
}

function servicePorts(service: KubeObject): string {
  const ports = objectsAt(service, "spec", "ports").map((port) => {
    const nodePort = numberAt(port, "nodePort") ?? 0;
    return `${numberAt(port, "port") ?? 0}${nodePort === 0 ? "" : `:${nodePort}`}/${stringAt(port, "protocol") ?? ""}`;
  });
  return or(ports.join(","));
}

function ingressHosts(ingress: KubeObject): string {
  const hosts = objectsAt(ingress, "spec", "rules")
    .map((rule) => stringAt(rule, "host") ?? "")
    .filter((host) => host !== "");
  if (hosts.length === 0) return "*";
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(",")} + ${hosts.length - 3} more...` : hosts.join(",");
}

function roleOf(binding: KubeObject): string {
  const reference = objectAt(binding, "roleRef");
  return `${stringAt(reference, "kind") ?? ""}/${stringAt(reference, "name") ?? ""}`;
}

function subjects(kind: string): Column["cell"] {
  return (binding) =>
    objectsAt(binding, "subjects")
      .filter((subject) => subject["kind"] === kind)
      .map((subject) => {
        const namespace = stringAt(subject, "namespace");
        const name = stringAt(subject, "name") ?? "";
        return kind === "ServiceAccount" ? `${namespace ?? ""}/${name}` : name;
      })
      .join(", ");
}

const bindingColumns = columns(
  { name: "Role", cell: roleOf },
  ageColumn,
  { name: "Users", wide: true, cell: subjects("User") },
  { name: "Groups", wide: true, cell: subjects("Group") },
  { name: "ServiceAccounts", wide: true, cell: subjects("ServiceAccount") },
);

const createdAt = columns({
  name: "Created At",
  type: "date",
  cell: ({ metadata }) => metadata.creationTimestamp ?? null,
});

function autoscalerTargets(autoscaler: KubeObject): string {
  const metrics = objectsAt(autoscaler, "spec", "metrics").map((metric) => {
    const resource = objectAt(metric, "resource");
    const utilization = numberAt(resource, "target", "averageUtilization");
    return utilization === undefined ? "<unknown>" : `${stringAt(resource, "name") ?? ""}: <unknown>/${utilization}%`;
  });
  return or(metrics.join(", "));
}

function quotaUse(member: (name: string) => boolean): Column["cell"] {
  return (quota) =>
    Object.entries(objectAt(quota, "spec", "hard") ?? {})
      .filter(([name]) => member(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, hard]) =>
          `${name}: ${stringAt(quota, "status", "used", name) ?? "0"}/${typeof hard === "string" ? hard : ""}`,
      )
      .join(", ");
}

const webhooks = columns(
  { name: "Webhooks", type: "integer", cell: (object) => objectsAt(object, "webhooks").length },
  ageColumn,
);

/** Columns of the other kinds, by `group/Kind`. */
export const clusterColumns: readonly (readonly [string, TableColumns])[] = [
  ["/Namespace", columns(text("Status", "status.phase", { empty: "" }), ageColumn)],
  [
    "/ConfigMap",
    columns({ name: "Data", type: "string", cell: (map) => keyCount(map, "data", "binaryData") }, ageColumn),
  ],
  [
    "/Secret",
    columns(
      text("Type", "type", { empty: "" }),
      { name: "Data", type: "string", cell: (secret) => keyCount(secret, "data") },
      ageColumn,
    ),
  ],
  ["/Event", eventColumns],
  ["events.k8s.io/Event", eventColumns],
  [
    "/Node",
    columns(
      { name: "Status", cell: nodeStatus },
      { name: "Roles", cell: nodeRoles },
      ageColumn,
      text("Version", "status.nodeInfo.kubeletVersion", { empty: "" }),
      { name: "Internal-IP", wide: true, cell: nodeAddress("InternalIP") },
      { name: "External-IP", wide: true, cell: nodeAddress("ExternalIP") },
      text("OS-Image", "status.nodeInfo.osImage", { empty: "<unknown>", wide: true }),
      text("Kernel-Version", "status.nodeInfo.kernelVersion", { empty: "<unknown>", wide: true }),
      text("Container-Runtime", "status.nodeInfo.containerRuntimeVersion", { empty: "<unknown>", wide: true }),
    ),
  ],
  [
    "/Service",
    columns(
      text("Type", "spec.type"),
      text("Cluster-IP", "spec.clusterIP"),
      { name: "External-IP", cell: externalIps },
      { name: "Port(s)", cell: servicePorts },
      ageColumn,
      { name: "Selector", wide: true, cell: (service) => formatMap(objectAt(service, "spec", "selector")) },
    ),
  ],
  [
    "/Endpoints",
    columns(
      {
        name: "Endpoints",
        cell: (endpoints) => {
          const list = objectsAt(endpoints, "subsets").flatMap((subset) =>
            objectsAt(subset, "addresses").flatMap((address) =>
              objectsAt(subset, "ports").map(
                (port) => `${stringAt(address, "ip") ?? ""}:${numberAt(port, "port") ?? 0}`,
              ),
            ),
          );
          return or(list.length > 3 ? `${list.slice(0, 3).join(",")} + ${list.length - 3} more...` : list.join(","));
        },
      },
      ageColumn,
    ),
  ],
  [
    "/PersistentVolumeClaim",
    columns(
      {
        name: "Status",
        cell: (claim) =>
          claim.metadata.deletionTimestamp === undefined ? (stringAt(claim, "status", "phase") ?? "") : "Terminating",
      },
      text("Volume", "spec.volumeName", { empty: "" }),
      text("Capacity", "status.capacity.storage", { empty: "" }),
      { name: "Access Modes", cell: (claim) => accessModes(claim, "status", "accessModes") },
      text("StorageClass", "spec.storageClassName", { empty: "" }),
      text("VolumeAttributesClass", "spec.volumeAttributesClassName", { empty: "<unset>" }),
      ageColumn,
      text("VolumeMode", "spec.volumeMode", { empty: "<unset>", wide: true }),
    ),
  ],
  [
    "/PersistentVolume",
    columns(
      text("Capacity", "spec.capacity.storage", { empty: "" }),
      { name: "Access Modes", cell: (volume) => accessModes(volume, "spec", "accessModes") },
      text("Reclaim Policy", "spec.persistentVolumeReclaimPolicy", { empty: "" }),
      text("Status", "status.phase", { empty: "" }),
      {
        name: "Claim",
        cell: (volume) => {
          const claim = objectAt(volume, "spec", "claimRef");
          return claim === undefined ? "" : `${stringAt(claim, "namespace") ?? ""}/${stringAt(claim, "name") ?? ""}`;
        },
      },
      text("StorageClass", "spec.storageClassName", { empty: "" }),
      text("VolumeAttributesClass", "spec.volumeAttributesClassName", { empty: "<unset>" }),
      text("Reason", "status.reason", { empty: "" }),
      ageColumn,
      text("VolumeMode", "spec.volumeMode", { empty: "<unset>", wide: true }),
    ),
  ],
  [
    "/ResourceQuota",
    columns(
      { name: "Request", cell: quotaUse((name) => !name.startsWith("limits.")) },
      { name: "Limit", cell: quotaUse((name) => name.startsWith("limits.")) },
      ageColumn,
    ),
  ],
  [
    "networking.k8s.io/Ingress",
    columns(
      text("Class", "spec.ingressClassName"),
      { name: "Hosts", cell: ingressHosts },
      { name: "Address", cell: loadBalancerAddresses },
      { name: "Ports", cell: (ingress) => (objectsAt(ingress, "spec", "tls").length > 0 ? "80, 443" : "80") },
      ageColumn,
    ),
  ],
  [
    "networking.k8s.io/IngressClass",
    columns(text("Controller", "spec.controller"), text("Parameters", "spec.parameters.kind"), ageColumn),
  ],
  [
    "networking.k8s.io/NetworkPolicy",
    columns(
      { name: "Pod-Selector", cell: (policy) => formatMap(objectAt(policy, "spec", "podSelector", "matchLabels")) },
      ageColumn,
    ),
  ],
  [
    "autoscaling/HorizontalPodAutoscaler",
    columns(
      {
        name: "Reference",
        cell: (autoscaler) =>
          `${stringAt(autoscaler, "spec", "scaleTargetRef", "kind") ?? ""}/${stringAt(autoscaler, "spec", "scaleTargetRef", "name") ?? ""}`,
      },
      { name: "Targets", cell: autoscalerTargets },
      { name: "MinPods", cell: (autoscaler) => String(numberAt(autoscaler, "spec", "minReplicas") ?? "<unset>") },
      count("MaxPods", "spec.maxReplicas"),
      count("Replicas", "status.currentReplicas"),
      ageColumn,
    ),
  ],
  [
    "policy/PodDisruptionBudget",
    columns(
      text("Min Available", "spec.minAvailable", { empty: "N/A" }),
      text("Max Unavailable", "spec.maxUnavailable", { empty: "N/A" }),
      count("Allowed Disruptions", "status.disruptionsAllowed"),
      ageColumn,
    ),
  ],
  ["rbac.authorization.k8s.io/RoleBinding", bindingColumns],
  ["rbac.authorization.k8s.io/ClusterRoleBinding", bindingColumns],
  ["rbac.authorization.k8s.io/Role", createdAt],
  ["rbac.authorization.k8s.io/ClusterRole", createdAt],
  ["apiextensions.k8s.io/CustomResourceDefinition", createdAt],
  ["/LimitRange", createdAt],
  ["coordination.k8s.io/Lease", columns(text("Holder", "spec.holderIdentity", { empty: "" }), ageColumn)],
  [
    "storage.k8s.io/StorageClass",
    columns(
      text("Provisioner", "provisioner"),
      text("ReclaimPolicy", "reclaimPolicy"),
      text("VolumeBindingMode", "volumeBindingMode"),
      {
        name: "AllowVolumeExpansion",
        type: "boolean",
        cell: (storageClass) => storageClass["allowVolumeExpansion"] === true,
      },
      ageColumn,
    ),
  ],
  [
    "scheduling.k8s.io/PriorityClass",
    columns(
      count("Value", "value"),
      { name: "Global-Default", type: "boolean", cell: (priorityClass) => priorityClass["globalDefault"] === true },
      ageColumn,
      text("PreemptionPolicy", "preemptionPolicy"),
    ),
  ],
  ["admissionregistration.k8s.io/MutatingWebhookConfiguration", webhooks],
  ["admissionregistration.k8s.io/ValidatingWebhookConfiguration", webhooks],
  [
    "discovery.k8s.io/EndpointSlice",
    columns(
      text("AddressType", "addressType"),
      {
        name: "Ports",
        cell: (slice) =>
          or(
            objectsAt(slice, "ports")
              .map((port) => String(numberAt(port, "port") ?? "*"))
              .join(","),
            "<unset>",
          ),
      },
      {
        name: "Endpoints",
        cell: (slice) =>
          or(
            objectsAt(slice, "endpoints")
              .flatMap((endpoint) => stringsAt(endpoint, "addresses"))
              .join(","),
            "<unset>",
          ),
      },
      ageColumn,
    ),
  ],
  ["node.k8s.io/RuntimeClass", columns(text("Handler", "handler"), ageColumn)],
  [
    "apiregistration.k8s.io/APIService",
    columns(
      {
        name: "Service",
        cell: (service) => {
          const reference = objectAt(service, "spec", "service");
          return reference === undefined
            ? "Local"
            : `${stringAt(reference, "namespace") ?? ""}/${stringAt(reference, "name") ?? ""}`;
        },
      },
      { name: "Available", cell: (service) => (hasCondition(service, "Available") ? "True" : "False") },
      ageColumn,
    ),
  ],
];
