import type { TypeSchema } from "@sluice/patch";
import type { Json } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** What decoding found besides the object. */
export interface DecodeFindings {
  /** `unknown field "spec.replcas"`, `duplicate field "spec"`: refused, warned about or dropped as the request wants. */
  readonly strict: string[];
  /** Whether nulls that the type does not allow are left for validation to refuse; otherwise they count as absent. */
  readonly keepsNulls?: boolean;
}

/** The type of a resource version's objects. */
export interface ObjectSchema {
  /** What merging and managed fields go by; `undefined` only where nothing is known about the type. */
  readonly type: TypeSchema | undefined;
  /**
   * Brings an object of the request into the form in which Go's decoder would have seen it: unknown fields and nulls
   * dropped, types checked. Changes the given object. Throws a 400 for a value that its field cannot hold.
   */
  decode(object: KubeObject, findings: DecodeFindings): void;
  /** The object as Go would write it: what is empty left out or filled in. Absent where objects are written as they are. */
  encode?(object: KubeObject): KubeObject;
  /**
   * The object that a client has before it sets anything: Go's zero value. What it holds already is nobody's when an
   * object is created.
   */
  readonly zero?: KubeObject;
  /** The OpenAPI v3 schema of the kind, for `/openapi/v3`. */
  readonly openapi?: Json;
}
