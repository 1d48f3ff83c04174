import type { FieldErrors } from "../errors/field-errors.ts";
import {
  ensureObject,
  objectAt,
  objectsAt,
  setDefaultString,
  stringAt,
  stringsAt,
  valueAt,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import {
  isDns1035Label,
  isDns1123Subdomain,
  isPortName,
  isPortNumber,
  isWildcardDns1123Subdomain,
} from "../validation/names.ts";
import type { StrategyOverrides } from "./strategy.ts";

function validateIngress(ingress: KubeObject, errors: FieldErrors): void {
  const rules = objectsAt(ingress, "spec", "rules");
  const backend = objectAt(ingress, "spec", "defaultBackend");
  if (rules.length === 0 && backend === undefined) {
    errors.invalid("spec", null, "either `defaultBackend` or `rules` must be specified");
  }
  if (backend !== undefined) validateBackend(backend, "spec.defaultBackend", errors);
  for (const [index, rule] of rules.entries()) {
    const field = `spec.rules[${index}]`;
    const host = stringAt(rule, "host") ?? "";
    if (host !== "") {
      const check = host.includes("*") ? isWildcardDns1123Subdomain : isDns1123Subdomain;
      for (const error of check(host)) errors.invalid(`${field}.host`, host, error);
    }
    if (objectAt(rule, "http") !== undefined)
      validatePaths(objectsAt(rule, "http", "paths"), `${field}.http.paths`, errors);
  }
  const className = stringAt(ingress, "spec", "ingressClassName") ?? "";
  if (className !== "")
    for (const error of isDns1123Subdomain(className)) errors.invalid("spec.ingressClassName", className, error);
}

const pathTypes = ["Exact", "ImplementationSpecific", "Prefix"];

function validatePaths(paths: readonly JsonObject[], field: string, errors: FieldErrors): void {
  if (paths.length === 0) errors.required(field);
  for (const [index, path] of paths.entries()) {
    const type = stringAt(path, "pathType");
    const text = stringAt(path, "path") ?? "";
    if (type === undefined) {
      errors.required(`${field}[${index}].pathType`, "pathType must be specified");
      continue;
    }
    if (!pathTypes.includes(type)) errors.notSupported(`${field}[${index}].pathType`, type, pathTypes);
    else if (type !== "ImplementationSpecific" && !text.startsWith("/")) {
      errors.invalid(`${field}[${index}].path`, text, "must be an absolute path");
    }
    validateBackend(objectAt(path, "backend") ?? {}, `${field}[${index}].backend`, errors);
  }
}

function validateBackend(backend: JsonObject, field: string, errors: FieldErrors): void {
  const service = objectAt(backend, "service");
  if (service === undefined) {
    if (objectAt(backend, "resource") === undefined)
      errors.required(field, "service or resource backend must be specified");
    return;
  }
  if (objectAt(backend, "resource") !== undefined)
    errors.invalid(field, "", "cannot set both resource and service backends");
  const name = stringAt(service, "name") ?? "";
  if (name === "") errors.required(`${field}.service.name`);
  else for (const error of isDns1035Label(name)) errors.invalid(`${field}.service.name`, name, error);
  const portName = stringAt(service, "port", "name") ?? "";
  const number = valueAt(service, "port", "number");
  if (portName !== "") {
    for (const error of isPortName(portName)) errors.invalid(`${field}.service.port.name`, portName, error);
    if (number !== undefined && number !== 0)
      errors.invalid(`${field}.service`, "", "cannot set both port name & port number");
  } else if (typeof number === "number" && number !== 0) {
    for (const error of isPortNumber(number)) errors.invalid(`${field}.service.port.number`, number, error);
  } else errors.required(`${field}.service`, "port name or number is required");
}

export const ingressStrategy: StrategyOverrides = {
  prepareForCreate: (ingress) => {
    ingress["status"] = { loadBalancer: {} };
  },
  validate: validateIngress,
  validateUpdate: (ingress, _old, errors) => validateIngress(ingress, errors),
};

function validateNetworkPolicy(policy: KubeObject, errors: FieldErrors): void {
  const types = stringsAt(policy, "spec", "policyTypes");
  const known = ["Egress", "Ingress"];
  for (const [index, type] of types.entries()) {
    if (!known.includes(type)) errors.notSupported(`spec.policyTypes[${index}]`, type, known);
  }
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    for (const [index, rule] of objectsAt(policy, "spec", direction).entries()) {
      for (const [position, peer] of objectsAt(rule, peers).entries()) {
        const field = `spec.${direction}[${index}].${peers}[${position}]`;
        if (Object.keys(peer).length === 0) errors.required(field, "must specify a peer");
        if (objectAt(peer, "ipBlock") !== undefined && Object.keys(peer).length > 1) {
          errors.forbidden(field, "may not specify both ipBlock and another peer");
        }
      }
    }
  }
}

export const networkPolicyStrategy: StrategyOverrides = {
  default: (policy) => {
    const spec = ensureObject(policy, "spec");
    if (stringsAt(spec, "policyTypes").length === 0) {
      spec["policyTypes"] = objectsAt(spec, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
    }
    for (const direction of ["ingress", "egress"]) {
      for (const rule of objectsAt(spec, direction)) {
        for (const port of objectsAt(rule, "ports")) setDefaultString(port, "protocol", "TCP");
      }
    }
  },
  validate: validateNetworkPolicy,
  validateUpdate: (policy, _old, errors) => validateNetworkPolicy(policy, errors),
};
