import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject, ManagedFieldsEntry } from "@sluice/api";
import { isJsonObject } from "./json-object.ts";

/** Selects entries of managedFields: those whose manager begins with `name` and that were made by `operation`. */
export interface FieldManagerSelector {
  readonly name: string;
  readonly operation: "Apply" | "Update";
}

/** What earlier tools left on live objects and what is to be removed or taken over. */
export interface CleanupOptions {
  readonly annotations?: readonly string[];
  readonly labels?: readonly string[];
  /** Their fields become ours, so that those that are no longer in the manifest go away. */
  readonly fieldManagers?: readonly FieldManagerSelector[];
}

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "replace" | "add" | "test"; readonly path: string; readonly value: unknown };

/**
 * The JSON patch that cleans a live object up for `fieldManager`; empty when there is nothing to do. It carries the
 * resourceVersion it was made for, because it rewrites managedFields as a whole.
 */
export function cleanupPatch(
  live: KubernetesObject,
  fieldManager: string,
  options: CleanupOptions,
): JsonPatchOperation[] {
  const { annotations = {}, labels = {}, managedFields = [], resourceVersion } = live.metadata;
  const operations: JsonPatchOperation[] = [
    ...(options.annotations ?? []).filter((key) => key in annotations).map((key) => removal("annotations", key)),
    ...(options.labels ?? []).filter((key) => key in labels).map((key) => removal("labels", key)),
  ];
  const taken = takeOver(managedFields, fieldManager, options.fieldManagers ?? []);
  if (taken !== undefined) operations.push({ op: "replace", path: "/metadata/managedFields", value: taken });
  if (operations.length > 0 && resourceVersion !== undefined) {
    operations.push({ op: "replace", path: "/metadata/resourceVersion", value: resourceVersion });
  }
  return operations;
}

function removal(map: "annotations" | "labels", key: string): JsonPatchOperation {
  return { op: "remove", path: `/metadata/${map}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}` };
}

/** The entries with all selected ones merged into that of `fieldManager`; `undefined` when none is selected. */
function takeOver(
  entries: readonly ManagedFieldsEntry[],
  fieldManager: string,
  selectors: readonly FieldManagerSelector[],
): ManagedFieldsEntry[] | undefined {
  const isOurs = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === fieldManager && entry.operation === "Apply" && entry.subresource === undefined;
  const isTaken = (entry: ManagedFieldsEntry): boolean =>
    !isOurs(entry) &&
    entry.subresource === undefined &&
    selectors.some(({ name, operation }) => entry.operation === operation && entry.manager.startsWith(name));
  const taken = entries.filter(isTaken);
  const [first] = taken;
  if (first === undefined) return undefined;
  const ours = entries.find(isOurs);
  const base: ManagedFieldsEntry = ours ?? { ...first, manager: fieldManager, operation: "Apply" };
  const fieldsV1 = taken.reduce((fields, entry) => mergeFields(fields, entry.fieldsV1), base.fieldsV1);
  const kept = entries.filter((entry) => !isOurs(entry) && !isTaken(entry));
  return [...kept, { ...base, fieldsV1 }];
}

interface FieldsV1 {
  readonly [path: string]: unknown;
}

/** The union of two field sets in their FieldsV1 form, where a set is a tree of objects. */
function mergeFields(left: FieldsV1, right: FieldsV1): FieldsV1 {
  if (isDeepStrictEqual(left, right)) return left;
  const merged: { [path: string]: unknown } = { ...left };
  for (const [path, fields] of Object.entries(right)) {
    const own = merged[path];
    merged[path] = isJsonObject(own) && isJsonObject(fields) ? mergeFields(own, fields) : (own ?? fields);
  }
  return merged;
}
