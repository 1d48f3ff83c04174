import type { FieldErrors } from "../errors/field-errors.ts";
import {
  ensureObject,
  equalJson,
  numberAt,
  objectAt,
  objectsAt,
  setDefault,
  setDefaultString,
  stringAt,
  stringsAt,
  valueAt,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { isDns1123Label, isDns1123Subdomain, isPortNumber, nameCheck } from "../validation/names.ts";
import type { StrategyOverrides } from "./strategy.ts";

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const protocols = ["SCTP", "TCP", "UDP"];

function typeOf(service: KubeObject): string {
  return stringAt(service, "spec", "type") ?? "";
}

function setDefaults(service: KubeObject): void {
  const spec = ensureObject(service, "spec");
  setDefaultString(spec, "sessionAffinity", "None");
  setDefaultString(spec, "type", "ClusterIP");
  const type = spec["type"];
  for (const port of objectsAt(spec, "ports")) {
    setDefaultString(port, "protocol", "TCP");
    if (port["targetPort"] === undefined || port["targetPort"] === 0 || port["targetPort"] === "") {
      const number = port["port"];
      if (number !== undefined) port["targetPort"] = number;
    }
  }
  if (type === "ExternalName") return;
  setDefaultString(spec, "internalTrafficPolicy", "Cluster");
  if (type === "NodePort" || type === "LoadBalancer") setDefaultString(spec, "externalTrafficPolicy", "Cluster");
  if (type === "LoadBalancer") setDefault(spec, "allocateLoadBalancerNodePorts", true);
  if (spec["sessionAffinity"] === "None") delete spec["sessionAffinityConfig"];
  if (spec["sessionAffinity"] === "ClientIP") {
    setDefault(ensureObject(ensureObject(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds", 10800);
  }
}

/** Takes addresses and ports in turn. Asks before it takes one, as Services can name theirs themselves. */
export class ServiceAllocator {
  #nextAddress = 10;
  #nextPort = 30000;

  /** An address of `10.96.0.0/12` that nobody has. */
  address(isTaken: (address: string) => boolean): string {
    for (;;) {
      const number = this.#nextAddress++;
      const address = `10.${96 + ((number >> 16) & 0xf)}.${(number >> 8) & 0xff}.${number & 0xff}`;
      if (!isTaken(address)) return address;
    }
  }

  /** A port of 30000-32767 that nobody has; `undefined` when all are taken. */
  port(isTaken: (port: number) => boolean): number | undefined {
    for (let tries = 0; tries < 2768; tries++) {
      const port = this.#nextPort++;
      if (this.#nextPort > 32767) this.#nextPort = 30000;
      if (!isTaken(port)) return port;
    }
    return undefined;
  }
}

function validateService(service: KubeObject, errors: FieldErrors): void {
  const type = typeOf(service);
  if (!types.includes(type)) errors.notSupported("spec.type", type, types);
  const ports = objectsAt(service, "spec", "ports");
  const isHeadless = stringAt(service, "spec", "clusterIP") === "None";
  if (ports.length === 0 && !isHeadless && type !== "ExternalName") errors.required("spec.ports");
  if (type === "ExternalName") {
    const name = stringAt(service, "spec", "externalName") ?? "";
    if (name === "") errors.required("spec.externalName");
    else
      for (const error of isDns1123Subdomain(name.replace(/\.$/, ""))) errors.invalid("spec.externalName", name, error);
  }
  if (type === "LoadBalancer" && isHeadless) {
    errors.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services");
  }
  validatePorts(service, errors);
  const affinity = stringAt(service, "spec", "sessionAffinity") ?? "";
  if (affinity !== "None" && affinity !== "ClientIP")
    errors.notSupported("spec.sessionAffinity", affinity, ["ClientIP", "None"]);
}

function validatePorts(service: KubeObject, errors: FieldErrors): void {
  const ports = objectsAt(service, "spec", "ports");
  const names = new Set<string>();
  const pairs = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    const name = stringAt(port, "name") ?? "";
    if (name === "" && ports.length > 1) errors.required(`${field}.name`);
    else if (name !== "") {
      for (const error of isDns1123Label(name)) errors.invalid(`${field}.name`, name, error);
      if (names.has(name)) errors.duplicate(`${field}.name`, name);
      names.add(name);
    }
    const number = numberAt(port, "port") ?? 0;
    for (const error of isPortNumber(number)) errors.invalid(`${field}.port`, number, error);
    const protocol = stringAt(port, "protocol") ?? "";
    if (!protocols.includes(protocol)) errors.notSupported(`${field}.protocol`, protocol, protocols);
    const target = port["targetPort"];
    if (typeof target === "number")
      for (const error of isPortNumber(target)) errors.invalid(`${field}.targetPort`, target, error);
    if (typeOf(service) === "ClusterIP" && (numberAt(port, "nodePort") ?? 0) !== 0) {
      errors.forbidden(`${field}.nodePort`, "may not be used when `type` is 'ClusterIP'");
    }
    const pair = `${number}/${protocol}`;
    if (pairs.has(pair)) errors.duplicate(field, { port: number, protocol });
    pairs.add(pair);
  }
}

function validateUpdate(service: KubeObject, old: KubeObject, errors: FieldErrors): void {
  validateService(service, errors);
  const before = stringsAt(old, "spec", "clusterIPs");
  const after = stringsAt(service, "spec", "clusterIPs");
  if (typeOf(old) === "ExternalName" || typeOf(service) === "ExternalName") return;
  if (before.length > 0 && before[0] !== after[0])
    errors.invalid("spec.clusterIPs[0]", after, "may not change once set");
}

/** What only the old type knew goes with it, unless the update says otherwise. */
function dropForeignPolicies(service: KubeObject, old: KubeObject): void {
  const spec = ensureObject(service, "spec");
  const type = typeOf(service);
  if (type === typeOf(old)) return;
  const isUntouched = (member: string): boolean => equalJson(spec[member], valueAt(old, "spec", member));
  const isExposed = type === "NodePort" || type === "LoadBalancer";
  if (!isExposed && isUntouched("externalTrafficPolicy")) delete spec["externalTrafficPolicy"];
  if (type !== "LoadBalancer" && isUntouched("allocateLoadBalancerNodePorts"))
    delete spec["allocateLoadBalancerNodePorts"];
  if (type === "ExternalName" && isUntouched("internalTrafficPolicy")) delete spec["internalTrafficPolicy"];
}

/** Keeps what was allocated when an update leaves it out, as older clients do. */
function keepAllocations(service: KubeObject, old: KubeObject): void {
  const spec = ensureObject(service, "spec");
  if (typeOf(service) === "ExternalName") {
    for (const member of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) delete spec[member];
    dropForeignPolicies(service, old);
    return;
  }
  const before = stringsAt(old, "spec", "clusterIPs");
  if (before.length > 0 && typeOf(old) !== "ExternalName") {
    const given = stringAt(spec, "clusterIP") ?? "";
    const list = stringsAt(spec, "clusterIPs");
    if (given === "" && list.length === 0) {
      spec["clusterIP"] = before[0] ?? "";
      spec["clusterIPs"] = before;
    } else if (given !== "" && (list.length === 0 || (given !== before[0] && list[0] === before[0])))
      spec["clusterIPs"] = [given];
    else if (given === "" && list[0] !== undefined) spec["clusterIP"] = list[0];
  }
  for (const member of ["ipFamilies", "ipFamilyPolicy"]) {
    const value = valueAt(old, "spec", member);
    if (spec[member] === undefined && value !== undefined) spec[member] = value;
  }
  const oldPorts = objectsAt(old, "spec", "ports");
  dropForeignPolicies(service, old);
  if (typeOf(service) === "ClusterIP") {
    if (typeOf(old) !== "ClusterIP") for (const port of objectsAt(spec, "ports")) delete port["nodePort"];
    return;
  }
  for (const port of objectsAt(spec, "ports")) {
    if ((numberAt(port, "nodePort") ?? 0) !== 0) continue;
    const known = oldPorts.find(
      (each) => each["port"] === port["port"] && equalJson(each["protocol"], port["protocol"]),
    );
    const nodePort = numberAt(known, "nodePort");
    if (nodePort !== undefined) port["nodePort"] = nodePort;
  }
}

export const serviceStrategy: StrategyOverrides = {
  validateName: nameCheck(isDns1123Label),
  allowCreateOnUpdate: true,
  default: setDefaults,
  prepareForCreate: (service) => {
    service["status"] = { loadBalancer: {} };
  },
  prepareForUpdate: (service, old, { subresource }) => {
    if (subresource === "") keepAllocations(service, old);
  },
  validate: validateService,
  validateUpdate,
};

/** Whether a Service is to have an address of its own. */
export function wantsAddress(service: KubeObject): boolean {
  return typeOf(service) !== "ExternalName" && (stringAt(service, "spec", "clusterIP") ?? "") === "";
}

/** Whether a Service's ports are to be reachable on nodes. */
export function wantsNodePorts(service: KubeObject): boolean {
  const type = typeOf(service);
  return (
    type === "NodePort" ||
    (type === "LoadBalancer" && objectAt(service, "spec")?.["allocateLoadBalancerNodePorts"] !== false)
  );
}
