import type { Json } from "../json/json.ts";
import { isObject } from "../json/json.ts";

/** A value as Go's `%v` prints a decoded one: `map[a:1 b:[x <nil>]]`. */
export function formatGoValue(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(" ")}]`;
  if (!isObject(value)) return String(value);
  const members = Object.keys(value).toSorted();
  return `map[${members.map((key) => `${key}:${formatGoValue(value[key] ?? null)}`).join(" ")}]`;
}
