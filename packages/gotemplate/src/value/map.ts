import { FunctionError } from "../errors.ts";
import { compareText } from "./bytes.ts";
import { goTypeOf, type Value, type ValueMap } from "./value.ts";

/** Whether a map has a key; what objects inherit does not count. */
export function hasKey(map: ValueMap, key: string): boolean {
  return Object.hasOwn(map, key);
}

/** The value of a key, `undefined` without one. */
export function getKey(map: ValueMap, key: string): Value {
  if (!Object.hasOwn(map, key)) return undefined;
  return map[key] ?? null;
}

/** Sets a key in place, `__proto__` included. */
export function setKey(map: ValueMap, key: string, value: Value): void {
  if (goTypeOf(map)?.isNil === true) throw new FunctionError("assignment to entry in nil map");
  if (key === "__proto__")
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value ?? null;
}

/** The keys in the order in which Go prints and ranges over maps. */
export function sortedKeys(map: ValueMap): string[] {
  return Object.keys(map).sort(compareText);
}
