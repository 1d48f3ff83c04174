import { cloneJson, isObject, type Json } from "../json/json.ts";
import type { StructuralSchema } from "./structural-schema.ts";

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
    if (property !== undefined) applyDefaults(item, property);
  }
}
