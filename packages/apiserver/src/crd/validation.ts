import { FieldErrors } from "../errors/field-errors.ts";
import { equalJson, isObject, type Json, type JsonObject } from "../json/json.ts";
import { hasFormat } from "./formats.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/** Checks a custom resource against its schema. Everything wrong goes into `errors`, in the real server's words. */
export function validateBySchema(object: JsonObject, schema: StructuralSchema, errors: FieldErrors): void {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...content } = object;
  validateValue(content, schema, "", errors);
  validateLists(content, schema, "", errors);
}

/** Checks the status alone. Messages name fields as seen from there. */
export function validateStatusBySchema(object: JsonObject, schema: StructuralSchema, errors: FieldErrors): void {
  const status = schema.properties.get("status");
  const value = object["status"];
  if (status === undefined || value === undefined) return;
  const found = new FieldErrors();
  validateValue(value, status, "", found);
  validateLists(value, status, "", found);
  errors.add(found.list.map((error) => ({ ...error, field: error.field === "" ? "status" : `status.${error.field}` })));
}

function validateValue(value: Json, schema: StructuralSchema, path: string, errors: FieldErrors): void {
  if (value === null && schema.nullable) return;
  const fits = hasType(value, schema, path, errors);
  validateEnum(value, schema, path, errors);
  if (!fits) return;
  if (typeof value === "string") validateText(value, schema, path, errors);
  else if (typeof value === "number") validateNumber(value, schema, path, errors);
  else if (Array.isArray(value)) validateItems(value, schema, path, errors);
  else if (isObject(value)) validateProperties(value, schema, path, errors);
  validateCombinations(value, schema, path, errors);
}

