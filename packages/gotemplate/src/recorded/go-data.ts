import {
  GoInt,
  intSlice,
  type IntegerType,
  isMap,
  stringMap,
  stringSlice,
  type Value,
  withGoType,
} from "../value/value.ts";

/**
 * Decodes JSON in which objects with one key like `$int` stand for values of types that JSON lacks; for recorded
 * test data. `{"$int": "5"}`, `{"$strings": ["a"]}`.
 */
export function goData(value: Value): Value {
  if (Array.isArray(value)) return value.map(goData);
  if (!isMap(value)) return value;
  const [key = "", ...others] = Object.keys(value);
  const inner = value[key];
  if (others.length === 0 && key.startsWith("$")) return special(key.slice(1), inner);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, goData(item)]));
}

function special(type: string, inner: Value): Value {
  if (Array.isArray(inner))
    return type === "strings"
      ? withGoType(inner, stringSlice)
      : withGoType(
          inner.map((item) => new GoInt("int", BigInt(Number(item)))),
          intSlice,
        );
  if (isMap(inner)) return withGoType(inner, stringMap);
  const text = typeof inner === "string" ? inner : "";
  if (type === "bytes") return new TextEncoder().encode(text);
  if (type === "float") return Number(text);
  return type === "int64" ? BigInt(text) : new GoInt(type as IntegerType, BigInt(text));
}
