import { cloneJson, equalJson, type JsonObject } from "../json/json.ts";
import type { KubeObject, ObjectMetadata } from "../json/object.ts";
import type { RequestContext } from "./request-context.ts";

/** The parts of a write that are the same for all kinds: what the server decides about an object, whatever the client says. */

/** What only the server sets. */
const systemFields = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "selfLink",
] as const;

/** Forgets what a client says about an object that does not exist yet. */
export function wipeSystemFields({ metadata }: KubeObject): void {
  for (const field of systemFields) delete metadata[field];
}

/** Puts back what only the server sets; the rest of an update is the client's. */
export function restoreSystemFields({ metadata }: KubeObject, old: KubeObject): void {
  const present: JsonObject = metadata;
  // The time of creation is not the client's to say, whatever it says.
  if (old.metadata.creationTimestamp !== undefined) present["creationTimestamp"] = old.metadata.creationTimestamp;
  // An empty value means "not given"; another than the stored one is refused by validation.
  for (const field of ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const) {
    const value = old.metadata[field];
    if (present[field] === undefined || present[field] === null || present[field] === "") {
      if (value === undefined) delete present[field];
      else present[field] = value;
    }
  }
  delete present["selfLink"];
  metadata.resourceVersion = old.metadata.resourceVersion ?? "";
  if (old.metadata.generation === undefined) delete metadata.generation;
  else metadata.generation = old.metadata.generation;
}

const metadataOrder = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
] as const;

/** Brings metadata into Go's order and drops empty maps and lists, which its encoder leaves out. */
export function tidyMetadata(object: KubeObject): void {
  const ordered: JsonObject = {};
  for (const member of metadataOrder)
    if (object.metadata[member] !== undefined) ordered[member] = object.metadata[member];
  const metadata = ordered as ObjectMetadata;
  object.metadata = metadata;
  for (const member of ["labels", "annotations"] as const) {
    if (metadata[member] !== undefined && Object.keys(metadata[member]).length === 0) delete metadata[member];
  }
  for (const member of ["finalizers", "ownerReferences"] as const) {
    if (metadata[member]?.length === 0) delete metadata[member];
  }
}

/** Leaves the status as it is stored. */
export function keepStatus(object: KubeObject, old: KubeObject): void {
  if (old["status"] === undefined) delete object["status"];
  else object["status"] = old["status"];
}

/** Leaves the labels as they are stored. */
export function keepLabels({ metadata }: KubeObject, old: KubeObject): void {
  if (old.metadata.labels === undefined) delete metadata.labels;
  else metadata.labels = old.metadata.labels;
}

/** Leaves only the status of a status update standing. */
export function keepAllButStatus(object: KubeObject, old: KubeObject, keepMetadata: boolean): void {
  for (const member of Object.keys(object)) {
    if (member !== "status" && member !== "metadata" && old[member] === undefined) delete object[member];
  }
  for (const [member, value] of Object.entries(old)) {
    if (member !== "status" && member !== "metadata") object[member] = cloneJson(value);
  }
  if (!keepMetadata) return;
  const { managedFields } = object.metadata;
  object.metadata = {
    ...cloneJson({ ...old.metadata, managedFields: [] }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  if (managedFields === undefined) delete object.metadata.managedFields;
}

/** Whether anything but metadata and status differs: what `metadata.generation` counts. */
export function hasSpecChanged(object: KubeObject, old: KubeObject): boolean {
  const members = new Set([...Object.keys(object), ...Object.keys(old)]);
  for (const member of ["metadata", "status", "apiVersion", "kind"]) members.delete(member);
  return [...members].some((member) => !equalJson(object[member], old[member]));
}

/** Whether a deleted object has nothing left that holds it. */
export function isReleased({ metadata, spec }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers ?? []).length > 0) return false;
  if ((metadata.deletionGracePeriodSeconds ?? 0) > 0) return false;
  // Namespaces carry finalizers of their own in their spec.
  return !(
    typeof spec === "object" &&
    spec !== null &&
    !Array.isArray(spec) &&
    Array.isArray(spec["finalizers"]) &&
    spec["finalizers"].length > 0
  );
}

/** Drops owners that are named twice, with a warning. */
export function dedupeOwnerReferences({ metadata }: KubeObject, context: RequestContext): void {
  const references = metadata.ownerReferences;
  if (references === undefined || references.length < 2) return;
  const kept = references.filter(
    (reference, index) => references.findIndex((other) => equalJson(other, reference)) === index,
  );
  if (kept.length === references.length) return;
  metadata.ownerReferences = kept;
  const uids = [...new Set(references.filter((reference) => !kept.includes(reference)).map(({ uid }) => uid))];
  context.warn(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids.join(", ")}`,
  );
}
