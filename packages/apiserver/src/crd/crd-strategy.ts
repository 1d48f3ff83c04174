import { formatTime } from "../clock.ts";
import type { StrategyOverrides } from "../builtin/strategy.ts";
import type { FieldErrors } from "../errors/field-errors.ts";
import {
  ensureObject,
  equalJson,
  isObject,
  objectAt,
  objectsAt,
  setDefault,
  stringAt,
  stringsAt,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { isDns1035Label, isDns1123Subdomain } from "../validation/names.ts";
import { setCondition } from "./conditions.ts";

export const cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/** How CustomResourceDefinitions themselves are stored. */
export const customResourceDefinitionStrategy: StrategyOverrides = {
  hasStatus: true,
  default: setDefaults,
  prepareForCreate: (crd) => {
    crd["status"] = { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: [] };
    recordStorageVersion(crd);
  },
  prepareForUpdate: (crd, _old, { subresource }) => {
    if (subresource === "") recordStorageVersion(crd);
  },
  validate: validateDefinition,
  validateUpdate: (crd, old, errors) => {
    validateDefinition(crd, errors);
    validateUpdate(crd, old, errors);
  },
  deletionFinalizers: [cleanupFinalizer],
  prepareForDeletion: (crd, now) => {
    // This deletion is an update in the real server: it neither counts nor waits.
    delete crd.metadata.deletionGracePeriodSeconds;
    if (crd.metadata.generation !== undefined) crd.metadata.generation--;
    setCondition(crd, {
      type: "Terminating",
      status: "True",
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
      lastTransitionTime: formatTime(now),
    });
  },
};

function setDefaults(crd: KubeObject): void {
  const spec = ensureObject(crd, "spec");
  const names = ensureObject(spec, "names");
  const kind = stringAt(names, "kind") ?? "";
  if (kind !== "") {
    if ((names["singular"] ?? "") === "") names["singular"] = kind.toLowerCase();
    if ((names["listKind"] ?? "") === "") names["listKind"] = `${kind}List`;
  }
  setDefault(spec, "conversion", { strategy: "None" });
}

/** The storage version joins the list of those that objects may have been stored in. */
function recordStorageVersion(crd: KubeObject): void {
  const storage = objectsAt(crd, "spec", "versions").find((version) => version["storage"] === true);
  const name = stringAt(storage, "name");
  if (name === undefined) return;
  const stored = stringsAt(crd, "status", "storedVersions");
  if (stored.includes(name)) return;
  const status = objectAt(crd, "status") ?? {};
  crd["status"] = { ...status, storedVersions: [...stored, name] };
}

function validateDefinition(crd: KubeObject, errors: FieldErrors): void {
  const spec = objectAt(crd, "spec") ?? {};
  const group = stringAt(spec, "group") ?? "";
  const plural = stringAt(spec, "names", "plural") ?? "";
  const wanted = `${plural}.${group}`;
  if (crd.metadata.name !== wanted) {
    errors.invalid("metadata.name", crd.metadata.name, `must be spec.names.plural+"."+spec.group`);
  }
  validateGroup(crd, group, errors);
  validateNames(objectAt(spec, "names") ?? {}, errors);
  const scope = stringAt(spec, "scope") ?? "";
  if (scope === "") errors.required("spec.scope");
  else if (scope !== "Namespaced" && scope !== "Cluster")
    errors.notSupported("spec.scope", scope, ["Cluster", "Namespaced"]);
  validateVersions(spec, errors);
}

function validateGroup(crd: KubeObject, group: string, errors: FieldErrors): void {
  if (group === "") {
    errors.required("spec.group");
    return;
  }
  for (const error of isDns1123Subdomain(group)) errors.invalid("spec.group", group, error);
  if (!group.includes(".")) errors.invalid("spec.group", group, "should be a domain with at least one dot");
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group);
  if (isProtected && (crd.metadata.annotations?.["api-approved.kubernetes.io"] ?? "") === "") {
    errors.required(
      "metadata.annotations[api-approved.kubernetes.io]",
      'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    );
  }
}

function validateNames(names: JsonObject, errors: FieldErrors): void {
  for (const member of ["plural", "singular", "kind", "listKind"]) {
    const value = stringAt(names, member) ?? "";
    const field = `spec.names.${member}`;
    if (value === "") {
      errors.required(field);
      continue;
    }
    const isKind = member === "kind" || member === "listKind";
    for (const error of isDns1035Label(isKind ? value.toLowerCase() : value)) {
      errors.invalid(field, value, isKind ? `may have mixed case, but should otherwise match: ${error}` : error);
    }
  }
  if (names["kind"] !== undefined && names["kind"] === names["listKind"]) {
    errors.invalid("spec.names.listKind", names["listKind"], "kind and listKind may not be the same");
  }
}

function validateVersions(spec: JsonObject, errors: FieldErrors): void {
  const versions = objectsAt(spec, "versions");
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const field = `spec.versions[${index}]`;
    const name = stringAt(version, "name") ?? "";
    for (const error of isDns1035Label(name)) errors.invalid(`${field}.name`, name, error);
    if (seen.has(name)) errors.invalid(`${field}.name`, name, "must be unique");
    seen.add(name);
    const schema = objectAt(version, "schema", "openAPIV3Schema");
    if (schema === undefined) errors.required(`${field}.schema.openAPIV3Schema`);
    else {
      // With one version, the real server speaks of the place where its internal type keeps the schema.
      const place = versions.length === 1 ? "spec.validation" : `${field}.schema`;
      validateStructural(schema, `${place}.openAPIV3Schema`, errors, true);
    }
  }
  if (versions.length === 0)
    errors.required("spec.versions", "must have exactly one version marked as storage version");
  else if (versions.filter((version) => version["storage"] === true).length !== 1) {
    errors.invalid(
      "spec.versions",
      versions.map((version) => version["name"] ?? ""),
      "must have exactly one version marked as storage version",
    );
  }
}

