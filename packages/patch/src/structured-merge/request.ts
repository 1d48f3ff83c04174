import { getOwn, getText, isObject, type JsonObject } from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import type { ManagerIdentity } from "./managed-fields.ts";
import type { FieldsByVersion } from "./ownership.ts";
import type { VersionConverter } from "./versions.ts";

/** What every request that changes an object's managers says. */
export interface ManagerRequest {
  /** The field manager; an empty one is called `unknown`. */
  readonly manager: string;
  /** The type of the object in `apiVersion`. */
  readonly schema: TypeSchema;
  /** The version of the request, in which all objects are given. */
  readonly apiVersion: string;
  /** `status`, `scale`; absent for the object itself. */
  readonly subresource?: string;
  /** RFC 3339, in seconds. */
  readonly now: string;
  /**
   * What an object of this kind is before anybody sets a field: built-in kinds start with empty structs, which nobody
   * gets for setting something inside. Nothing but its type by default.
   */
  readonly empty?: JsonObject;
  /** For kinds with several versions. Without it, managers of other versions are forgotten. */
  readonly convert?: VersionConverter;
  /** Fields, by version, that this request cannot write, so that its manager never gets them. */
  readonly resetFields?: FieldsByVersion;
}

/** What the object of a request starts from. */
export function emptyObject({ apiVersion, empty }: ManagerRequest, like: JsonObject): JsonObject {
  return empty ?? { apiVersion, kind: getOwn(like, "kind") ?? "" };
}

export function identityOf(request: ManagerRequest, operation: "Apply" | "Update"): ManagerIdentity {
  return {
    manager: request.manager === "" ? "unknown" : request.manager,
    operation,
    apiVersion: request.apiVersion,
    subresource: request.subresource === "" ? undefined : request.subresource,
  };
}

/** `apps/v1, Kind=Deployment`; the core group shows as `/v1`. */
export function formatKind(object: JsonObject): string {
  const apiVersion = getText(object, "apiVersion");
  const kind = getText(object, "kind");
  return `${apiVersion.includes("/") ? "" : "/"}${apiVersion}, Kind=${kind}`;
}

/** `namespace/name; apps/v1, Kind=Deployment`. */
export function describeObject(object: JsonObject): string {
  const metadata = getOwn(object, "metadata");
  const own = isObject(metadata) ? metadata : {};
  return `${getText(own, "namespace")}/${getText(own, "name")}; ${formatKind(object)}`;
}
