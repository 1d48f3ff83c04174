import { PatchError } from "../errors.ts";
import { emptyFieldSet, union } from "../field-path/field-set.ts";
import { getOwn, isArray, isObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { emptyObject, identityOf, type ManagerRequest } from "./request.ts";
import { changedFields } from "./compare.ts";
import {
  capUpdateEntries,
  changeEntry,
  decodeManagedFields,
  getManagedFields,
  managerKey,
  withManagedFields,
  withoutManagedFields,
  type ManagedFields,
  type ManagerIdentity,
} from "./managed-fields.ts";
import {
  consequencesOf,
  reconcileManagers,
  stripUnmanagedFields,
  withoutResetFields,
  type Change,
} from "./ownership.ts";
import { validate } from "./validate.ts";
import { toVersionWith } from "./versions.ts";

/** A create, an update or a patch other than apply. */
export interface UpdateRequest extends ManagerRequest {
  /** The object as stored; `undefined` for a create. */
  readonly before: JsonObject | undefined;
  /** The object as it will be stored. */
  readonly after: JsonObject;
}

/**
 * Gives a manager the fields that its update added or changed, and takes them from all others. Returns `after` with
 * its new `metadata.managedFields`.
 *
 * A client may write `managedFields` itself (except through a subresource), and `[]` or `[{}]` clears them; an object
 * without any is not tracked before its first apply. An object that does not fit its schema loses them, as on a real
 * server: the request itself does not fail for that.
 */
export function trackUpdate(request: UpdateRequest): JsonObject {
  const { before, apiVersion, schema } = request;
  const after = withoutManagedFields(request.after);
  const live = before ?? emptyObject(request, after);
  const managed = managersOf(request, live);
  if (managed.size === 0 && hasUid(live)) return after;
  const liveObject = withoutManagedFields(live);
  for (const object of [after, liveObject]) {
    if (validate(object, schema, { allowDuplicates: true }).length > 0) return after;
  }
  const change: Change = {
    before: { object: liveObject, apiVersion, schema },
    after: { object: after, apiVersion, schema },
    toVersion: toVersionWith(request.convert),
    resetFields: request.resetFields,
  };
  const result = trackChange(change, managed, identityOf(request, "Update"), request.now);
  capUpdateEntries(result, union);
  return withManagedFields(after, result);
}

/** Who manages the object before the update: what the client sent, if that makes sense, or what was there. */
function managersOf({ after, subresource }: UpdateRequest, live: JsonObject): ManagedFields {
  if (subresource === undefined || subresource === "") {
    const sent = getManagedFields(after);
    if (isReset(sent)) return new Map();
    const managed = decodeOrNone(sent);
    if (managed.size > 0) return managed;
  }
  return decodeOrNone(getManagedFields(live));
}

function isReset(managedFields: JsonValue | undefined): boolean {
  if (!isArray(managedFields) || managedFields.length > 1) return false;
  const [entry] = managedFields;
  return entry === undefined || (isObject(entry) && Object.keys(entry).length === 0);
}

function decodeOrNone(managedFields: JsonValue | undefined): ManagedFields {
  try {
    return decodeManagedFields(managedFields);
  } catch (error) {
    if (error instanceof PatchError) return new Map();
    throw error;
  }
}

function hasUid(object: JsonObject): boolean {
  const metadata = getOwn(object, "metadata");
  const uid = isObject(metadata) ? getOwn(metadata, "uid") : undefined;
  return uid !== undefined && uid !== null && uid !== "";
}

/** The managers after a change that `identity` made. Its entry moves to `now` only if it gained or wrote fields. */
export function trackChange(
  change: Change,
  managed: ManagedFields,
  identity: ManagerIdentity,
  now: string,
): ManagedFields {
  const { after, before, toVersion, resetFields } = change;
  const known = reconcileManagers(managed, before, toVersion);
  // The change has a key of its own, so that what its manager had before is treated like everybody's.
  const { comparison, others } = consequencesOf(change, known, "");
  const written = withoutResetFields(changedFields(comparison), resetFields, after.apiVersion);
  if (written.size === 0) return others;
  const current: ManagedFields = new Map([["", { ...identity, time: now, fields: written }]]);
  stripUnmanagedFields(current, "");
  const entry = current.get("");
  if (entry === undefined) return others;
  const key = managerKey(identity);
  const previous = others.get(key);
  others.set(key, changeEntry(entry, { fields: union(entry.fields, previous?.fields ?? emptyFieldSet) }));
  return others;
}
