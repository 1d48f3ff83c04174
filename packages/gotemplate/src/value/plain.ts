import { FunctionError } from "../errors.ts";
import { WalkBudget } from "./limits.ts";
import { getKey, setKey } from "./map.ts";
import { GoObject, GoValue, integerOf, isNilValue, isSlice, typeName, type Value, type ValueMap } from "./value.ts";

/** A value as Go's JSON encoder sees it: integers without their type, nils as null, bytes in base64. */
export type PlainValue = null | boolean | number | bigint | string | PlainValue[] | { [key: string]: PlainValue };

/** Throws `FunctionError` for what JSON does not have. */
export function toPlain(value: Value): PlainValue {
  return plain(value, new WalkBudget(), 0);
}

function plain(value: Value, budget: WalkBudget, depth: number): PlainValue {
  budget.visit(depth);
  switch (typeof value) {
    case "string":
    case "boolean":
    case "bigint":
      return value;
    case "number":
      if (!Number.isFinite(value))
        throw new FunctionError(
          `json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`,
        );
      return value;
    default:
  }
  if (value === null || value === undefined || isNilValue(value)) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  const integer = integerOf(value);
  if (integer !== undefined) return integer;
  if (value instanceof GoObject) return plainObject(value, budget, depth);
  if (value instanceof GoValue) throw new FunctionError(`json: unsupported type: ${typeName(value)}`);
  if (isSlice(value)) return value.map((item) => plain(item, budget, depth + 1));
  return plainMap(value, budget, depth);
}

function plainMap(map: ValueMap, budget: WalkBudget, depth: number): PlainValue {
  const result: ValueMap = {};
  for (const key of Object.keys(map)) setKey(result, key, plain(getKey(map, key), budget, depth + 1));
  return result as { [key: string]: PlainValue };
}

/** A struct marshals itself, or shows its exported fields. */
function plainObject(value: GoObject, budget: WalkBudget, depth: number): PlainValue {
  const own = value.json();
  if (own !== undefined) return own;
  const underlying = value.field("");
  if (underlying !== undefined) return plain(underlying, budget, depth);
  const exported = [...value.fields()].filter(([name]) => /^\p{Lu}/u.test(name));
  return Object.fromEntries(exported.map(([name, field]) => [name, plain(field, budget, depth + 1)]));
}
