import { formatPath, indexElement, fieldElement, type PathElement } from "../field-path/path-element.ts";
import { formatSyntax, formatValue, typeName } from "../json/go-text.ts";
import { isArray, isObject, isScalar, type JsonObject, type JsonValue } from "../json/json.ts";
import { entryType, type ListSchema, type MapSchema, type ScalarType, type TypeSchema } from "../schema/type-schema.ts";
import { itemElement } from "./list-items.ts";
import { defaultShape, shapeOf } from "./shape.ts";

/** A value that does not fit its type. */
export interface Misfit {
  /** `.spec.replicas`; empty for the object itself. */
  readonly path: string;
  readonly message: string;
}

/** How {@link validate} treats what was stored before, as opposed to what comes from outside. */
export interface ValidateOptions {
  /** Accept several items with the same key in an associative list. */
  readonly allowDuplicates: boolean;
}

/** Finds everything in a value that its type does not allow. */
export function validate(value: JsonValue, type: TypeSchema, options: ValidateOptions): Misfit[] {
  const misfits: Misfit[] = [];
  visit(value, type, { ...options, misfits, path: [] });
  return misfits;
}

/** The misfits as one text, as a real server words it. */
export function formatMisfits(misfits: readonly Misfit[]): string {
  const lines = misfits.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return lines.length === 1 ? lines.join("") : ["errors:", ...lines.map((line) => `  ${line}`)].join("\n");
}

interface Walk extends ValidateOptions {
  readonly misfits: Misfit[];
  readonly path: PathElement[];
}

function visit(value: JsonValue, type: TypeSchema, walk: Walk): void {
  if (value === null) return;
  switch (shapeOf(type, value) ?? defaultShape(type)) {
    case "map":
      if (type.map !== undefined) visitMap(value, type.map, walk);
      return;
    case "list":
      if (type.list !== undefined) visitList(value, type.list, walk);
      return;
    case "scalar": {
      const message = type.scalar === undefined ? undefined : scalarProblem(value, type.scalar);
      if (message !== undefined) report(walk, message);
    }
  }
}

function report(walk: Walk, message: string, ...below: readonly PathElement[]): void {
  walk.misfits.push({ path: formatPath([...walk.path, ...below]), message });
}

function visitMap(value: JsonValue, map: MapSchema, walk: Walk): void {
  if (!isObject(value)) return report(walk, `expected map, got ${boxed(value)}`);
  for (const key of Object.keys(value)) {
    const type = entryType(map, key);
    // A real server stops at the first unknown field, too.
    if (type === undefined) return report(walk, "field not declared in schema", fieldElement(key));
    visitEntry(value, key, type, walk);
  }
}

function visitEntry(object: JsonObject, key: string, type: TypeSchema, walk: Walk): void {
  const value = object[key];
  if (value === undefined) return;
  if (isScalar(value) && type.scalar !== undefined && scalarProblem(value, type.scalar) === undefined) return;
  walk.path.push(fieldElement(key));
  visit(value, type, walk);
  walk.path.pop();
}

function visitList(value: JsonValue, list: ListSchema, walk: Walk): void {
  if (!isArray(value)) return report(walk, `expected list, got ${boxed(value)}`);
  const seen = new Set<PathElement>();
  for (const [index, item] of value.entries()) {
    const element = list.relationship === "associative" ? itemElement(list, item) : indexElement(index);
    // Without an address nothing below can be reported.
    if (typeof element !== "string") return report(walk, `element ${index}: ${element.problem}`);
    if (list.relationship === "associative") {
      if (seen.has(element) && !walk.allowDuplicates) {
        report(walk, `duplicate entries for key ${formatPath([element])}`);
      }
      seen.add(element);
    }
    walk.path.push(element);
    visit(item, list.element, walk);
    walk.path.pop();
  }
}

/** Why a value is not of a scalar type; `undefined` if it is. */
export function scalarProblem(value: JsonValue | undefined, scalar: ScalarType): string | undefined {
  if (value === undefined || value === null) return undefined;
  switch (scalar) {
    case "numeric":
      if (typeof value === "number" || typeof value === "bigint") return undefined;
      return `expected numeric (int or float), got ${typeName(value)}`;
    case "string":
      return typeof value === "string"
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${formatSyntax(value)}}`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `expected boolean, got ${boxed(value)}`;
    case "untyped":
      return isScalar(value) ? undefined : `expected any scalar, got ${boxed(value)}`;
  }
}

/** Go prints the struct around the value as well. */
function boxed(value: JsonValue): string {
  return `&{${formatValue(value)}}`;
}
