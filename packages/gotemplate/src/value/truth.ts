import { byteLength } from "./bytes.ts";
import { GoObject, GoValue, integerOf, isSlice, type Value } from "./value.ts";

/** Go's rule for `if`: not the zero value, not empty. */
export function isTrue(value: Value): boolean {
  switch (typeof value) {
    case "undefined":
      return false;
    case "boolean":
      return value;
    case "number":
      return value !== 0;
    case "bigint":
      return value !== 0n;
    case "string":
      return value !== "";
    default:
  }
  if (value === null) return false;
  if (isSlice(value) || value instanceof Uint8Array) return value.length > 0;
  const integer = integerOf(value);
  if (integer !== undefined) return integer !== 0n;
  if (value instanceof GoValue) return value instanceof GoObject ? isTrueObject(value) : true;
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

/** Structs are true; a named integer is so unless 0. */
function isTrueObject(value: GoObject): boolean {
  if (value.kind === "struct" || value.kind === "ptr") return true;
  const underlying = value.field("");
  return underlying === undefined || isTrue(underlying);
}

/** Length of a text in bytes, of a slice or a map; `undefined` for what has none. */
export function lengthOf(value: Value): number | undefined {
  if (typeof value === "string") return byteLength(value);
  if (isSlice(value) || value instanceof Uint8Array) return value.length;
  if (typeof value === "object" && value !== null && !(value instanceof GoValue)) return Object.keys(value).length;
  return undefined;
}
