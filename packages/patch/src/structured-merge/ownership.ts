import { difference, fieldSetOf, intersection, recursiveDifference, type FieldSet } from "../field-path/field-set.ts";
import { fieldElement } from "../field-path/path-element.ts";
import { changedFields, compare, excludeFields, type Comparison } from "./compare.ts";
import { changeEntry, type ManagedFields } from "./managed-fields.ts";
import { reconcileWithSchema } from "./reconcile.ts";
import type { ToVersion, VersionedObject } from "./versions.ts";

/** Fields by the version they are spelled in. */
export type FieldsByVersion = ReadonlyMap<string, FieldSet>;

/** What identifies an object or is written by the server: nobody manages it. */
const unmanagedFields: FieldSet = fieldSetOf(
  [fieldElement("apiVersion")],
  [fieldElement("kind")],
  [fieldElement("metadata")],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => [fieldElement("metadata"), fieldElement(name)]),
);

/** Drops from one manager's entry what nobody can manage, and the entry when nothing is left. */
export function stripUnmanagedFields(managed: ManagedFields, key: string): void {
  const entry = managed.get(key);
  if (entry === undefined) return;
  const fields = difference(entry.fields, unmanagedFields);
  if (fields.size === 0) managed.delete(key);
  else managed.set(key, changeEntry(entry, { fields }));
}

/** Adapts all entries to the schemas of today. Entries of versions that are gone are left out. */
export function reconcileManagers(managed: ManagedFields, live: VersionedObject, toVersion: ToVersion): ManagedFields {
  const result: ManagedFields = new Map();
  for (const [key, entry] of managed) {
    const schema = entry.apiVersion === live.apiVersion ? live.schema : toVersion(live, entry.apiVersion)?.schema;
    if (schema === undefined) continue;
    result.set(key, changeEntry(entry, { fields: reconcileWithSchema(entry.fields, schema) }));
  }
  return result;
}

/** A change of an object as its managers see it. */
export interface Change {
  readonly before: VersionedObject;
  readonly after: VersionedObject;
  readonly toVersion: ToVersion;
  /** Fields that do not count as changed. */
  readonly resetFields: FieldsByVersion | undefined;
}

/** What a change does to the managers other than the one that makes it. */
export interface Consequences {
  /** The comparison in the version of the change. */
  readonly comparison: Comparison;
  /** What others have and would lose, by manager key; managers that lose nothing are absent. */
  readonly conflicts: ReadonlyMap<string, FieldSet>;
  /** The other managers after the change, without what they lost and what was removed. */
  readonly others: ManagedFields;
}

/** Finds what a change by the manager `key` does to all the other ones. */
export function consequencesOf(change: Change, managed: ManagedFields, key: string): Consequences {
  const { before, after, toVersion, resetFields } = change;
  const compareIn = (version: string): Comparison | undefined => {
    const left = toVersion(before, version);
    const right = toVersion(after, version);
    if (left === undefined || right === undefined) return undefined;
    return excludeFields(compare(left.object, right.object, left.schema), resetFields?.get(version));
  };
  const comparisons = new Map<string, Comparison | undefined>();
  const comparisonIn = (version: string): Comparison | undefined => {
    if (!comparisons.has(version)) comparisons.set(version, compareIn(version));
    return comparisons.get(version);
  };
  const conflicts = new Map<string, FieldSet>();
  const others: ManagedFields = new Map();
  for (const [other, entry] of managed) {
    if (other === key) continue;
    const comparison = comparisonIn(entry.apiVersion);
    if (comparison === undefined) continue;
    const lost = intersection(entry.fields, changedFields(comparison));
    if (lost.size > 0) conflicts.set(other, lost);
    const fields = difference(difference(entry.fields, lost), comparison.removed);
    if (fields.size > 0) others.set(other, changeEntry(entry, { fields }));
  }
  const comparison = comparisonIn(after.apiVersion);
  if (comparison === undefined) throw new TypeError(`${after.apiVersion} is not a version of its own object`);
  return { comparison, conflicts, others };
}

/** The set without the fields that a request resets. */
export function withoutResetFields(set: FieldSet, resetFields: FieldsByVersion | undefined, version: string): FieldSet {
  const reset = resetFields?.get(version);
  return reset === undefined ? set : recursiveDifference(set, reset);
}
