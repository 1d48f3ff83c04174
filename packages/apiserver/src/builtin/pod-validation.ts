import { quote, type FieldErrors } from "../errors/field-errors.ts";
import { isObject, numberAt, objectAt, objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import { validateLabels } from "../validation/metadata.ts";
import {
  isDns1123Label,
  isDns1123Subdomain,
  isEnvironmentVariableName,
  isPortName,
  isPortNumber,
} from "../validation/names.ts";
import { quantityValue } from "./quantity.ts";

/** What is allowed of a pod in its place. */
export interface PodRules {
  /** Restart policies that the owner can live with. */
  readonly restartPolicies: readonly string[];
}

const anyRestart = ["Always", "OnFailure", "Never"];

/** Checks the template of a workload; `field`: `spec.template`. */
export function validateTemplate(
  owner: JsonObject | undefined,
  field: string,
  errors: FieldErrors,
  rules: PodRules,
): void {
  const template = objectAt(owner, "template") ?? {};
  validateLabels(objectAt(template, "metadata", "labels"), `${field}.metadata.labels`, errors);
  validatePodSpec(objectAt(template, "spec") ?? {}, `${field}.spec`, errors, rules);
}

/** Checks a pod spec; `field`: `spec` or `spec.template.spec`. */
export function validatePodSpec(
  spec: JsonObject,
  field: string,
  errors: FieldErrors,
  rules: PodRules = { restartPolicies: anyRestart },
): void {
  const volumes = validateVolumes(spec, `${field}.volumes`, errors);
  const containers = objectsAt(spec, "containers");
  if (containers.length === 0) errors.required(`${field}.containers`);
  const names = new Set<string>();
  validateContainers(objectsAt(spec, "initContainers"), `${field}.initContainers`, { names, volumes, errors });
  validateContainers(containers, `${field}.containers`, { names, volumes, errors });
  const restart = stringAt(spec, "restartPolicy") ?? "";
  if (!rules.restartPolicies.includes(restart)) {
    // For jobs the real server words the usual mistake, the default, as a missing value.
    if (restart === "Always") {
      errors.required(`${field}.restartPolicy`, `valid values: ${rules.restartPolicies.map(quote).join(", ")}`);
    } else errors.notSupported(`${field}.restartPolicy`, restart, rules.restartPolicies);
  }
  const dns = stringAt(spec, "dnsPolicy") ?? "";
  const dnsPolicies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
  if (!dnsPolicies.includes(dns)) errors.notSupported(`${field}.dnsPolicy`, dns, dnsPolicies);
  const grace = numberAt(spec, "terminationGracePeriodSeconds") ?? 0;
  if (grace < 0) errors.invalid(`${field}.terminationGracePeriodSeconds`, grace, "must be greater than or equal to 0");
  validateName(spec, "serviceAccountName", field, errors);
  validateName(spec, "priorityClassName", field, errors);
  validateLabels(objectAt(spec, "nodeSelector"), `${field}.nodeSelector`, errors);
}

function validateName(spec: JsonObject, member: string, field: string, errors: FieldErrors): void {
  const name = stringAt(spec, member) ?? "";
  if (name === "") return;
  for (const error of isDns1123Subdomain(name)) errors.invalid(`${field}.${member}`, name, error);
}

function validateVolumes(spec: JsonObject, field: string, errors: FieldErrors): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, volume] of objectsAt(spec, "volumes").entries()) {
    const name = stringAt(volume, "name") ?? "";
    if (name === "") errors.required(`${field}[${index}].name`);
    else for (const error of isDns1123Label(name)) errors.invalid(`${field}[${index}].name`, name, error);
    if (names.has(name)) errors.duplicate(`${field}[${index}].name`, name);
    names.add(name);
    const sources = Object.keys(volume).filter((member) => member !== "name");
    if (sources.length > 1) {
      errors.forbidden(`${field}[${index}].${sources[1] ?? ""}`, "may not specify more than 1 volume type");
    }
    const hostPath = volume["hostPath"];
    if (isObject(hostPath) && (stringAt(hostPath, "path") ?? "") === "")
      errors.required(`${field}[${index}].hostPath.path`);
  }
  return names;
}

interface ContainerPlace {
  readonly names: Set<string>;
  readonly volumes: ReadonlySet<string>;
  readonly errors: FieldErrors;
}

