import { PatchError } from "../errors.ts";
import type { JsonValue } from "../json/json.ts";
import {
  deduced,
  untypedAtomic,
  type FieldSchema,
  type ListSchema,
  type MapSchema,
  type ScalarType,
  type TypeSchema,
} from "./type-schema.ts";

/**
 * The keywords of an OpenAPI v3 schema that decide how values merge; others are ignored. `$ref` may be a bare
 * definition name or a reference that ends in one.
 */
export interface OpenApiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly default?: JsonValue;
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly properties?: { readonly [field: string]: OpenApiSchema };
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly items?: OpenApiSchema;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
}

/** Definitions by name. */
export interface OpenApiDefinitions {
  readonly [name: string]: OpenApiSchema;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const objectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Two types of Kubernetes encode themselves; their definitions do not say how they merge. */
const wellKnown: ReadonlyMap<string, TypeSchema> = new Map<string, TypeSchema>([
  ["io.k8s.apimachinery.pkg.api.resource.Quantity", { scalar: "untyped" }],
  ["io.k8s.apimachinery.pkg.runtime.RawExtension", untypedAtomic],
]);

const built = new WeakMap<OpenApiDefinitions, Map<string, TypeSchema>>();

/**
 * The type of a definition. Types are built once per `definitions` object, and only as far as they are reachable.
 * Throws `InvalidSchema` for a name that does not exist and for a contradiction in a schema.
 */
export function typeSchemaFromDefinitions(definitions: OpenApiDefinitions, name: string): TypeSchema {
  let types = built.get(definitions);
  if (types === undefined) built.set(definitions, (types = new Map(wellKnown)));
  return new Converter(definitions, types).named(name);
}

/** What {@link typeSchemaFromCustomResource} needs to know besides the schema. */
export interface CustomResourceOptions {
  /** Where the type of `metadata` comes from. */
  readonly definitions: OpenApiDefinitions;
  /** The old `spec.preserveUnknownFields: true`. */
  readonly preserveUnknownFields?: boolean;
}

/**
 * The type of a custom resource from the structural schema of one of its versions. `apiVersion`, `kind` and
 * `metadata` are added, as they are for embedded resources. Without a schema it is {@link deduced}.
 */
export function typeSchemaFromCustomResource(
  schema: OpenApiSchema | undefined,
  { definitions, preserveUnknownFields = false }: CustomResourceOptions,
): TypeSchema {
  if (schema === undefined || preserveUnknownFields) return deduced;
  let types = built.get(definitions);
  if (types === undefined) built.set(definitions, (types = new Map(wellKnown)));
  return new Converter(definitions, types).convert({ ...schema, "x-kubernetes-embedded-resource": true }, false);
}

class Converter {
  readonly #definitions: OpenApiDefinitions;
  readonly #types: Map<string, TypeSchema>;

  constructor(definitions: OpenApiDefinitions, types: Map<string, TypeSchema>) {
    this.#definitions = definitions;
    this.#types = types;
  }

