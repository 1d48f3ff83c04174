import { isJsonObject, type Json, jsonField, jsonText } from "../json.ts";

/** Names a definition: by its index in the built-in table, or by name in a document that the user gave. */
export type ShapeReference = Shape | number | string;

/** What merging needs to know of one schema object; short names because the built-in table holds thousands. */
export interface Shape {
  /** Properties whose schema says something. */
  readonly p?: { readonly [field: string]: ShapeReference };
  /** Names of the other properties, separated by spaces. */
  readonly l?: string;
  /** Elements of a list. */
  readonly i?: ShapeReference;
  /** Values of a map. */
  readonly a?: ShapeReference;
  /** Patch strategy. */
  readonly s?: string;
  /** Patch merge key. */
  readonly k?: string;
  /** List map keys, stronger than the merge key. */
  readonly m?: readonly string[];
}

/** The facts of an OpenAPI document. Kinds are keyed `apiVersion kind`. */
export interface SchemaDocument {
  readonly definitions: ReadonlyMap<string, Shape>;
  readonly kinds: ReadonlyMap<string, Shape>;
  readonly namespaced: ReadonlyMap<string, boolean>;
}

const definitionPrefix = "#/definitions/";
const kindExtension = "x-kubernetes-group-version-kind";

/** Reads an OpenAPI v2 document; what it does not understand, it leaves out. */
export function readShape(document: Json): SchemaDocument {
  const definitions = new Map<string, Shape>();
  const kinds = new Map<string, Shape>();
  const named = jsonField(document, "definitions");
  if (isJsonObject(named)) {
    for (const [name, definition] of Object.entries(named)) {
      const shape = toShape(definition);
      definitions.set(name, typeof shape === "object" ? shape : { a: shape });
      const gvks = jsonField(definition, kindExtension);
      if (!Array.isArray(gvks)) continue;
      for (const gvk of gvks) {
        const key = kindKey(gvk);
        if (key !== undefined && typeof shape === "object") kinds.set(key, shape);
      }
    }
  }
  return { definitions, kinds, namespaced: readScopes(jsonField(document, "paths")) };
}

function readScopes(paths: Json | undefined): Map<string, boolean> {
  const namespaced = new Map<string, boolean>();
  if (!isJsonObject(paths)) return namespaced;
  for (const [path, operations] of Object.entries(paths)) {
    const gvk = jsonField(jsonField(operations, "get"), kindExtension);
    const key = gvk === undefined ? undefined : kindKey(gvk);
    if (key === undefined) continue;
    if (path.includes("namespaces/{namespace}")) namespaced.set(key, true);
    else if (!namespaced.has(key)) namespaced.set(key, false);
  }
  return namespaced;
}

function kindKey(gvk: Json): string | undefined {
  const version = jsonText(jsonField(gvk, "version"));
  const kind = jsonText(jsonField(gvk, "kind"));
  if (version === undefined || kind === undefined) return undefined;
  const group = jsonText(jsonField(gvk, "group")) ?? "";
  return `${group === "" ? version : `${group}/${version}`} ${kind}`;
}

function toShape(schema: Json | undefined): ShapeReference {
  const reference = jsonText(jsonField(schema, "$ref"));
  if (reference !== undefined && reference !== "") {
    return reference.startsWith(definitionPrefix) ? reference.slice(definitionPrefix.length) : reference;
  }
  const properties = jsonField(schema, "properties");
  const items = jsonField(schema, "items");
  const additional = jsonField(schema, "additionalProperties");
  const strategy = jsonText(jsonField(schema, "x-kubernetes-patch-strategy"));
  const mergeKey = jsonText(jsonField(schema, "x-kubernetes-patch-merge-key"));
  const mapKeys = jsonField(schema, "x-kubernetes-list-map-keys");
  return {
    ...(isJsonObject(properties) && {
      p: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, toShape(each)])),
    }),
    ...(jsonText(jsonField(schema, "type")) === "array" && isJsonObject(items) && { i: toShape(items) }),
    ...(isJsonObject(additional) && { a: toShape(additional) }),
    ...(strategy !== undefined && { s: strategy }),
    ...(mergeKey !== undefined && { k: mergeKey }),
    ...(Array.isArray(mapKeys) && { m: mapKeys.filter((key) => typeof key === "string") }),
  };
}
