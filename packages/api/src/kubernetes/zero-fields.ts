import type { GroupVersionKind } from "../meta/group-version-kind.ts";
import type { JsonValue } from "../meta/object.ts";
import { findKubernetesType, kubernetesDefinitions, type KubernetesSchema } from "./definitions.ts";

type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Adds to an object of a built-in kind what a real server's objects have because they are Go structs: members that
 * are structs themselves are there even when empty (`status: {}`, `strategy: {}`, a container's `resources: {}`), and
 * required members have their zero value. Objects of other kinds are returned as they are.
 */
export function withZeroFields<T extends JsonObject>(gvk: GroupVersionKind, object: T): T {
  const type = findKubernetesType(gvk);
  // The fields that are added are those of the type: what T promises stays true.
  return type === undefined ? object : (fill(object, type.schema) as T);
}

/** What an object of a built-in kind is before anything is set; of other kinds nothing but its type. */
export function zeroObject(gvk: GroupVersionKind): JsonObject {
  const apiVersion = gvk.group === "" ? gvk.version : `${gvk.group}/${gvk.version}`;
  return withZeroFields(gvk, { apiVersion, kind: gvk.kind });
}

function fill(value: JsonValue, schema: KubernetesSchema): JsonValue {
  if (value === null || typeof value !== "object") return value;
  if (schema.$ref !== undefined) return fill(value, kubernetesDefinitions[schema.$ref] ?? {});
  const { items, properties, additionalProperties: entries } = schema;
  if (isArray(value)) return items === undefined ? value : value.map((item) => fill(item, items));
  if (properties !== undefined) return fillStruct(value, properties, schema.required ?? []);
  if (entries === undefined) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, entries)]));
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function fillStruct(
  value: JsonObject,
  properties: { readonly [field: string]: KubernetesSchema },
  required: readonly string[],
): JsonObject {
  const filled = Object.entries(value).map(([key, item]): [string, JsonValue] => {
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [key, schema === undefined ? item : fill(item, schema)];
  });
  const added = Object.entries(properties).flatMap(([key, schema]): [string, JsonValue][] => {
    const zero = Object.hasOwn(value, key) ? undefined : zeroOf(schema, required.includes(key));
    return zero === undefined ? [] : [[key, zero]];
  });
  return Object.fromEntries([...filled, ...added]);
}

/** What an unset member looks like; `undefined` if it is left out. */
function zeroOf(schema: KubernetesSchema, isRequired: boolean): JsonValue | undefined {
  const isStruct = schema.$ref !== undefined && isEmptyObject(schema.default);
  if (isStruct) return zeroOfType(schema.$ref ?? "", isRequired);
  if (!isRequired) return undefined;
  // Pointers, lists and maps have no default; scalars have their zero value as default.
  return schema.default ?? null;
}

function zeroOfType(name: string, isRequired: boolean): JsonValue | undefined {
  const type = kubernetesDefinitions[name] ?? {};
  if (type.properties !== undefined) return fillStruct({}, type.properties, type.required ?? []);
  if (type.format === "date-time") return isRequired ? null : undefined;
  if (name.endsWith(".api.resource.Quantity")) return "0";
  if (type.format === "int-or-string") return 0;
  return name.endsWith(".runtime.RawExtension") || type.type === undefined ? null : {};
}

function isEmptyObject(value: JsonValue | undefined): boolean {
  return typeof value === "object" && value !== null && !isArray(value) && Object.keys(value).length === 0;
}
