import type { GroupVersionKind } from "../meta/group-version-kind.ts";
import type { JsonValue } from "../meta/object.ts";
import { findKubernetesType, kubernetesDefinitions, type KubernetesSchema } from "./definitions.ts";
import structs from "./generated/structs.json" with { type: "json" };

type JsonObject = { readonly [key: string]: JsonValue };

/** Writes a value as Go would. `undefined` stands for a member that is not there. */
type Encode = (value: JsonValue) => JsonValue;

/**
 * An object of a built-in kind as a real server writes it, because its objects are Go structs: members that are structs
 * are there even when empty (`status: {}`, a container's `resources: {}`), required ones have their zero value, and
 * optional ones that are empty are left out unless Go tells empty from absent. Objects of other kinds are returned as
 * they are.
 */
export function toGoForm<T extends JsonObject>(gvk: GroupVersionKind, object: T): T {
  const type = findKubernetesType(gvk);
  // What is added and dropped are fields of the type: what T promises of them stays true.
  return type === undefined ? object : (encoderOf(type.name)(object) as T);
}

/** What an object of a built-in kind is before anything is set; of other kinds nothing but its type. */
export function zeroObject(gvk: GroupVersionKind): JsonObject {
  const apiVersion = gvk.group === "" ? gvk.version : `${gvk.group}/${gvk.version}`;
  return toGoForm(gvk, { apiVersion, kind: gvk.kind });
}

const structFields: { readonly [definition: string]: string | undefined } = structs;
const encoders = new Map<string, Encode>();

function encoderOf(definition: string): Encode {
  const known = encoders.get(definition);
  if (known !== undefined) return known;
  let made: Encode | undefined;
  // Registered before it is made: types may refer to themselves.
  const lazy: Encode = (value) => (made ??= makeEncoder(kubernetesDefinitions[definition] ?? {}, definition))(value);
  encoders.set(definition, lazy);
  return lazy;
}

const same: Encode = (value) => value;

function makeEncoder(schema: KubernetesSchema, definition?: string): Encode {
  if (schema.$ref !== undefined) return encoderOf(schema.$ref);
  const { items, properties, additionalProperties } = schema;
  if (properties !== undefined) return structEncoder(properties, structFields[definition ?? ""] ?? "");
  if (items !== undefined) {
    const encode = makeEncoder(items);
    return encode === same ? same : (value) => (isArray(value) ? value.map(encode) : value);
  }
  if (additionalProperties !== undefined) {
    const encode = makeEncoder(additionalProperties);
    if (encode === same) return same;
    return (value) =>
      isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)])) : value;
  }
  return same;
}

interface Field {
  readonly name: string;
  readonly encode: Encode;
  /** What stands for a member that is absent or empty; `undefined`: nothing does. */
  zero(): JsonValue | undefined;
  /** Whether the member may be dropped when it is empty. */
  readonly dropsEmpty: boolean;
  /** Whether an empty list or map becomes `null`: storage does not tell them apart. */
  readonly nullsEmpty: boolean;
}

function structEncoder(properties: { readonly [field: string]: KubernetesSchema }, line: string): Encode {
  const fields = line
    .split(" ")
    .map((entry) => readField(entry, properties))
    .filter((field) => field !== undefined);
  return (value) => {
    if (!isObject(value)) return value;
    const result: { [key: string]: JsonValue } = {};
    let seen = 0;
    for (const field of fields) {
      const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
      if (given !== undefined) seen++;
      const encoded = encodeField(field, given);
      if (encoded !== undefined) result[field.name] = encoded;
    }
    if (seen === Object.keys(value).length) return result;
    // Members of no field are the caller's concern, not ours.
    const known = new Set(fields.map(({ name }) => name));
    for (const [key, item] of Object.entries(value)) if (!known.has(key)) result[key] = item;
    return result;
  };
}

function encodeField(field: Field, given: JsonValue | undefined): JsonValue | undefined {
  if (given === undefined || given === null) return field.zero();
  if (field.nullsEmpty && isEmpty(given)) return null;
  const encoded = field.encode(given);
  return field.dropsEmpty && isEmpty(encoded) ? undefined : encoded;
}

function readField(entry: string, properties: { readonly [field: string]: KubernetesSchema }): Field | undefined {
  const mark = /[*!?]$/.exec(entry)?.[0] ?? "";
  const name = mark === "" ? entry : entry.slice(0, -1);
  const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (schema === undefined) return undefined;
  let zero: JsonValue | undefined;
  return {
    name,
    encode: makeEncoder(schema),
    zero: () => (mark === "!" ? (zero ??= zeroOf(schema)) : mark === "?" ? null : undefined),
    dropsEmpty: mark === "",
    nullsEmpty: mark === "?",
  };
}

function zeroOf(schema: KubernetesSchema): JsonValue {
  const name = schema.$ref ?? "";
  const type = schema.$ref === undefined ? schema : (kubernetesDefinitions[name] ?? {});
  if (type.properties !== undefined) return encoderOf(name)({});
  if (type.format === "date-time" || name.endsWith(".runtime.RawExtension")) return null;
  if (name.endsWith(".api.resource.Quantity")) return "0";
  if (type.format === "int-or-string") return 0;
  return type.type === undefined ? null : zeroByType[type.type];
}

const zeroByType = { string: "", integer: 0, number: 0, boolean: false, object: {}, array: null } as const;

function isEmpty(value: JsonValue): boolean {
  if (value === "" || value === 0 || value === false || value === null) return true;
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
