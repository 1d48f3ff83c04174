import {
  ConflictError,
  decodeFieldsV1,
  PatchError,
  serverSideApply,
  trackUpdate,
  type FieldsByVersion,
  type FieldSet,
  type JsonObject as PatchObject,
  type VersionConverter,
} from "@sluice/patch";
import { StatusError } from "@sluice/api";
import { formatTime } from "../clock.ts";
import { badRequest, statusError } from "../errors/status-errors.ts";
import { cloneJson, equalJson, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { ResourceDefinition, ResourceVersion } from "./resource-definition.ts";

/** Who writes, in which version and through which endpoint. */
export interface Writer {
  readonly definition: ResourceDefinition;
  readonly version: ResourceVersion;
  readonly manager: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `""` for the object itself. */
  readonly subresource: string;
}

/** Gives the writer what it has changed: sets the `managedFields` of `object`. */
export function trackWrite(object: KubeObject, old: KubeObject | undefined, writer: Writer): void {
  const request = requestOf(writer);
  if (request === undefined) return;
  const tracked = trackUpdate({
    ...request,
    before: old === undefined ? undefined : asPatch(old),
    after: asPatch(object),
  });
  const { managedFields } = asObject(tracked).metadata;
  if (managedFields === undefined || managedFields.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = writer.subresource === "scale" ? timelessScale(managedFields) : managedFields;
}

/** Entries of the scale endpoint carry no time on a real server, which also sorts them first among the updates. */
function timelessScale(entries: readonly JsonObject[]): JsonObject[] {
  const stripped = entries.map((entry) => {
    if (entry["subresource"] !== "scale") return entry;
    const { time: _time, ...rest } = entry;
    return rest;
  });
  const rank = (entry: JsonObject): number =>
    entry["operation"] === "Apply" ? 0 : entry["time"] === undefined ? 1 : 2;
  return stripped.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Merges what a client applies into the live object (`undefined`: there is none) and returns an object of its own.
 * Throws the answer of a real server for conflicts and for what does not fit the type.
 */
export function applyTo(live: KubeObject | undefined, applied: JsonObject, writer: Writer, force: boolean): KubeObject {
  const request = requestOf(writer);
  if (request === undefined) throw badRequest("server-side apply is not supported for this resource");
  try {
    const { object } = serverSideApply({
      ...request,
      live: live === undefined ? undefined : asPatch(live),
      applied: asPatch(applied),
      force,
    });
    return cloneJson(asObject(object));
  } catch (error) {
    throw answerTo(error);
  }
}

function answerTo(error: unknown): unknown {
  if (error instanceof ConflictError) {
    return statusError(409, "Conflict", error.message, {
      causes: error.causes.map(({ message, field }) => ({ reason: "FieldManagerConflict", message, field })),
    });
  }
  if (!(error instanceof PatchError)) return error;
  switch (error.code) {
    case "InvalidObjectType":
    case "ManagedFieldsNotAllowed":
      return badRequest(error.message);
    case "InvalidObject":
    case "InvalidManagedFields":
      // Upstream does not classify these: they leave as 500 without a reason.
      return new StatusError({
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: error.message,
        code: 500,
      });
    case "InvalidPatch":
    case "UnmergeablePatch":
    case "TooManyOperations":
    case "PatchFailed":
    case "InvalidSchema":
    case "Conflict":
      return error;
  }
}

function requestOf({ definition, version, manager, now, subresource }: Writer) {
  const { type } = version.schema;
  if (type === undefined) return undefined;
  const convert: VersionConverter = (object, apiVersion) => {
    const other = [...definition.versions.values()].find((served) => served.apiVersion === apiVersion);
    if (other?.schema.type === undefined) return undefined;
    return { object: asPatch(convertBetween(asObject(object), version, other)), schema: other.schema.type };
  };
  return {
    manager,
    schema: type,
    apiVersion: version.apiVersion,
    now: formatTime(now),
    empty: asPatch(version.schema.zero ?? { apiVersion: version.apiVersion, kind: definition.kind }),
    ...(definition.versions.size > 1 ? { convert } : {}),
    ...(subresource === "" ? {} : { subresource }),
    resetFields: resetFieldsOf(version, subresource),
  } as const;
}

function convertBetween(object: KubeObject, from: ResourceVersion, to: ResourceVersion): KubeObject {
  const stored = from.toStorage?.(object) ?? object;
  return to.fromStorage?.(stored) ?? { ...stored, apiVersion: to.apiVersion };
}

const status: FieldSet = decodeFieldsV1({ "f:status": {} });
const noFields: FieldsByVersion = new Map();
const resetByVersion = new WeakMap<ResourceVersion, { main: FieldsByVersion; status: FieldsByVersion }>();

/** What a write through an endpoint cannot touch: the status, or all but the status. */
function resetFieldsOf(version: ResourceVersion, subresource: string): FieldsByVersion {
  if (!version.strategy.hasStatus) return noFields;
  let fields = resetByVersion.get(version);
  if (fields === undefined) {
    const others: { [field: string]: object } = {};
    for (const name of version.schema.type?.map?.fields.keys() ?? []) {
      const isKept = name === "status" || name === "apiVersion" || name === "kind";
      if (!isKept && (name !== "metadata" || version.strategy.statusKeepsMetadata)) others[`f:${name}`] = {};
    }
    if (version.strategy.statusKeepsLabels) others["f:metadata"] = { "f:labels": {} };
    fields = {
      main: new Map([[version.apiVersion, status]]),
      status: new Map([[version.apiVersion, decodeFieldsV1(asPatch(others as JsonObject))]]),
    };
    resetByVersion.set(version, fields);
  }
  if (subresource === "status") return fields.status;
  return subresource === "" ? fields.main : noFields;
}

/** The object with the old managed fields where nothing but their times differs, so that a no-op stays one. */
export function withoutNewTimes(object: KubeObject, old: KubeObject): KubeObject {
  const now = object.metadata.managedFields ?? [];
  const before = old.metadata.managedFields ?? [];
  if (now.length !== before.length || !now.every((entry, index) => equalEntry(entry, before[index]))) return object;
  const kept: KubeObject = { ...object, metadata: { ...object.metadata } };
  if (before.length > 0) kept.metadata.managedFields = [...before];
  return equalJson(kept, old) ? kept : object;
}

function equalEntry(entry: JsonObject, other: JsonObject | undefined): boolean {
  return other !== undefined && equalJson({ ...entry, time: "" }, { ...other, time: "" });
}

/**
 * The patch engine's JSON has no `undefined` members. Ours has the type for them but never holds any where objects
 * are stored: absent members are deleted.
 */
function asPatch(object: JsonObject): PatchObject {
  return object as unknown as PatchObject;
}

function asObject(object: PatchObject): KubeObject {
  return object as unknown as KubeObject;
}
