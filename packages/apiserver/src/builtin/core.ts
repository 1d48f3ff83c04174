import { formatTime } from "../clock.ts";
import type { FieldErrors } from "../errors/field-errors.ts";
import { badRequest } from "../errors/status-errors.ts";
import {
  ensureObject,
  equalJson,
  isObject,
  objectAt,
  objectsAt,
  setDefault,
  setDefaultString,
  stringAt,
  stringsAt,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { isConfigMapKey } from "../validation/names.ts";
import { quantityValue } from "./quantity.ts";
import type { StrategyOverrides } from "./strategy.ts";

const maxContentBytes = 1024 * 1024;
const immutableMessage = "field is immutable when `immutable` is set";

function validateKeys(object: KubeObject, members: readonly string[], errors: FieldErrors): number {
  let size = 0;
  for (const member of members) {
    for (const [key, value] of Object.entries(objectAt(object, member) ?? {})) {
      for (const error of isConfigMapKey(key)) errors.invalid(`${member}[${key}]`, key, error);
      if (typeof value !== "string") continue;
      size +=
        member === "data" && object.kind === "ConfigMap"
          ? Buffer.byteLength(value)
          : Math.floor((value.length * 3) / 4);
    }
  }
  return size;
}

/** Objects that say so stay as they are. */
function validateImmutable(object: KubeObject, old: KubeObject, members: readonly string[], errors: FieldErrors): void {
  if (old["immutable"] !== true) return;
  if (object["immutable"] !== true) errors.forbidden("immutable", immutableMessage);
  for (const member of members) if (!equalJson(object[member], old[member])) errors.forbidden(member, immutableMessage);
}

function validateConfigMap(map: KubeObject, errors: FieldErrors): void {
  const size = validateKeys(map, ["data", "binaryData"], errors);
  const data = objectAt(map, "data") ?? {};
  for (const key of Object.keys(objectAt(map, "binaryData") ?? {})) {
    if (data[key] !== undefined) errors.invalid(`data[${key}]`, key, "duplicate of key present in binaryData");
  }
  if (size > maxContentBytes) errors.tooLong("[]", maxContentBytes);
}

export const configMapStrategy: StrategyOverrides = {
  default: (map) => checkBase64(map, "binaryData"),
  validate: validateConfigMap,
  validateUpdate: (map, old, errors) => {
    validateConfigMap(map, errors);
    validateImmutable(map, old, ["data", "binaryData"], errors);
  },
};

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

function validateSecret(secret: KubeObject, errors: FieldErrors): void {
  const size = validateKeys(secret, ["data"], errors);
  if (size > maxContentBytes) errors.tooLong("data", maxContentBytes);
  const type = stringAt(secret, "type") ?? "";
  const data = objectAt(secret, "data") ?? {};
  for (const key of requiredKeys[type] ?? []) if (data[key] === undefined) errors.required(`data[${key}]`);
  if (type === "kubernetes.io/basic-auth" && data["username"] === undefined && data["password"] === undefined) {
    errors.required("data[username]");
    errors.required("data[password]");
  }
  if (type === "kubernetes.io/service-account-token") {
    const account = secret.metadata.annotations?.["kubernetes.io/service-account.name"] ?? "";
    if (account === "") errors.required("metadata.annotations[kubernetes.io/service-account.name]");
  }
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Throws a 400 as Go's decoder does for bytes that are not base64, naming where it stumbles. */
export function checkBase64(object: KubeObject, member: string): void {
  const { kind } = object;
  for (const value of Object.values(objectAt(object, member) ?? {})) {
    if (typeof value !== "string" || base64.test(value.replaceAll(/[\r\n]/g, ""))) continue;
    const stray = value.search(/[^A-Za-z0-9+/=\r\n]/);
    const position = stray >= 0 ? stray : value.length - (value.length % 4);
    throw badRequest(
      `${kind} in version "v1" cannot be handled as a ${kind}: illegal base64 data at input byte ${position}`,
    );
  }
}

export const secretStrategy: StrategyOverrides = {
  default: (secret) => {
    setDefaultString(secret, "type", "Opaque");
    checkBase64(secret, "data");
    const { stringData } = secret;
    if (!isObject(stringData)) return;
    const data = ensureObject(secret, "data");
    for (const [key, value] of Object.entries(stringData)) {
      if (typeof value === "string") data[key] = Buffer.from(value, "utf8").toString("base64");
    }
    delete secret["stringData"];
  },
  validate: validateSecret,
  validateUpdate: (secret, old, errors) => {
    validateSecret(secret, errors);
    if (secret["type"] !== old["type"]) errors.invalid("type", secret["type"], "field is immutable");
    validateImmutable(secret, old, ["data"], errors);
  },
};

function validateClaim(claim: KubeObject, errors: FieldErrors): void {
  const modes = stringsAt(claim, "spec", "accessModes");
  if (modes.length === 0) errors.required("spec.accessModes", "at least 1 access mode is required");
  const known = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
  for (const mode of modes) if (!known.includes(mode)) errors.notSupported("spec.accessModes", mode, known);
  const storage = stringAt(claim, "spec", "resources", "requests", "storage");
  if (storage === undefined) errors.required("spec.resources[storage]");
  else if ((quantityValue(storage) ?? 0) <= 0) {
    errors.invalid("spec.resources[storage]", storage, "must be greater than zero");
  }
}

const resizable = ["resources", "volumeAttributesClassName"];

export const persistentVolumeClaimStrategy: StrategyOverrides = {
  default: (claim) => setDefaultString(ensureObject(claim, "spec"), "volumeMode", "Filesystem"),
  prepareForCreate: (claim) => {
    claim["status"] = { phase: "Pending" };
  },
  validate: validateClaim,
  validateUpdate: (claim, old, errors) => {
    validateClaim(claim, errors);
    const before = objectAt(old, "spec") ?? {};
    const after = objectAt(claim, "spec") ?? {};
    const isBound = stringAt(old, "status", "phase") === "Bound";
    const differs = Object.keys({ ...before, ...after }).some((member) => {
      if (isBound && resizable.includes(member)) return false;
      // Binding fills in what was left open.
      const isFilled = before[member] === undefined && (member === "volumeName" || member === "storageClassName");
      return !isFilled && !equalJson(before[member], after[member]);
    });
    if (differs) {
      errors.forbidden(
        "spec",
        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
      );
    }
  },
};

export const persistentVolumeStrategy: StrategyOverrides = {
  default: (volume) => {
    const spec = ensureObject(volume, "spec");
    setDefaultString(spec, "volumeMode", "Filesystem");
    setDefaultString(spec, "persistentVolumeReclaimPolicy", "Retain");
    const hostPath = objectAt(spec, "hostPath");
    if (hostPath !== undefined) setDefault(hostPath, "type", "");
  },
  prepareForCreate: (volume, { now }) => {
    volume["status"] = { phase: "Pending", lastPhaseTransitionTime: formatTime(now) };
  },
  validate: (volume, errors) => {
    if (stringsAt(volume, "spec", "accessModes").length === 0) errors.required("spec.accessModes");
    if (objectAt(volume, "spec", "capacity") === undefined) errors.required("spec.capacity");
  },
};

/** Kubelets bring the status of their node along. */
export const nodeStrategy: StrategyOverrides = { keepsStatusOnCreate: true };

export const eventStrategy: StrategyOverrides = { allowCreateOnUpdate: true };

export const resourceQuotaStrategy: StrategyOverrides = {
  prepareForCreate: (quota) => {
    quota["status"] = {};
  },
  validate: (quota, errors) => {
    for (const [name, amount] of Object.entries(objectAt(quota, "spec", "hard") ?? {})) {
      const value = typeof amount === "string" ? (quantityValue(amount) ?? 0) : 0;
      if (value < 0) errors.invalid(`spec.hard[${name}]`, amount, "must be greater than or equal to 0");
    }
  },
};

export const limitRangeStrategy: StrategyOverrides = {
  allowCreateOnUpdate: true,
  validate: (range, errors) => {
    const types = new Set<string>();
    for (const [index, limit] of objectsAt(range, "spec", "limits").entries()) {
      const type = stringAt(limit, "type") ?? "";
      if (types.has(type)) errors.duplicate(`spec.limits[${index}].type`, type);
      types.add(type);
    }
  },
};

export const endpointsStrategy: StrategyOverrides = {
  allowCreateOnUpdate: true,
  default: (endpoints) => {
    for (const subset of objectsAt(endpoints, "subsets")) {
      for (const port of objectsAt(subset, "ports")) setDefaultString(port, "protocol", "TCP");
    }
  },
};

export const endpointSliceStrategy: StrategyOverrides = {
  allowCreateOnUpdate: true,
  default: (slice) => {
    for (const port of objectsAt(slice, "ports")) {
      setDefault(port, "name", "");
      setDefaultString(port, "protocol", "TCP");
    }
  },
};

export const leaseStrategy: StrategyOverrides = { allowCreateOnUpdate: true };

export const priorityClassStrategy: StrategyOverrides = {
  default: (priorityClass) => {
    setDefaultString(priorityClass, "preemptionPolicy", "PreemptLowerPriority");
    setDefault(priorityClass, "value", 0);
  },
  validateUpdate: (priorityClass, old, errors) => {
    if (priorityClass["value"] !== old["value"]) errors.forbidden("value", "may not be changed in an update.");
  },
};

export const storageClassStrategy: StrategyOverrides = {
  default: (storageClass) => {
    setDefaultString(storageClass, "reclaimPolicy", "Delete");
    setDefaultString(storageClass, "volumeBindingMode", "Immediate");
  },
  validate: (storageClass, errors) => {
    if ((stringAt(storageClass, "provisioner") ?? "") === "") errors.required("provisioner");
  },
  validateUpdate: (storageClass, old, errors) => {
    for (const member of ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"]) {
      if (equalJson(storageClass[member], old[member])) continue;
      if (member === "parameters" || member === "provisioner")
        errors.forbidden(member, `updates to ${member} are forbidden.`);
      else errors.invalid(member, storageClass[member], "field is immutable");
    }
  },
};

const webhookDefaults = (configuration: KubeObject, isMutating: boolean): void => {
  for (const webhook of objectsAt(configuration, "webhooks")) {
    setDefaultString(webhook, "failurePolicy", "Fail");
    setDefaultString(webhook, "matchPolicy", "Equivalent");
    setDefault(webhook, "namespaceSelector", {});
    setDefault(webhook, "objectSelector", {});
    setDefault(webhook, "timeoutSeconds", 10);
    if (isMutating) setDefaultString(webhook, "reinvocationPolicy", "Never");
    const service = objectAt(webhook, "clientConfig", "service");
    if (service !== undefined) setDefault(service, "port", 443);
    for (const rule of objectsAt(webhook, "rules")) setDefaultString(rule, "scope", "*");
  }
};

function validateWebhooks(configuration: KubeObject, errors: FieldErrors): void {
  for (const [index, webhook] of objectsAt(configuration, "webhooks").entries()) {
    const field = `webhooks[${index}]`;
    const sideEffects = stringAt(webhook, "sideEffects") ?? "";
    if (sideEffects === "") errors.required(`${field}.sideEffects`, "must specify one of None, NoneOnDryRun");
    else if (sideEffects !== "None" && sideEffects !== "NoneOnDryRun") {
      errors.notSupported(`${field}.sideEffects`, sideEffects, ["None", "NoneOnDryRun"]);
    }
    if (stringsAt(webhook, "admissionReviewVersions").length === 0) {
      errors.required(`${field}.admissionReviewVersions`, "must specify one of v1, v1beta1");
    }
    const timeout = webhook["timeoutSeconds"];
    if (typeof timeout === "number" && (timeout < 1 || timeout > 30)) {
      errors.invalid(`${field}.timeoutSeconds`, timeout, "the timeout value must be between 1 and 30 seconds");
    }
  }
}

export const validatingWebhooksStrategy: StrategyOverrides = {
  default: (configuration) => webhookDefaults(configuration, false),
  validate: validateWebhooks,
  validateUpdate: (configuration, _old, errors) => validateWebhooks(configuration, errors),
};

export const mutatingWebhooksStrategy: StrategyOverrides = {
  ...validatingWebhooksStrategy,
  default: (configuration) => webhookDefaults(configuration, true),
};