  named(name: string): TypeSchema {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const schema = Object.hasOwn(this.#definitions, name) ? this.#definitions[name] : undefined;
    if (schema === undefined) throw new PatchError("InvalidSchema", `no definition named ${name}`);
    const type: Mutable<TypeSchema> = {};
    // Registered before it is complete: it may refer to itself.
    this.#types.set(name, type);
    Object.assign(type, this.convert(schema, false));
    return type;
  }

  convert(schema: OpenApiSchema, inheritsUnknown: boolean): TypeSchema {
    const keepsUnknown = inheritsUnknown || schema["x-kubernetes-preserve-unknown-fields"] === true;
    switch (schema.type) {
      case undefined:
      case "":
        return { scalar: "untyped", list: this.#list(schema, keepsUnknown), map: this.#map(schema, keepsUnknown) };
      case "object":
        return { map: this.#map(schema, keepsUnknown) };
      case "array":
        return { list: this.#list(schema, keepsUnknown) };
      default:
        return { scalar: scalarType(schema) };
    }
  }

  #reference(schema: OpenApiSchema, keepsUnknown: boolean): TypeSchema {
    const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
    if (ref === undefined) return this.convert(schema, keepsUnknown);
    const type = this.named(ref.slice(ref.lastIndexOf("/") + 1));
    const relationship = mapRelationship(schema);
    return relationship === undefined ? type : overrideRelationship(type, relationship);
  }

  #map(schema: OpenApiSchema, keepsUnknown: boolean): MapSchema {
    const fields = new Map<string, FieldSchema>();
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      fields.set(name, this.#field(field, keepsUnknown));
    }
    if (schema["x-kubernetes-embedded-resource"] === true) this.#addObjectFields(fields);
    return {
      relationship: mapRelationship(schema) ?? "granular",
      fields,
      element: this.#entries(schema, fields.size === 0, keepsUnknown),
    };
  }

  #addObjectFields(fields: Map<string, FieldSchema>): void {
    for (const name of ["apiVersion", "kind"]) {
      if (!fields.has(name)) fields.set(name, { type: { scalar: "string" } });
    }
    fields.set("metadata", { type: this.named(objectMetaName) });
  }

  #field(schema: OpenApiSchema, keepsUnknown: boolean): FieldSchema {
    const field: Mutable<FieldSchema> = { type: this.#reference(schema, keepsUnknown) };
    if (schema.default !== undefined) field.default = schema.default;
    const strategies = schema["x-kubernetes-patch-strategy"];
    if (strategies !== undefined) field.patchStrategies = strategies.split(",");
    const mergeKey = schema["x-kubernetes-patch-merge-key"];
    if (mergeKey !== undefined) field.patchMergeKey = mergeKey;
    return field;
  }

  /** An object without any properties is free-form. */
  #entries(schema: OpenApiSchema, hasNoFields: boolean, keepsUnknown: boolean): TypeSchema | undefined {
    const entries = schema.additionalProperties;
    if (entries === undefined) return keepsUnknown || hasNoFields ? deduced : undefined;
    if (typeof entries === "boolean") return entries ? deduced : undefined;
    return this.#reference(entries, keepsUnknown);
  }

  #list(schema: OpenApiSchema, keepsUnknown: boolean): ListSchema {
    const element = schema.items === undefined ? untypedAtomic : this.#reference(schema.items, keepsUnknown);
    return { ...listRelationship(schema), element };
  }
}

function scalarType(schema: OpenApiSchema): ScalarType {
  switch (schema.type) {
    case "integer":
    case "number":
      return "numeric";
    case "boolean":
      return "boolean";
    case "string":
      return schema.format === undefined || schema.format === "" || schema.format === "byte" ? "string" : "untyped";
    default:
      throw new PatchError("InvalidSchema", `unrecognized type: '${schema.type ?? ""}'`);
  }
}

function mapRelationship(schema: OpenApiSchema): MapSchema["relationship"] | undefined {
  const type = schema["x-kubernetes-map-type"];
  if (type === undefined || type === "atomic" || type === "granular") return type;
  throw new PatchError("InvalidSchema", `unknown map type ${type}`);
}

function listRelationship(schema: OpenApiSchema): Pick<ListSchema, "relationship" | "keys"> {
  const type = schema["x-kubernetes-list-type"];
  switch (type) {
    case "atomic":
      return { relationship: "atomic", keys: [] };
    case "set":
      return { relationship: "associative", keys: [] };
    case "map": {
      const keys = schema["x-kubernetes-list-map-keys"];
      if (keys === undefined) throw new PatchError("InvalidSchema", "missing map keys");
      return { relationship: "associative", keys };
    }
    case undefined:
      return relationshipByStrategy(schema);
    default:
      throw new PatchError("InvalidSchema", `unknown list type ${type}`);
  }
}

/** Types older than list types say with their patch strategy how their lists merge. */
function relationshipByStrategy(schema: OpenApiSchema): Pick<ListSchema, "relationship" | "keys"> {
  const strategies = schema["x-kubernetes-patch-strategy"]?.split(",") ?? [];
  if (!strategies.includes("merge")) return { relationship: "atomic", keys: [] };
  const key = schema["x-kubernetes-patch-merge-key"];
  return { relationship: "associative", keys: key === undefined ? [] : [key] };
}

/** The reference decides about the map it refers to; a getter because that type may not be complete yet. */
function overrideRelationship(type: TypeSchema, relationship: MapSchema["relationship"]): TypeSchema {
  let overridden: MapSchema | undefined;
  return {
    get map(): MapSchema {
      if (type.map === undefined) throw new PatchError("InvalidSchema", "a map type on a field that is not a map");
      return (overridden ??= { ...type.map, relationship });
    },
  };
}
