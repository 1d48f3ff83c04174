import type { JsonObject } from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";

/** An object in one of the versions of its kind. */
export interface VersionedObject {
  readonly object: JsonObject;
  readonly apiVersion: string;
  readonly schema: TypeSchema;
}

/**
 * Converts an object to another version of its kind. `undefined` where that version does not exist (any more): the
 * managers that wrote in it are forgotten.
 */
export type VersionConverter = (
  object: JsonObject,
  apiVersion: string,
) => { readonly object: JsonObject; readonly schema: TypeSchema } | undefined;

/** Brings an object to a version; the object itself when it is in it already. */
export type ToVersion = (object: VersionedObject, apiVersion: string) => VersionedObject | undefined;

export function toVersionWith(convert: VersionConverter | undefined): ToVersion {
  return (object, apiVersion) => {
    if (object.apiVersion === apiVersion) return object;
    const converted = convert?.(object.object, apiVersion);
    return converted === undefined ? undefined : { ...converted, apiVersion };
  };
}
