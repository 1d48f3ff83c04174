import { kubernetesDefinitions, StatusError, type KubernetesSchema } from "@sluice/api";
import { badRequest } from "../errors/status-errors.ts";
import { goTypeOf } from "../http/body.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { findMessageFields } from "../protobuf/message-fields.ts";
import type { DecodeFindings } from "../registry/object-schema.ts";
import { canonicalQuantity, quantityMessage } from "./quantity.ts";

/** Where decoding is, for messages. */
interface Place {
  /** Type that the field belongs to, as Go names it: `DeploymentSpec`. */
  readonly struct: string;
  /** `spec.template.spec.containers`, without indices: how Go's decoder names fields. */
  readonly goPath: string;
  /** `spec.template.spec.containers[0]`: how strict errors name them. */
  readonly path: string;
}

/** Brings one value into shape: returns what to keep, `undefined` to drop it. */
type Decode = (value: Json, place: Place, findings: DecodeFindings) => Json | undefined;

const decoders = new Map<string, Decode>();
const definitionPrefixes =
  /^io\.k8s\.(?:api|apimachinery\.pkg\.apis|apimachinery\.pkg\.api|apimachinery\.pkg|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\./;

/**
 * Decodes an object as Go would decode it into its struct: unknown fields are dropped and reported, nulls dropped,
 * types checked, quantities written in their canonical form. Changes the object in place.
 */
export function decodeTyped(
  typeName: string,
  object: JsonObject,
  kind: { kind: string; version: string },
  findings: DecodeFindings,
): void {
  const type = typeName.slice(typeName.lastIndexOf(".") + 1);
  try {
    decoderOf(typeName)(object, { struct: type, goPath: "", path: "" }, findings);
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error;
    throw new MistypedObject(kind, error);
  }
}

/** Decodes `metadata` alone: all that is typed in a custom resource. */
export function decodeMetadata(
  object: JsonObject,
  kind: { kind: string; version: string },
  findings: DecodeFindings,
): void {
  const metadata = object["metadata"];
  try {
    if (isObject(metadata)) {
      decoderOf("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")(
        metadata,
        { struct: "ObjectMeta", goPath: "metadata", path: "metadata" },
        findings,
      );
    }
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error;
    throw new MistypedObject(kind, error);
  }
}

class TypeMismatch extends Error {
  /** What is wrong in the words of the conversion from unstructured objects, which patches and applies go through. */
  readonly conversion: string;

  constructor(message: string, conversion: string = message) {
    super(message);
    this.conversion = conversion;
  }
}

/** An object that does not have the shape of its type: a bad request, unless it is the outcome of something else. */
export class MistypedObject extends StatusError {
  /** What is wrong, without saying in what. */
  readonly problem: string;
  /** The same in the words of the conversion from unstructured objects. */
  readonly conversion: string;

  constructor({ kind, version }: { kind: string; version: string }, { message, conversion }: TypeMismatch) {
    super(badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${message}`).status);
    this.problem = message;
    this.conversion = conversion;
  }
}

/** Go's names for what a value is, as its conversion from unstructured objects prints them. */
function unstructuredTypeOf(value: Json): string {
  if (Array.isArray(value)) return "slice";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : typeof value === "string" ? "string" : "map";
}

function describeConversion(value: Json, goType: string): string {
  const from = unstructuredTypeOf(value);
  if (goType.startsWith("map[")) return `cannot restore map from ${from}`;
  if (goType.startsWith("[]")) return `cannot restore slice from ${from}`;
  if (goType.includes(".")) return `cannot restore struct from: ${from}`;
  return `cannot convert ${from === "slice" ? "[]interface {}" : from === "map" ? "map[string]interface {}" : from} to ${goType}`;
}

function mismatch(value: Json, { struct, goPath }: Place, goType: string): TypeMismatch {
  const into = goPath === "" ? "Go value" : `Go struct field ${struct}.${goPath}`;
  return new TypeMismatch(
    `json: cannot unmarshal ${goTypeOf(value)} into ${into} of type ${goType}`,
    describeConversion(value, goType),
  );
}

function decoderOf(definition: string): Decode {
  const known = decoders.get(definition);
  if (known !== undefined) return known;
  let made: Decode | undefined;
  // Registered before it is made: types may refer to themselves.
  const lazy: Decode = (value, place, findings) => {
    made ??= makeDecoder(kubernetesDefinitions[definition] ?? {}, definition);
    return made(value, place, findings);
  };
  decoders.set(definition, lazy);
  return lazy;
}

function makeDecoder(schema: KubernetesSchema, definition?: string): Decode {
  if (schema.$ref !== undefined) return decoderOf(schema.$ref);
  if (definition?.endsWith(".api.resource.Quantity") === true) return decodeQuantity;
  if (schema.format === "int-or-string") return decodeIntOrString;
  if (schema.properties !== undefined) return structDecoder(schema.properties, definition ?? "");
  if (schema.type === "array") return listDecoder(schema.items ?? {});
  if (schema.additionalProperties !== undefined) return mapDecoder(schema.additionalProperties);
  switch (schema.type) {
    case "string":
      return schema.format === "date-time"
        ? decodeTime
        : scalarDecoder("string", schema.format === "byte" ? "[]uint8" : "string");
    case "integer":
      return integerDecoder(schema.format ?? "int32");
    case "number":
      return scalarDecoder("number", "float64");
    case "boolean":
      return scalarDecoder("boolean", "bool");
    case "object":
    case undefined:
      return (value) => value;
  }
  return (value) => value;
}

/** What Go's JSON does with a field that has no value, or the zero of its type. */
interface ZeroPlan {
  readonly dropped: ReadonlySet<string>;
  /** Makes the value that is written where a field is absent. */
  readonly written: readonly (readonly [string, () => Json])[];
}

const noZeros: ZeroPlan = { dropped: new Set(), written: [] };

function zeroPlanOf(definition: string): ZeroPlan {
  const fields = findMessageFields(definition)?.filter(({ name }) => name !== "-");
  if (fields === undefined) return noZeros;
  return {
    dropped: new Set(fields.filter(({ zero }) => zero === "dropped").map(({ name }) => name)),
    written: fields.filter(({ zero }) => zero === "written").map(({ name, code }) => [name, zeroOf(code)] as const),
  };
}

const scalarZeros: Readonly<Record<string, Json>> = { s: "", i: 0, b: false, d: 0 };
const specialZeros: Readonly<Record<string, Json>> = {
  Time: null,
  MicroTime: null,
  Quantity: "0",
  IntOrString: 0,
  RawExtension: null,
};

function zeroOf(code: string): () => Json {
  if (!code.startsWith("m")) return () => scalarZeros[code] ?? null;
  const definition = code.slice(1);
  const special = specialZeros[definition.slice(definition.lastIndexOf(".") + 1)];
  if (special !== undefined) return () => special;
  const decode = decoderOf(definition);
  return () => decode({}, { struct: "", goPath: "", path: "" }, { strict: [] }) ?? {};
}

function isZero(value: Json): boolean {
  if (typeof value !== "object" || value === null) return value === "" || value === 0 || value === false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

/** The inline parts of a Go struct are structs of their own; their fields are this struct's. */
function inlinePlans(definition: string): ZeroPlan[] {
  const inline = findMessageFields(definition)?.filter(({ name, code }) => name === "-" && code.startsWith("m")) ?? [];
  return [zeroPlanOf(definition), ...inline.flatMap(({ code }) => inlinePlans(code.slice(1)))];
}

function structDecoder(properties: { readonly [field: string]: KubernetesSchema }, definition: string): Decode {
  const fields = new Map(Object.entries(properties).map(([name, schema]) => [name, makeDecoder(schema)]));
  const struct = definition.slice(definition.lastIndexOf(".") + 1);
  const goType = goTypeName(definition);
  const plans = inlinePlans(definition);
  const dropped = new Set(plans.flatMap((plan) => [...plan.dropped]));
  // An empty list of managers is a request to forget them all.
  dropped.delete("managedFields");
  const written = plans.flatMap((plan) => plan.written);
  return (value, place, findings) => {
    if (!isObject(value)) throw mismatch(value, place, goType);
    for (const name of Object.keys(value)) {
      const decode = fields.get(name);
      const path = place.path === "" ? name : `${place.path}.${name}`;
      const item = value[name];
      if (decode === undefined) {
        findings.strict.push(`unknown field "${path}"`);
        delete value[name];
      } else if (item === null || item === undefined) delete value[name];
      else {
        const goPath = place.goPath === "" ? name : `${place.goPath}.${name}`;
        const decoded = decode(item, { struct, goPath, path }, findings);
        if (decoded === undefined || (dropped.has(name) && isZero(decoded))) delete value[name];
        else value[name] = decoded;
      }
    }
    for (const [name, zero] of written) if (value[name] === undefined) value[name] = zero();
    return value;
  };
}

function listDecoder(items: KubernetesSchema): Decode {
  const decode = makeDecoder(items);
  const goType = `[]${goTypeOfSchema(items)}`;
  return (value, place, findings) => {
    if (!Array.isArray(value)) throw mismatch(value, place, goType);
    for (const [index, item] of value.entries()) {
      // A null item is Go's zero value; only for structs is that the same as an empty object.
      const given = item === null && (items.$ref !== undefined || items.properties !== undefined) ? {} : item;
      const decoded = given === null ? null : decode(given, { ...place, path: `${place.path}[${index}]` }, findings);
      value[index] = decoded ?? null;
    }
    return value;
  };
}

function mapDecoder(values: KubernetesSchema): Decode {
  const decode = makeDecoder(values);
  const goType = `map[string]${goTypeOfSchema(values)}`;
  const zero: Json | undefined = values.type === "string" ? "" : undefined;
  return (value, place, findings) => {
    if (!isObject(value)) throw mismatch(value, place, goType);
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item === null || item === undefined) {
        if (zero === undefined) delete value[key];
        else value[key] = zero;
      } else value[key] = decode(item, { ...place, path: `${place.path}.${key}` }, findings);
    }
    return value;
  };
}

function scalarDecoder(type: "string" | "number" | "boolean", goType: string): Decode {
  return (value, place) => {
    if (typeof value !== type) throw mismatch(value, place, goType);
    return value;
  };
}

function integerDecoder(goType: string): Decode {
  return (value, place) => {
    if (typeof value !== "number") throw mismatch(value, place, goType);
    if (Number.isInteger(value) && (goType !== "int32" || Math.abs(value) < 2 ** 31)) return value;
    const into = `Go struct field ${place.struct}.${place.goPath}`;
    throw new TypeMismatch(
      `json: cannot unmarshal number ${value} into ${into} of type ${goType}`,
      describeConversion(value, goType),
    );
  };
}

const decodeTime: Decode = (value, place) => {
  if (typeof value !== "string") throw mismatch(value, place, "string");
  if (Number.isNaN(Date.parse(value))) {
    throw new TypeMismatch(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  return value;
};

const decodeQuantity: Decode = (value, place) => {
  if (typeof value !== "string" && typeof value !== "number") throw mismatch(value, place, "resource.Quantity");
  const canonical = canonicalQuantity(String(value));
  if (canonical === undefined) throw new TypeMismatch(quantityMessage);
  return canonical;
};

const decodeIntOrString: Decode = (value, place) => {
  if (typeof value === "string" || (typeof value === "number" && Number.isInteger(value))) return value;
  // Go tries a number when it is no text.
  if (typeof value === "number") {
    const into = `Go struct field ${place.struct}.${place.goPath}`;
    throw new TypeMismatch(`json: cannot unmarshal number ${value} into ${into} of type int32`);
  }
  throw mismatch(value, place, "int32");
};

/** `io.k8s.api.apps.v1.DeploymentSpec` as Go prints it: `v1.DeploymentSpec`. */
function goTypeName(definition: string): string {
  return definition.replace(definitionPrefixes, "").split(".").slice(-2).join(".");
}

function goTypeOfSchema(schema: KubernetesSchema): string {
  if (schema.$ref !== undefined) return goTypeName(schema.$ref);
  if (schema.type === "array") return `[]${goTypeOfSchema(schema.items ?? {})}`;
  if (schema.additionalProperties !== undefined) return `map[string]${goTypeOfSchema(schema.additionalProperties)}`;
  if (schema.type === "boolean") return "bool";
  if (schema.type === "integer") return schema.format ?? "int";
  return schema.format === "byte" ? "uint8" : (schema.type ?? "interface {}");
}
