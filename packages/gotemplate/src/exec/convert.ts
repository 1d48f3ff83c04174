import {
  GoInt,
  paramNames,
  type ParamType,
  GoObject,
  goTypeOf,
  isMap,
  isSlice,
  nilMap,
  nilSlice,
  typeName,
  type Value,
  withGoType,
} from "../value/value.ts";

/** Whether a type has a nil. */
export function canBeNil(type: ParamType): boolean {
  return type === "any" || type === "value" || type === "map" || type === "list";
}

/** The nil of a type that has one. */
export function nilOf(type: ParamType): Value {
  if (type === "map") return withGoType({}, nilMap);
  if (type === "list") return withGoType([], nilSlice);
  return type === "value" ? undefined : null;
}

/** What does not fit a parameter; the executor adds the place. */
export class Mismatch {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function hasType(value: Value, type: ParamType): boolean {
  switch (type) {
    case "any":
    case "value":
      return true;
    case "string":
      return typeof value === "string";
    case "int":
    case "uint32":
      return value instanceof GoInt && value.kind === type;
    case "int64":
      return typeof value === "bigint";
    case "float64":
      return typeof value === "number";
    case "bool":
      return typeof value === "boolean";
    case "map":
      return isMap(value) && !typeName(value).startsWith("map[string]string");
    case "list":
      return isSlice(value) && (goTypeOf(value)?.name ?? "[]interface {}") === "[]interface {}";
    case "time":
      return value instanceof GoObject && value.typeName === paramNames.time;
    case "certificate":
      return value instanceof GoObject && value.typeName === paramNames.certificate;
  }
}

/** Fits a value to a parameter, or tells why it does not. */
export function convertArgument(value: Value, type: ParamType): Value | Mismatch {
  if (type === "value") return value;
  if (value === undefined) {
    return canBeNil(type) ? nilOf(type) : new Mismatch(`invalid value; expected ${paramNames[type]}`);
  }
  if (hasType(value, type)) return value instanceof GoInt && type !== "any" ? Number(value.value) : value;
  const got = value === null ? "interface {}" : typeName(value);
  return new Mismatch(`wrong type for value; expected ${paramNames[type]}; got ${got}`);
}
