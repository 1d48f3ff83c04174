import { difference, emptyFieldSet, intersection, isSubset, union, type FieldSet } from "../field-path/field-set.ts";
import type { JsonObject } from "../json/json.ts";
import { isObject } from "../json/json.ts";
import type { ManagedEntry, ManagedFields } from "./managed-fields.ts";
import { withNamedFields } from "./reconcile.ts";
import { removeItems } from "./remove-items.ts";
import { toFieldSet } from "./to-field-set.ts";
import type { ToVersion, VersionedObject } from "./versions.ts";

/**
 * Removes what a manager applied last time and does not apply any more, unless somebody else manages it too.
 * `managed` has the manager's new entry already.
 */
export function prune(
  merged: VersionedObject,
  managed: ManagedFields,
  { last, current }: { readonly last: ManagedEntry | undefined; readonly current: ManagedEntry },
  toVersion: ToVersion,
): VersionedObject {
  if (last === undefined || last.fields.size === 0) return merged;
  // Whoever still applies all of it has nothing to remove; the common case of applying again.
  if (last.apiVersion === current.apiVersion && isSubset(last.fields, current.fields)) return merged;
  const atLast = toVersion(merged, last.apiVersion);
  if (atLast === undefined) return merged;
  const bare = remove(atLast, named(last.fields, atLast));
  const owned = addBackOwned(atLast, bare, managed, toVersion);
  const pruned = addBackForeign(atLast, owned, last, toVersion);
  return toVersion(pruned, current.apiVersion) ?? pruned;
}

/** Adds back whatever any manager has, version by version; the version of the pruned object first. */
function addBackOwned(
  merged: VersionedObject,
  pruned: VersionedObject,
  managed: ManagedFields,
  toVersion: ToVersion,
): VersionedObject {
  const fieldsByVersion = new Map<string, FieldSet>([[merged.apiVersion, emptyFieldSet]]);
  for (const { apiVersion, fields } of managed.values()) {
    fieldsByVersion.set(apiVersion, union(fieldsByVersion.get(apiVersion) ?? emptyFieldSet, fields));
  }
  let full = merged;
  let result = pruned;
  for (const [version, fields] of fieldsByVersion) {
    if (fields.size === 0) continue;
    const fullThere = toVersion(full, version);
    const resultThere = toVersion(result, version);
    if (fullThere === undefined || resultThere === undefined) continue;
    full = fullThere;
    const kept = union(named(fieldsOf(resultThere), full), named(fields, full));
    result = remove(full, difference(named(fieldsOf(full), full), kept));
  }
  return result;
}

/** Adds back what the manager never applied: it is not its to remove. */
function addBackForeign(
  merged: VersionedObject,
  pruned: VersionedObject,
  last: ManagedEntry,
  toVersion: ToVersion,
): VersionedObject {
  const there = toVersion(pruned, last.apiVersion);
  if (there === undefined) return merged;
  const gone = difference(named(fieldsOf(merged), merged), named(fieldsOf(there), merged));
  return remove(merged, intersection(gone, named(last.fields, merged)));
}

function fieldsOf({ object, schema }: VersionedObject): FieldSet {
  return toFieldSet(object, schema);
}

function named(fields: FieldSet, { schema }: VersionedObject): FieldSet {
  return withNamedFields(fields, schema);
}

function remove(from: VersionedObject, fields: FieldSet): VersionedObject {
  if (fields.size === 0) return from;
  const rest = removeItems(from.object, fields, from.schema);
  const object: JsonObject = isObject(rest) ? rest : {};
  return { ...from, object };
}
