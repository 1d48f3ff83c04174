import { quote } from "../errors/field-errors.ts";
import { numberAt, objectAt, objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import { isDns1123Label } from "../validation/names.ts";
import { isWholeQuantity } from "./quantity.ts";

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
};

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
};

const deprecatedVolumes: readonly (readonly [member: string, message: string])[] = [
  ["photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"],
  ["scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "deprecated in v1.28, non-functional in v1.31+"],
];

/** What is to be said about a name that pods and their hosts get theirs from. */
export function nameWarnings(name: string): string[] {
  const problems = isDns1123Label(name);
  if (problems.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problems.join(" ")}]`,
  ];
}

/** What is to be said about a valid pod or pod template; `path` is where it is, `""` for a pod itself. */
export function podWarnings(pod: JsonObject, path: string): string[] {
  const at = (field: string): string => (path === "" ? field : `${path}.${field}`);
  const spec = objectAt(pod, "spec") ?? {};
  const containers = containersOf(spec, at("spec"));
  return [
    ...schedulingWarnings(spec, at("spec")),
    ...keyWarnings(objectAt(pod, "metadata", "annotations"), at("metadata.annotations"), deprecatedAnnotations),
    ...objectsAt(spec, "volumes").flatMap((volume, index) =>
      deprecatedVolumes
        .filter(([member]) => volume[member] !== undefined)
        .map(([member, message]) => `${at(`spec.volumes[${index}].${member}`)}: ${message}`),
    ),
    ...repeated(objectsAt(spec, "hostAliases"), "ip", at("spec.hostAliases")),
    ...repeated(objectsAt(spec, "imagePullSecrets"), "name", at("spec.imagePullSecrets")),
    ...objectsAt(spec, "imagePullSecrets").flatMap((secret, index) =>
      (stringAt(secret, "name") ?? "") === ""
        ? [`${at(`spec.imagePullSecrets[${index}].name`)}: invalid empty name ""`]
        : [],
    ),
    ...containers.flatMap(containerWarnings),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
  ];
}

function keyWarnings(
  map: JsonObject | undefined,
  path: string,
  messages: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(map ?? {}).flatMap((key) => {
    const message = messages[key];
    return message === undefined ? [] : [`${path}[${key}]: ${message}`];
  });
}

function schedulingWarnings(spec: JsonObject, path: string): string[] {
  const spread = objectsAt(spec, "topologySpreadConstraints").flatMap((constraint, index) => {
    const place = `${path}.topologySpreadConstraints[${index}]`;
    const key = stringAt(constraint, "topologyKey") ?? "";
    const message = deprecatedNodeLabels[key];
    return [
      ...(message === undefined ? [] : [`${place}.topologyKey: ${key} is ${message}`]),
      ...(constraint["labelSelector"] === undefined
        ? [`${place}.labelSelector: a null labelSelector results in matching no pod`]
        : []),
    ];
  });
  return [...keyWarnings(objectAt(spec, "nodeSelector"), `${path}.nodeSelector`, deprecatedNodeLabels), ...spread];
}

function repeated(items: readonly JsonObject[], member: string, path: string): string[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const value = stringAt(item, member) ?? "";
    if (seen.has(value)) return [`${path}[${index}].${member}: duplicate ${member} ${quote(value)}`];
    seen.add(value);
    return [];
  });
}

interface Placed {
  readonly container: JsonObject;
  readonly path: string;
}

function containersOf(spec: JsonObject, path: string): Placed[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((member) =>
    objectsAt(spec, member).map((container, index) => ({ container, path: `${path}.${member}[${index}]` })),
  );
}

function containerWarnings({ container, path }: Placed): string[] {
  const warnings: string[] = [];
  for (const resource of ["memory", "ephemeral-storage"]) {
    for (const member of ["limits", "requests"]) {
      const amount = stringAt(container, "resources", member, resource);
      if (amount === undefined || isWholeQuantity(amount)) continue;
      warnings.push(
        `${path}.resources.${member}[${resource}]: fractional byte value ${quote(amount)} is invalid, must be an integer`,
      );
    }
  }
  const seen = new Set<string>();
  for (const [index, variable] of objectsAt(container, "env").entries()) {
    const name = stringAt(variable, "name") ?? "";
    const value = stringAt(variable, "value") ?? "";
    const reference = `$(${name})`;
    const isHiding = variable["valueFrom"] !== undefined || value === reference || !value.includes(reference);
    if (seen.has(name) && isHiding) {
      warnings.push(
        `${path}.env[${index}]: hides previous definition of ${quote(name)}, which may be dropped when using apply`,
      );
    }
    seen.add(name);
  }
  return warnings;
}

interface PlacedPort {
  readonly port: JsonObject;
  readonly path: string;
}

function portsOf(containers: readonly Placed[]): PlacedPort[] {
  return containers.flatMap(({ container, path }) =>
    objectsAt(container, "ports").map((port, index) => ({ port, path: `${path}.ports[${index}]` })),
  );
}

function hostOf({ port }: PlacedPort): { ip: string; port: number } {
  return { ip: stringAt(port, "hostIP") ?? "", port: numberAt(port, "hostPort") ?? 0 };
}

function portWarnings(containers: readonly Placed[]): string[] {
  const byNumber = new Map<string, PlacedPort[]>();
  return portsOf(containers).flatMap((placed) => {
    const key = `${numberAt(placed.port, "containerPort") ?? 0}/${stringAt(placed.port, "protocol") ?? ""}`;
    const others = byNumber.get(key) ?? [];
    byNumber.set(key, [...others, placed]);
    const host = hostOf(placed);
    return others.flatMap((other) => {
      const there = hostOf(other);
      if (host.ip === there.ip && host.port === there.port) {
        return [`${placed.path}: duplicate port definition with ${other.path}`];
      }
      if (host.port === 0 || there.port === 0)
        return [`${placed.path}: overlapping port definition with ${other.path}`];
      const isAmbiguous = host.port === there.port && (host.ip === "") !== (there.ip === "");
      return isAmbiguous ? [`${placed.path}: dangerously ambiguous port definition with ${other.path}`] : [];
    });
  });
}

function portNameWarnings(containers: readonly Placed[]): string[] {
  const byName = new Map<string, string>();
  return portsOf(containers).flatMap(({ port, path }) => {
    const name = stringAt(port, "name") ?? "";
    const other = byName.get(name);
    if (name === "") return [];
    if (other === undefined) {
      byName.set(name, path);
      return [];
    }
    return [
      `${path}: duplicate port name ${quote(name)} with ${other}, services and probes that select ports by name will use ${other}`,
    ];
  });
}
