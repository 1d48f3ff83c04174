import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { deepCopy } from "../value/deep-copy.ts";
import { WalkBudget } from "../value/limits.ts";
import { getKey, hasKey, setKey, sortedKeys } from "../value/map.ts";
import { textOfValue } from "../value/text.ts";
import { isTrue } from "../value/truth.ts";
import { isMap, typeName, type Value, type ValueMap, type GoFunction } from "../value/value.ts";
import { stringList } from "./strings.ts";

/** A map of alternating keys and values; a key without a value gets an empty text. */
function dict(...parts: Value[]): ValueMap {
  const map: ValueMap = {};
  for (let at = 0; at < parts.length; at += 2)
    setKey(map, textOfValue(parts[at]), at + 1 < parts.length ? parts[at + 1] : "");
  return map;
}

function set(map: ValueMap, key: string, value: Value): ValueMap {
  setKey(map, key, value);
  return map;
}

function unset(map: ValueMap, key: string): ValueMap {
  delete map[key];
  return map;
}

function filtered(map: ValueMap, keeps: (key: string) => boolean): ValueMap {
  const result: ValueMap = {};
  for (const key of Object.keys(map)) if (keeps(key)) setKey(result, key, getKey(map, key));
  return result;
}

function pick(map: ValueMap, ...keys: string[]): ValueMap {
  return filtered(map, (key) => keys.includes(key));
}

function omit(map: ValueMap, ...keys: string[]): ValueMap {
  return filtered(map, (key) => !keys.includes(key));
}

function conversion(value: Value, wanted: string): FunctionError {
  const got = value === null || value === undefined ? "nil" : typeName(value);
  return new FunctionError(`interface conversion: interface {} is ${got}, not ${wanted}`);
}

function asMap(value: Value): ValueMap {
  if (isMap(value) && typeName(value) === "map[string]interface {}") return value;
  throw conversion(value, "map[string]interface {}");
}

/** `dig "a" "b" default map`. */
function dig(...parts: Value[]): Value {
  if (parts.length < 3) throw new FunctionError("dig needs at least three arguments");
  let map = asMap(parts.at(-1));
  const keys = parts.slice(0, -2).map((key) => {
    if (typeof key !== "string") throw conversion(key, "string");
    return key;
  });
  for (const [index, key] of keys.entries()) {
    if (!hasKey(map, key)) return parts.at(-2);
    const step = getKey(map, key);
    if (index === keys.length - 1) return step;
    map = asMap(step);
  }
  return null;
}

/** Merges in place as mergo does: what is there and not empty stays, unless it is to be overwritten. */
function mergeInto(target: ValueMap, source: ValueMap, overwrites: boolean, budget: WalkBudget, depth: number): void {
  budget.visit(depth);
  for (const key of Object.keys(source)) {
    const incoming = getKey(source, key);
    const present = getKey(target, key);
    if (isMap(incoming) && isMap(present)) {
      mergeInto(present, incoming, overwrites, budget, depth + 1);
      continue;
    }
    const isFree = !hasKey(target, key) ? incoming !== null : !isTrue(present) && isTrue(incoming);
    if (overwrites || isFree) setKey(target, key, incoming);
  }
}

function merge(overwrites: boolean): GoFunction {
  return fn(["map", "...map"], (target, ...sources) => {
    for (const source of sources) mergeInto(target, source, overwrites, new WalkBudget(), 0);
    return target;
  });
}

export const dictFunctions: FuncMap = {
  dict: fn(["...any"], dict),
  get: fn(["map", "string"], (map, key) => (hasKey(map, key) ? getKey(map, key) : "")),
  set: fn(["map", "string", "any"], set),
  unset: fn(["map", "string"], unset),
  hasKey: fn(["map", "string"], hasKey),
  pluck: fn(["string", "...map"], (key, ...maps) =>
    maps.filter((map) => hasKey(map, key)).map((map) => getKey(map, key)),
  ),
  // Go's order is random; a fixed one is among its results.
  keys: fn(["...map"], (...maps) => stringList(maps.flatMap(sortedKeys))),
  values: fn(["map"], (map) => sortedKeys(map).map((key) => getKey(map, key))),
  pick: fn(["map", "...string"], pick),
  omit: fn(["map", "...string"], omit),
  merge: merge(false),
  mustMerge: merge(false),
  mergeOverwrite: merge(true),
  mustMergeOverwrite: merge(true),
  dig: fn(["...any"], dig),
  deepCopy: fn(["any"], deepCopy),
  mustDeepCopy: fn(["any"], deepCopy),
};
