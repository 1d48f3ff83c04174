import { isObject, type Json, type JsonObject } from "../json/json.ts";
import type { StructuralSchema } from "./structural-schema.ts";

const envelope = new Set(["apiVersion", "kind", "metadata"]);

/** Drops the fields that a schema does not know. Returns their paths: `spec.foo`, `spec.list[0].bar`. */
export function pruneUnknown(object: JsonObject, schema: StructuralSchema): string[] {
  const dropped: string[] = [];
  pruneObject(object, schema, "", { isResource: true, dropped });
  return dropped;
}

interface PruneContext {
  /** Whether the object has a kind and metadata of its own. */
  readonly isResource: boolean;
  readonly dropped: string[];
}

function prune(value: Json, schema: StructuralSchema, path: string, dropped: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) prune(item, items, `${path}[${index}]`, dropped);
  } else if (isObject(value)) {
    pruneObject(value, schema, path, { isResource: schema.embeddedResource, dropped });
  }
}

function pruneObject(
  object: JsonObject,
  schema: StructuralSchema,
  path: string,
  { isResource, dropped }: PruneContext,
): void {
  for (const key of Object.keys(object)) {
    if (isResource && envelope.has(key)) continue;
    const property = schema.properties.get(key) ?? schema.additional;
    const place = path === "" ? key : `${path}.${key}`;
    if (property !== undefined) prune(object[key] ?? null, property, place, dropped);
    else if (!schema.preserveUnknownFields) {
      delete object[key];
      dropped.push(place);
    }
  }
}
