import { isObject, objectAt, type Json, type JsonObject } from "../json/json.ts";

/** One level of a structural schema, read once from the definition's JSON. */
export interface StructuralSchema {
  readonly type: string;
  readonly format: string;
  readonly nullable: boolean;
  readonly default: Json | undefined;
  readonly properties: ReadonlyMap<string, StructuralSchema>;
  /** What entries without a property of their own must be; `undefined`: there may be none. */
  readonly additional: StructuralSchema | undefined;
  readonly items: StructuralSchema | undefined;
  readonly preserveUnknownFields: boolean;
  readonly embeddedResource: boolean;
  readonly intOrString: boolean;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
  readonly rules: ValueRules;
  /** Schemas that only check, and never say what a value is: `allOf` and its kind. */
  readonly allOf: readonly StructuralSchema[];
  readonly anyOf: readonly StructuralSchema[];
  readonly oneOf: readonly StructuralSchema[];
  readonly not: StructuralSchema | undefined;
}

/** What a value must satisfy beyond its type. */
export interface ValueRules {
  readonly required: readonly string[];
  readonly enum: readonly Json[] | undefined;
  readonly pattern: RegExp | undefined;
  /** The pattern as written: messages quote it. */
  readonly patternText: string;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly exclusiveMinimum: boolean;
  readonly exclusiveMaximum: boolean;
  readonly multipleOf: number | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minItems: number | undefined;
  readonly maxItems: number | undefined;
  readonly uniqueItems: boolean;
  readonly minProperties: number | undefined;
  readonly maxProperties: number | undefined;
}

/** Reads a schema. Patterns that JavaScript cannot read (RE2 syntax of its own) are not checked. */
export function readSchema(schema: JsonObject): StructuralSchema {
  const properties = new Map<string, StructuralSchema>();
  for (const [name, property] of Object.entries(objectAt(schema, "properties") ?? {})) {
    if (isObject(property)) properties.set(name, readSchema(property));
  }
  return {
    type: text(schema["type"]),
    format: text(schema["format"]),
    nullable: schema["nullable"] === true,
    default: schema["default"],
    properties,
    additional: readAdditional(schema["additionalProperties"]),
    items: isObject(schema["items"]) ? readSchema(schema["items"]) : undefined,
    preserveUnknownFields: schema["x-kubernetes-preserve-unknown-fields"] === true,
    embeddedResource: schema["x-kubernetes-embedded-resource"] === true,
    intOrString: schema["x-kubernetes-int-or-string"] === true,
    listType: text(schema["x-kubernetes-list-type"]),
    listMapKeys: texts(schema["x-kubernetes-list-map-keys"]),
    rules: readRules(schema),
    allOf: schemas(schema["allOf"]),
    anyOf: schemas(schema["anyOf"]),
    oneOf: schemas(schema["oneOf"]),
    not: isObject(schema["not"]) ? readSchema(schema["not"]) : undefined,
  };
}

function readAdditional(value: Json | undefined): StructuralSchema | undefined {
  if (value === true) return anything;
  return isObject(value) ? readSchema(value) : undefined;
}

function readRules(schema: JsonObject): ValueRules {
  const pattern = text(schema["pattern"]);
  return {
    required: texts(schema["required"]),
    enum: Array.isArray(schema["enum"]) ? schema["enum"] : undefined,
    pattern: pattern === "" ? undefined : compilePattern(pattern),
    patternText: pattern,
    minimum: number(schema["minimum"]),
    maximum: number(schema["maximum"]),
    exclusiveMinimum: schema["exclusiveMinimum"] === true,
    exclusiveMaximum: schema["exclusiveMaximum"] === true,
    multipleOf: number(schema["multipleOf"]),
    minLength: number(schema["minLength"]),
    maxLength: number(schema["maxLength"]),
    minItems: number(schema["minItems"]),
    maxItems: number(schema["maxItems"]),
    uniqueItems: schema["uniqueItems"] === true,
    minProperties: number(schema["minProperties"]),
    maxProperties: number(schema["maxProperties"]),
  };
}

function compilePattern(pattern: string): RegExp | undefined {
  // RE2 puts flags at the beginning; JavaScript takes them apart.
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const source = (flags === null ? pattern : pattern.slice(flags[0].length)).replaceAll("(?P<", "(?<");
  try {
    return new RegExp(source.replaceAll("\\A", "^").replaceAll("\\z", "$"), flags?.[1] ?? "");
  } catch {
    // Better no check than refusing what a real server takes.
    return undefined;
  }
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const number = (value: Json | undefined): number | undefined => (typeof value === "number" ? value : undefined);
const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const schemas = (value: Json | undefined): StructuralSchema[] =>
  Array.isArray(value) ? value.filter(isObject).map(readSchema) : [];

const anything: StructuralSchema = readSchema({ "x-kubernetes-preserve-unknown-fields": true });