/** Checks what makes a schema structural: a type at every level, and nothing that pruning could not follow. */
function validateStructural(schema: JsonObject, field: string, errors: FieldErrors, isRoot = false): void {
  const type = stringAt(schema, "type") ?? "";
  const isFree =
    schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-int-or-string"] === true;
  if (type === "") {
    if (isRoot) errors.required(`${field}.type`, "must not be empty at the root");
    else if (!isFree) errors.required(`${field}.type`, "must not be empty for specified object fields");
  } else if (isRoot && type !== "object") {
    errors.invalid(`${field}.type`, type, "must be object at the root");
  }
  if (type === "array" && !isObject(schema["items"])) errors.required(`${field}.items`, "must be specified");
  const properties = objectAt(schema, "properties");
  if (
    properties !== undefined &&
    schema["additionalProperties"] !== undefined &&
    schema["additionalProperties"] !== false
  ) {
    errors.forbidden(`${field}.additionalProperties`, "additionalProperties and properties are mutual exclusive");
  }
  if (schema["uniqueItems"] === true)
    errors.forbidden(
      `${field}.uniqueItems`,
      "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
    );
  for (const [name, property] of Object.entries(properties ?? {})) {
    if (!isObject(property)) continue;
    if (isRoot && name === "metadata") continue;
    validateStructural(property, `${field}.properties[${name}]`, errors);
  }
  if (isObject(schema["items"])) validateStructural(schema["items"], `${field}.items`, errors);
  if (isObject(schema["additionalProperties"])) {
    validateStructural(schema["additionalProperties"], `${field}.additionalProperties`, errors);
  }
}

function validateUpdate(crd: KubeObject, old: KubeObject, errors: FieldErrors): void {
  const names = new Set(objectsAt(crd, "spec", "versions").map((version) => version["name"]));
  for (const [index, name] of stringsAt(crd, "status", "storedVersions").entries()) {
    if (names.has(name)) continue;
    errors.invalid(
      `status.storedVersions[${index}]`,
      name,
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
    );
  }
  const immutable: readonly (readonly string[])[] = [["group"], ["names", "plural"]];
  const established = isEstablished(old) ? [...immutable, ["scope"], ["names", "kind"]] : immutable;
  for (const path of established) {
    const value = stringAt(crd, "spec", ...path) ?? "";
    if (!equalJson(value, stringAt(old, "spec", ...path) ?? "")) {
      errors.invalid(`spec.${path.join(".")}`, value, "field is immutable");
    }
  }
}

/** Whether a definition's resource is served. */
export function isEstablished(crd: KubeObject): boolean {
  return objectsAt(crd, "status", "conditions").some(
    (condition) => condition["type"] === "Established" && condition["status"] === "True",
  );
}
