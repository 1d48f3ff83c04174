import { FieldErrors, quote, type FieldError } from "../errors/field-errors.ts";
import type { KubeObject, ObjectMetadata } from "../json/object.ts";
import { equalJson, type Json } from "../json/json.ts";
import { isDns1123Label, isLabelValue, isQualifiedName } from "./names.ts";

const annotationsLimitBytes = 256 * 1024;

type NameCheck = (name: string, prefix: boolean) => readonly string[];

/** Checks what all objects have in common. Returns what is wrong. */
export function validateMetadata(
  metadata: ObjectMetadata,
  rules: { readonly namespaced: boolean; readonly custom: boolean; readonly validateName: NameCheck },
): readonly FieldError[] {
  const errors = new FieldErrors();
  const { generateName = "", name, namespace = "" } = metadata;
  if (generateName !== "") {
    for (const error of rules.validateName(generateName, true))
      errors.invalid("metadata.generateName", generateName, error);
  }
  if (name === "") errors.required("metadata.name", "name or generateName is required");
  else for (const error of rules.validateName(name, false)) errors.invalid("metadata.name", name, error);
  if (rules.namespaced) {
    if (namespace === "") errors.required("metadata.namespace");
    else for (const error of isDns1123Label(namespace)) errors.invalid("metadata.namespace", namespace, error);
  } else if (namespace !== "") errors.forbidden("metadata.namespace", "not allowed on this type");
  validateLabels(metadata.labels, "metadata.labels", errors);
  validateAnnotations(metadata.annotations, errors);
  validateOwnerReferences(metadata, errors);
  validateFinalizers(metadata.finalizers ?? [], rules, errors);
  return errors.list;
}

/** Checks a map of labels, also those of a pod template. */
export function validateLabels(
  labels: { [key: string]: Json | undefined } | undefined,
  field: string,
  errors: FieldErrors,
): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const error of isQualifiedName(key)) errors.invalid(field, key, error);
    if (typeof value !== "string") continue;
    for (const error of isLabelValue(value)) errors.invalid(field, value, error);
  }
}

function validateAnnotations(annotations: { [key: string]: string } | undefined, errors: FieldErrors): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const error of isQualifiedName(key.toLowerCase())) errors.invalid("metadata.annotations", key, error);
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > annotationsLimitBytes) errors.tooLong("metadata.annotations", annotationsLimitBytes);
}

function validateOwnerReferences({ ownerReferences = [] }: ObjectMetadata, errors: FieldErrors): void {
  const field = "metadata.ownerReferences";
  let controller: string | undefined;
  for (const reference of ownerReferences) {
    if ((reference.apiVersion ?? "") === "") errors.invalid(`${field}.apiVersion`, "", "version must not be empty");
    for (const member of ["kind", "name", "uid"] as const) {
      if ((reference[member] ?? "") === "") errors.invalid(`${field}.${member}`, "", "must not be empty");
    }
    if (reference.apiVersion === "v1" && reference.kind === "Event") {
      errors.invalid(field, reference, "/v1, Kind=Event is disallowed from being an owner");
    }
    if (reference.controller !== true) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller === undefined) controller = name;
    else {
      errors.invalid(
        field,
        ownerReferences,
        `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
      );
    }
  }
}

/** The only finalizers of built-in kinds that need no domain. */
const standardFinalizers = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

function validateFinalizers(
  finalizers: readonly string[],
  { custom }: { readonly custom: boolean },
  errors: FieldErrors,
): void {
  for (const [index, finalizer] of finalizers.entries()) {
    const problems = isQualifiedName(finalizer);
    for (const error of problems) errors.invalid("metadata.finalizers", finalizer, error);
    if (!custom && problems.length === 0 && !finalizer.includes("/") && !standardFinalizers.has(finalizer)) {
      errors.invalid(
        `metadata.finalizers[${index}]`,
        finalizer,
        "name is neither a standard finalizer name nor is it fully qualified",
      );
    }
  }
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.invalid(
      "metadata.finalizers",
      [...finalizers],
      "finalizer orphan and foregroundDeletion cannot be both set",
    );
  }
}

/** Checks what must not change when an object is updated. */
export function validateMetadataUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = new FieldErrors();
  const { metadata } = object;
  const before = old.metadata;
  if (before.deletionTimestamp !== undefined) {
    const added = (metadata.finalizers ?? []).filter((finalizer) => !(before.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      errors.forbidden(
        "metadata.finalizers",
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.toSorted().map(quote).join(", ")}}`,
      );
    }
  }
  for (const member of ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] as const) {
    if (!equalJson(metadata[member], before[member])) {
      errors.invalid(
        `metadata.${member}`,
        metadata[member] ?? (member.endsWith("Timestamp") ? null : ""),
        "field is immutable",
      );
    }
  }
  if (!equalJson(metadata.deletionGracePeriodSeconds, before.deletionGracePeriodSeconds)) {
    errors.invalid(
      "metadata.deletionGracePeriodSeconds",
      metadata.deletionGracePeriodSeconds ?? null,
      "field is immutable",
    );
  }
  return errors.list;
}
