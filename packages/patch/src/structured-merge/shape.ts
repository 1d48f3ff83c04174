import { isScalar, type JsonValue } from "../json/json.ts";
import type { TypeSchema } from "../schema/type-schema.ts";

/** The form under which a value of a type is handled. */
export type Shape = "map" | "scalar" | "list";

/**
 * Picks the form that fits the value. `undefined` where none does: the value is null or absent, or it does not belong
 * here; {@link defaultShape} then decides.
 */
export function shapeOf(type: TypeSchema, value: JsonValue | undefined): Shape | undefined {
  if (value === undefined || value === null) return undefined;
  if (isScalar(value)) return type.scalar === undefined ? undefined : "scalar";
  if (Array.isArray(value)) return type.list === undefined ? undefined : "list";
  return type.map === undefined ? undefined : "map";
}

/** The first form that a type has. */
export function defaultShape(type: TypeSchema): Shape {
  if (type.map !== undefined) return "map";
  return type.scalar === undefined ? "list" : "scalar";
}

/**
 * The forms under which two versions of a value must be handled, in order: one, unless the value changed its form.
 * Absence adapts to whatever the other side is.
 */
export function shapesOf(
  type: TypeSchema,
  left: JsonValue | undefined,
  right: JsonValue | undefined,
): readonly Shape[] {
  const only = onlyShape(type);
  if (only !== undefined) return only;
  const l = shapeOf(type, left);
  const r = shapeOf(type, right);
  if (right === undefined) return [l ?? defaultShape(type)];
  if (left === undefined || l === r) return [r ?? defaultShape(type)];
  return [l ?? defaultShape(type), r ?? defaultShape(type)];
}

const single: { readonly [shape in Shape]: readonly Shape[] } = { map: ["map"], scalar: ["scalar"], list: ["list"] };

function onlyShape({ map, scalar, list }: TypeSchema): readonly Shape[] | undefined {
  if (map !== undefined) return scalar === undefined && list === undefined ? single.map : undefined;
  if (scalar !== undefined) return list === undefined ? single.scalar : undefined;
  return single.list;
}