function validateContainers(
  containers: readonly JsonObject[],
  field: string,
  { names, volumes, errors }: ContainerPlace,
): void {
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`;
    const name = stringAt(container, "name") ?? "";
    if (name === "") errors.required(`${path}.name`);
    else for (const error of isDns1123Label(name)) errors.invalid(`${path}.name`, name, error);
    if (name !== "" && names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
    const image = stringAt(container, "image") ?? "";
    if (image === "") errors.required(`${path}.image`);
    const policy = stringAt(container, "imagePullPolicy") ?? "";
    const policies = ["Always", "IfNotPresent", "Never"];
    if (image !== "" && !policies.includes(policy)) errors.notSupported(`${path}.imagePullPolicy`, policy, policies);
    validatePorts(container, `${path}.ports`, errors);
    validateEnvironment(container, `${path}.env`, errors);
    validateMounts(container, `${path}.volumeMounts`, volumes, errors);
    validateResources(container, `${path}.resources`, errors);
  }
}

const protocols = ["SCTP", "TCP", "UDP"];

function validatePorts(container: JsonObject, field: string, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [index, port] of objectsAt(container, "ports").entries()) {
    const path = `${field}[${index}]`;
    const name = stringAt(port, "name") ?? "";
    if (name !== "") {
      for (const error of isPortName(name)) errors.invalid(`${path}.name`, name, error);
      if (names.has(name)) errors.duplicate(`${path}.name`, name);
      names.add(name);
    }
    const number = numberAt(port, "containerPort") ?? 0;
    if (number === 0) errors.required(`${path}.containerPort`);
    else for (const error of isPortNumber(number)) errors.invalid(`${path}.containerPort`, number, error);
    const host = numberAt(port, "hostPort") ?? 0;
    if (host !== 0) for (const error of isPortNumber(host)) errors.invalid(`${path}.hostPort`, host, error);
    const protocol = stringAt(port, "protocol") ?? "";
    if (!protocols.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, protocols);
  }
}

function validateEnvironment(container: JsonObject, field: string, errors: FieldErrors): void {
  for (const [index, variable] of objectsAt(container, "env").entries()) {
    const name = stringAt(variable, "name") ?? "";
    if (name === "") errors.required(`${field}[${index}].name`);
    else for (const error of isEnvironmentVariableName(name)) errors.invalid(`${field}[${index}].name`, name, error);
    const from = objectAt(variable, "valueFrom");
    if (from === undefined) continue;
    const sources = Object.keys(from);
    if ((stringAt(variable, "value") ?? "") !== "" && sources.length > 0) {
      errors.invalid(`${field}[${index}].valueFrom`, "", "may not be specified when `value` is not empty");
    } else if (sources.length === 0) {
      errors.invalid(
        `${field}[${index}].valueFrom`,
        "",
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
      );
    } else if (sources.length > 1) {
      errors.invalid(`${field}[${index}].valueFrom`, "", "may not have more than one field specified at a time");
    }
  }
}

function validateMounts(container: JsonObject, field: string, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  const paths = new Set<string>();
  for (const [index, mount] of objectsAt(container, "volumeMounts").entries()) {
    const name = stringAt(mount, "name") ?? "";
    if (name === "") errors.required(`${field}[${index}].name`);
    else if (!volumes.has(name)) errors.notFound(`${field}[${index}].name`, name);
    const path = stringAt(mount, "mountPath") ?? "";
    if (path === "") errors.required(`${field}[${index}].mountPath`);
    if (paths.has(path)) errors.invalid(`${field}[${index}].mountPath`, path, "must be unique");
    paths.add(path);
  }
}

function validateResources(container: JsonObject, field: string, errors: FieldErrors): void {
  const limits = objectAt(container, "resources", "limits") ?? {};
  const requests = objectAt(container, "resources", "requests") ?? {};
  for (const [kind, list] of [
    ["limits", limits],
    ["requests", requests],
  ] as const) {
    for (const [name, amount] of Object.entries(list)) {
      const value = typeof amount === "string" ? quantityValue(amount) : undefined;
      if (value !== undefined && value < 0) {
        errors.invalid(`${field}.${kind}[${name}]`, amount, "must be greater than or equal to 0");
      }
    }
  }
  for (const name of Object.keys(requests)) {
    const request = stringAt(requests, name);
    const limit = stringAt(limits, name);
    if (request === undefined || limit === undefined) continue;
    if ((quantityValue(request) ?? 0) > (quantityValue(limit) ?? 0)) {
      errors.invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`);
    }
  }
}
