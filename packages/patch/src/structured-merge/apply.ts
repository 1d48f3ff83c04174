import { PatchError } from "../errors.ts";
import { equalFieldSets, listPaths } from "../field-path/field-set.ts";
import { formatPath } from "../field-path/path-element.ts";
import { compareUtf8 } from "../json/go-text.ts";
import { equalJson, getOwn, isObject, type JsonObject } from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import { ConflictError, type Conflict } from "./conflict.ts";
import { allowedByLastApplied, syncLastApplied } from "./last-applied.ts";
import {
  changeEntry,
  decodeManagedFields,
  encodeManagedFields,
  getManagedFields,
  managerKey,
  withManagedFields,
  withoutManagedFields,
  type ManagedEntry,
  type ManagedFields,
} from "./managed-fields.ts";
import { merge } from "./merge.ts";
import {
  consequencesOf,
  reconcileManagers,
  stripUnmanagedFields,
  withoutResetFields,
  type Consequences,
} from "./ownership.ts";
import { prune } from "./prune.ts";
import { toFieldSet } from "./to-field-set.ts";
import { trackChange } from "./update.ts";
import { formatMisfits, validate } from "./validate.ts";
import { describeObject, emptyObject, formatKind, identityOf, type ManagerRequest } from "./request.ts";
import { toVersionWith, type ToVersion, type VersionedObject } from "./versions.ts";

/** A server-side apply. */
export interface ApplyRequest extends ManagerRequest {
  /** The object as stored; `undefined` when the apply creates it. */
  readonly live: JsonObject | undefined;
  /** What the manager wants; everything it does not mention is left to others. */
  readonly applied: JsonObject;
  /** Take fields from other managers instead of failing. */
  readonly force?: boolean;
}

/** What an apply leads to. */
export interface ApplyResult {
  /** The merged object with its `metadata.managedFields`; `live` itself if nothing changed. */
  readonly object: JsonObject;
}

/**
 * Merges what a manager applies into the live object and updates who manages what. Fields that the manager applied
 * before and leaves out now are removed unless others manage them too.
 *
 * Throws {@link ConflictError} when fields of other managers would change and `force` is not set; `PatchError` with
 * `InvalidObject`, `InvalidObjectType`, `ManagedFieldsNotAllowed` or `InvalidManagedFields` for what does not fit.
 */
export function serverSideApply(request: ApplyRequest): ApplyResult {
  const { applied, manager } = request;
  const live = request.live ?? emptyObject(request, request.applied);
  const managed = decodeLive(live);
  checkApplied(request);
  let outcome = applyAs(request, live, managed, request.force === true);
  if (outcome.conflicts.length > 0 && manager === kubectl) {
    const allowed = allowedByLastApplied(withoutManagedFields(live), request);
    const conflicts = outcome.conflicts.filter(({ path }) => !allowed.has(path));
    // What kubectl applied client-side before is its own.
    outcome = conflicts.length > 0 ? { ...outcome, conflicts } : applyAs(request, live, managed, true);
  }
  if (outcome.conflicts.length > 0) throw new ConflictError(outcome.conflicts);
  const object = finish(live, outcome);
  return { object: manager === kubectl ? syncLastApplied(object, applied) : object };
}

const kubectl = "kubectl";

function decodeLive(live: JsonObject): ManagedFields {
  try {
    return decodeManagedFields(getManagedFields(live));
  } catch (cause) {
    if (!(cause instanceof PatchError)) throw cause;
    throw new PatchError(cause.code, `failed to decode managed fields: ${cause.message}`, { cause });
  }
}

function checkApplied({ applied, apiVersion, live, empty }: ApplyRequest): void {
  const kind = getOwn(live ?? empty ?? applied, "kind");
  if (getOwn(applied, "apiVersion") !== apiVersion || getOwn(applied, "kind") !== kind) {
    throw new PatchError("InvalidObjectType", `invalid object type: ${formatKind(applied)}`);
  }
  const managedFields = getManagedFields(applied);
  if (managedFields !== undefined && managedFields !== null) {
    throw new PatchError("ManagedFieldsNotAllowed", "metadata.managedFields must be nil");
  }
}

/** What an apply would do. */
interface Outcome {
  /** Without managed fields; `undefined` when the object stays as it is. */
  readonly object: JsonObject | undefined;
  readonly managed: ManagedFields;
  /** Set when not forced; nothing of the rest counts then. */
  readonly conflicts: readonly Conflict[];
}