function typeName(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function hasType(value: Json, { type, intOrString }: StructuralSchema, path: string, errors: FieldErrors): boolean {
  const actual = typeName(value);
  if (intOrString) {
    if (actual === "integer" || actual === "string") return true;
    errors.typeInvalid(path, JSON.stringify(actual), `${path} in body must be of type integer,string: "${actual}"`);
    return false;
  }
  if (type === "" || type === actual || (type === "number" && actual === "integer")) return true;
  errors.typeInvalid(path, JSON.stringify(actual), `${path} in body must be of type ${type}: "${actual}"`);
  return false;
}

function validateEnum(value: Json, { rules }: StructuralSchema, path: string, errors: FieldErrors): void {
  if (rules.enum === undefined || rules.enum.some((allowed) => equalJson(allowed, value))) return;
  const names = rules.enum.map((allowed) => (typeof allowed === "string" ? allowed : JSON.stringify(allowed)));
  errors.notSupported(path, value, names);
}

function validateText(value: string, { rules, format }: StructuralSchema, path: string, errors: FieldErrors): void {
  const length = Array.from(value).length;
  if (rules.maxLength !== undefined && length > rules.maxLength) errors.tooLong(path, rules.maxLength);
  if (rules.minLength !== undefined && length < rules.minLength) {
    errors.invalid(path, value, `${path} in body should be at least ${rules.minLength} chars long`);
  }
  if (rules.pattern !== undefined && !rules.pattern.test(value)) {
    errors.invalid(path, value, `${path} in body should match '${rules.patternText}'`);
  }
  if (format !== "" && !hasFormat(value, format)) {
    errors.typeInvalid(
      path,
      JSON.stringify(value),
      `${path} in body must be of type ${format}: ${JSON.stringify(value)}`,
    );
  }
}

function validateNumber(value: number, { rules, format }: StructuralSchema, path: string, errors: FieldErrors): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rules;
  const refuse = (rule: string): void => errors.invalid(path, value, `${path} in body should be ${rule}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    refuse(exclusiveMaximum ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    refuse(exclusiveMinimum ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) refuse(`a multiple of ${multipleOf}`);
  if (format === "int32" && (value > 2 ** 31 - 1 || value < -(2 ** 31))) {
    errors.invalid("<nil>", "", `Checked value must be of type integer with format int32 in ${path}`);
  }
}

function validateItems(value: readonly Json[], schema: StructuralSchema, path: string, errors: FieldErrors): void {
  const { rules, items } = schema;
  if (rules.minItems !== undefined && value.length < rules.minItems) {
    errors.invalid(path, value.length, `${path} in body should have at least ${rules.minItems} items`);
  }
  if (rules.maxItems !== undefined && value.length > rules.maxItems) errors.tooMany(path, value.length, rules.maxItems);
  if (items === undefined) return;
  for (const [index, item] of value.entries()) validateValue(item, items, `${path}[${index}]`, errors);
}

function validateProperties(value: JsonObject, schema: StructuralSchema, path: string, errors: FieldErrors): void {
  const { rules } = schema;
  const keys = Object.keys(value);
  if (rules.minProperties !== undefined && keys.length < rules.minProperties) {
    errors.invalid(path, keys.length, `${path} in body should have at least ${rules.minProperties} properties`);
  }
  if (rules.maxProperties !== undefined && keys.length > rules.maxProperties) {
    errors.tooMany(path, keys.length, rules.maxProperties);
  }
  for (const name of rules.required) {
    const isEnvelope = path === "" && (name === "metadata" || name === "kind" || name === "apiVersion");
    if (value[name] === undefined && !isEnvelope) errors.required(childPath(path, name));
  }
  for (const [name, item] of Object.entries(value)) {
    const property = schema.properties.get(name) ?? schema.additional;
    if (property !== undefined && item !== undefined) validateValue(item, property, childPath(path, name), errors);
  }
}

function childPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function validateCombinations(value: Json, schema: StructuralSchema, path: string, errors: FieldErrors): void {
  const accepts = (candidate: StructuralSchema): boolean => {
    const found = new FieldErrors();
    validateValue(value, candidate, path, found);
    return found.isEmpty;
  };
  const place = `"${path}"`;
  for (const each of schema.allOf) validateValue(value, each, path, errors);
  if (schema.anyOf.length > 0 && !schema.anyOf.some(accepts)) {
    errors.invalid("<nil>", "", `${place} must validate at least one schema (anyOf)`);
  }
  if (schema.oneOf.length > 0) {
    const count = schema.oneOf.filter(accepts).length;
    if (count !== 1) {
      const found = count === 0 ? "Found none valid" : `Found ${count} valid alternatives`;
      errors.invalid("<nil>", "", `${place} must validate one and only one schema (oneOf). ${found}`);
    }
  }
  if (schema.not !== undefined && accepts(schema.not)) {
    errors.invalid("<nil>", "", `${place} must not validate the schema (not)`);
  }
}

/** Checks that the items of sets and keyed lists are different. */
function validateLists(value: Json, schema: StructuralSchema, path: string, errors: FieldErrors): void {
  if (Array.isArray(value)) {
    const { items, listType, listMapKeys } = schema;
    if (listType === "set" || listType === "map") {
      const seen = new Set<string>();
      for (const [index, item] of value.entries()) {
        const identity = listType === "set" ? item : keysOf(item, listMapKeys);
        const text = JSON.stringify(identity);
        if (seen.has(text)) errors.duplicate(`${path}[${index}]`, identity);
        seen.add(text);
      }
    }
    if (items !== undefined)
      for (const [index, item] of value.entries()) validateLists(item, items, `${path}[${index}]`, errors);
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const property = schema.properties.get(name) ?? schema.additional;
      if (property !== undefined && item !== undefined) validateLists(item, property, childPath(path, name), errors);
    }
  }
}

function keysOf(item: Json, keys: readonly string[]): JsonObject {
  const identity: JsonObject = {};
  if (isObject(item)) for (const key of keys) if (item[key] !== undefined) identity[key] = item[key];
  return identity;
}
