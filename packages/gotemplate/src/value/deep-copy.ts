import { FunctionError } from "../errors.ts";
import { WalkBudget } from "./limits.ts";
import { getKey, setKey } from "./map.ts";
import { goTypeOf, isMap, isSlice, type Value, type ValueMap, withGoType } from "./value.ts";

/** A copy whose slices and maps are its own; what never changes is shared. */
export function deepCopy(value: Value): Value {
  if (value === null || value === undefined)
    throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  return copy(value, new WalkBudget(), 0);
}

function copy(value: Value, budget: WalkBudget, depth: number): Value {
  budget.visit(depth);
  if (value instanceof Uint8Array) return value.slice();
  if (!isSlice(value) && !isMap(value)) return value;
  const type = goTypeOf(value);
  let result: Value[] | ValueMap;
  if (isSlice(value)) result = value.map((item) => copy(item, budget, depth + 1));
  else {
    result = {};
    for (const key of Object.keys(value)) setKey(result, key, copy(getKey(value, key), budget, depth + 1));
  }
  return type === undefined ? result : withGoType(result, type);
}
