import { cloneJson, isObject, type Json } from "../json/json.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/** Whether a schema says what a value is: only then does it refuse null. */
function isTyped({ type, intOrString }: StructuralSchema): boolean {
  return type !== "" || intOrString;
}

/** Fills in defaults everywhere below a value; null counts as absent where a field has a default and is not nullable. */
export function applyDefaults(value: Json | undefined, schema: StructuralSchema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, property] of schema.properties) {
    if (property.default === undefined) continue;
    const present = value[name];
    if (present === undefined || (present === null && !property.nullable)) value[name] = cloneJson(property.default);
  }
  for (const [name, item] of Object.entries(value)) {
    const property = schema.properties.get(name) ?? schema.additional;
    if (property === undefined) continue;
    applyDefaults(item, property);
  }
}

/** Drops nulls that the schema does not allow: they count as absent. */
export function dropNulls(value: Json | undefined, schema: StructuralSchema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) dropNulls(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    const property = schema.properties.get(name) ?? schema.additional;
    if (property === undefined) continue;
    if (item === null && !property.nullable && isTyped(property)) delete value[name];
    else dropNulls(item, property);
  }
}
