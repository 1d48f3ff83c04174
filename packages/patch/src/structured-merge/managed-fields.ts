import { PatchError } from "../errors.ts";
import type { FieldSet } from "../field-path/field-set.ts";
import { decodeCanonical, encodeFieldsV1 } from "../field-path/fields-v1.ts";
import { compareUtf8, quote } from "../json/go-text.ts";
import {
  getOwn,
  getText,
  isArray,
  isObject,
  omitKeys,
  withKey,
  type JsonObject,
  type JsonValue,
} from "../json/json.ts";

/** Whose fields they are. Entries with the same manager, operation, version and subresource are one. */
export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** The version that the fields belong to. It tells entries of updates apart, not those of apply. */
  readonly apiVersion: string;
  readonly subresource: string | undefined;
}

/** One manager's share of an object. Never mutated. */
export interface ManagedEntry extends ManagerIdentity {
  /** RFC 3339; absent as long as the manager changed nothing. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** The entry as the object holds it, as long as it is unchanged. */
  readonly encoded?: JsonObject;
}

/** All managers of an object by {@link managerKey}. */
export type ManagedFields = Map<string, ManagedEntry>;

/** The identity of a manager as one string, which also orders managers. */
export function managerKey({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  const version = operation === "Apply" ? undefined : apiVersion;
  return JSON.stringify({
    manager: manager === "" ? undefined : manager,
    operation,
    apiVersion: version,
    subresource: subresource === "" ? undefined : subresource,
  });
}

/** The `metadata.managedFields` of an object as they are. */
export function getManagedFields(object: JsonObject): JsonValue | undefined {
  const metadata = getOwn(object, "metadata");
  return isObject(metadata) ? getOwn(metadata, "managedFields") : undefined;
}

/** The object without `metadata.managedFields`. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = getOwn(object, "metadata");
  if (!isObject(metadata)) return object;
  const stripped = omitKeys(metadata, "managedFields");
  return stripped === metadata ? object : withKey(object, "metadata", stripped);
}

/** The object with these managers written into its metadata. */
export function withManagedFields(object: JsonObject, managed: ManagedFields): JsonObject {
  if (managed.size === 0) return withoutManagedFields(object);
  const metadata = getOwn(object, "metadata");
  return withKey(
    object,
    "metadata",
    withKey(isObject(metadata) ? metadata : {}, "managedFields", encodeManagedFields(managed)),
  );
}

/** Reads `metadata.managedFields`; absent ones are none. Throws `InvalidManagedFields`. */
export function decodeManagedFields(value: JsonValue | undefined): ManagedFields {
  const managed: ManagedFields = new Map();
  if (value === undefined || value === null) return managed;
  if (!isArray(value)) throw new PatchError("InvalidManagedFields", "managedFields must be a list");
  for (const [index, encoded] of value.entries()) {
    if (!isObject(encoded)) throw new PatchError("InvalidManagedFields", "managedFields must hold objects");
    const entry = decodeEntry(encoded, index);
    managed.set(managerKey(entry), entry);
  }
  return managed;
}

function decodeEntry(encoded: JsonObject, index: number): ManagedEntry {
  const operation = getText(encoded, "operation");
  if (operation !== "Apply" && operation !== "Update") {
    throw new PatchError("InvalidManagedFields", "operation must be `Apply` or `Update`");
  }
  if (getText(encoded, "apiVersion") === "")
    throw new PatchError("InvalidManagedFields", "apiVersion must not be empty");
  const fieldsType = getText(encoded, "fieldsType");
  if (fieldsType !== "FieldsV1") {
    const problem = fieldsType === "" ? "missing fieldsType" : `invalid fieldsType ${quote(fieldsType)}`;
    throw new PatchError("InvalidManagedFields", `${problem} in managed fields entry ${index}`);
  }
  const { set, isCanonical } = decodeCanonical(getOwn(encoded, "fieldsV1") ?? {});
  return {
    manager: getText(encoded, "manager"),
    operation,
    apiVersion: getText(encoded, "apiVersion"),
    subresource: getText(encoded, "subresource") === "" ? undefined : getText(encoded, "subresource"),
    time: getText(encoded, "time") === "" ? undefined : getText(encoded, "time"),
    fields: set,
    ...(isCanonical ? { encoded } : {}),
  };
}

/** Applied entries before updates, then the oldest first, then by name. */
export function encodeManagedFields(managed: ManagedFields): JsonObject[] {
  return [...managed.values()].toSorted(compareEntries).map((entry) => entry.encoded ?? encodeEntry(entry));
}

function encodeEntry({ manager, operation, apiVersion, subresource, time, fields }: ManagedEntry): JsonObject {
  return {
    ...(manager === "" ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1: encodeFieldsV1(fields),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function compareEntries(a: ManagedEntry, b: ManagedEntry): number {
  if (a.operation !== b.operation) return a.operation === "Apply" ? -1 : 1;
  return (
    seconds(a.time) - seconds(b.time) ||
    compareUtf8(a.manager, b.manager) ||
    compareUtf8(a.apiVersion, b.apiVersion) ||
    compareUtf8(a.subresource ?? "", b.subresource ?? "")
  );
}

/** Unix time in whole seconds; 0 without a time, and for what is no time. */
function seconds(time: string | undefined): number {
  const milliseconds = time === undefined ? 0 : Date.parse(time);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

/** The entry with other fields or another time; the entry itself where nothing differs. */
export function changeEntry(entry: ManagedEntry, change: Partial<Omit<ManagedEntry, "encoded">>): ManagedEntry {
  const changed = { ...entry, ...change };
  if (changed.fields === entry.fields && changed.time === entry.time && changed.apiVersion === entry.apiVersion) {
    return entry;
  }
  const { encoded: _stale, ...rest } = changed;
  return rest;
}

/** How many entries of updates an object may have before the oldest are merged. */
const maxUpdateEntries = 10;
const ancientManager = "ancient-changes";

/**
 * Merges the oldest entries of updates, version by version, into one called `ancient-changes` until there are no more
 * than ten.
 */
export function capUpdateEntries(managed: ManagedFields, unite: (a: FieldSet, b: FieldSet) => FieldSet): void {
  const updates = [...managed].filter(([, entry]) => entry.operation === "Update");
  let excess = updates.length - maxUpdateEntries;
  if (excess <= 0) return;
  updates.sort(([a, x], [b, y]) => seconds(x.time) - seconds(y.time) || compareUtf8(a, b));
  const firstOfVersion = new Map<string, string>();
  for (const [key, entry] of updates) {
    if (excess <= 0) return;
    const { apiVersion, time } = entry;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, key);
      continue;
    }
    const identity = { manager: ancientManager, operation: "Update", apiVersion, subresource: undefined } as const;
    const bucketKey = managerKey(identity);
    const bucket = managed.get(bucketKey) ?? managed.get(first);
    if (bucket === undefined) throw new TypeError(`no entry ${first}`);
    if (!managed.has(bucketKey)) managed.delete(first);
    // The entry being merged is the younger one: its time counts.
    managed.set(bucketKey, { ...identity, time, fields: unite(entry.fields, bucket.fields) });
    managed.delete(key);
    excess--;
  }
}