function applyAs(request: ApplyRequest, live: JsonObject, before: ManagedFields, force: boolean): Outcome {
  const { applied, apiVersion, schema, now } = request;
  const toVersion = toVersionWith(request.convert);
  const identity = identityOf(request, "Apply");
  const key = managerKey(identity);
  const liveObject: VersionedObject = { object: withoutManagedFields(live), apiVersion, schema };
  const known = before.size > 0 ? before : trackExisting(request, liveObject, toVersion);
  check(applied, schema, typePatch, false);
  check(liveObject.object, schema, typeLive, true);

  const managed = reconcileManagers(known, liveObject, toVersion);
  const last = managed.get(key);
  const fields = withoutResetFields(toFieldSet(applied, schema), request.resetFields, apiVersion);
  const current: ManagedEntry = { ...identity, time: known.get(key)?.time, fields };
  managed.set(key, current);

  const merged = merge(liveObject.object, applied, schema);
  const after = prune({ ...liveObject, object: isObject(merged) ? merged : {} }, managed, { last, current }, toVersion);
  const change = { before: liveObject, after, toVersion, resetFields: request.resetFields };
  const consequences = consequencesOf(change, managed, key);
  if (consequences.conflicts.size > 0 && !force) {
    return { object: undefined, managed, conflicts: listConflicts(consequences, managed) };
  }

  const isChanged = !equalJson(liveObject.object, after.object);
  const result = consequences.others;
  // Fields equal to the ones before keep the entry as it is encoded.
  result.set(key, isChanged ? { ...current, time: now } : current);
  stripUnmanagedFields(result, key);
  keepEncoded(result, key, before.get(key));
  return { object: isChanged ? after.object : undefined, managed: result, conflicts: [] };
}

/** An object without managers got its fields from somebody before the first apply. */
function trackExisting(request: ApplyRequest, live: VersionedObject, toVersion: ToVersion): ManagedFields {
  check(live.object, live.schema, typeExisting, true);
  const before = { ...live, object: emptyObject(request, request.applied) };
  const change = { before, after: live, toVersion, resetFields: request.resetFields };
  return trackChange(
    change,
    new Map(),
    { ...identityOf(request, "Update"), manager: "before-first-apply" },
    request.now,
  );
}

/** Refuses a value that does not fit; `task` says what that made impossible. */
function check(object: JsonObject, schema: TypeSchema, task: Task, allowDuplicates: boolean): void {
  const misfits = validate(object, schema, { allowDuplicates });
  if (misfits.length === 0) return;
  throw new PatchError("InvalidObject", `${task(`(${describeObject(object)})`)}: ${formatMisfits(misfits)}`);
}

type Task = (object: string) => string;

const typePatch: Task = (object) => `failed to create typed patch object ${object}`;
const typeLive: Task = (object) => `failed to create typed live object ${object}`;
const typeExisting: Task = (object) =>
  `failed to create manager for existing fields: failed to convert new object ${object} to smd typed`;

function listConflicts({ conflicts }: Consequences, managed: ManagedFields): Conflict[] {
  return [...conflicts]
    .toSorted(([a], [b]) => compareUtf8(a, b))
    .flatMap(([key, fields]) => {
      const entry = managed.get(key);
      if (entry === undefined) return [];
      const { manager, operation, apiVersion, subresource } = entry;
      const who = { manager, operation, apiVersion, ...(subresource === undefined ? {} : { subresource }) };
      return listPaths(fields).map((path) => ({ ...who, path: formatPath(path) }));
    });
}

function keepEncoded(managed: ManagedFields, key: string, before: ManagedEntry | undefined): void {
  const entry = managed.get(key);
  if (entry === undefined || before === undefined) return;
  if (equalFieldSets(before.fields, entry.fields)) {
    managed.set(key, changeEntry(before, { time: entry.time, apiVersion: entry.apiVersion }));
  }
}

function finish(live: JsonObject, { object, managed }: Outcome): JsonObject {
  if (object !== undefined) return withManagedFields(object, managed);
  const before = getManagedFields(live);
  const entries = encodeManagedFields(managed);
  const isSame = Array.isArray(before) && before.length === entries.length && entries.every((e, i) => e === before[i]);
  return isSame ? live : withManagedFields(live, managed);
}
