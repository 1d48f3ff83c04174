import { GoInt, GoObject, integerOf, type Value } from "./value.ts";
import { parseGoFloat, parseGoInteger } from "./number-text.ts";

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Go's conversion of a float to an integer on amd64: what does not fit is the smallest number. */
export function truncateToInt64(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return MIN_INT64;
  return BigInt(Math.trunc(value));
}

function named(value: Value): Value {
  return value instanceof GoObject && value.typeName !== "time.Duration" ? (value.field("") ?? value) : value;
}

/** Drops a fraction of zeros: `1.00` becomes `1`. */
function trimZeroDecimal(text: string): string {
  return /^(.*)\.0+$/s.exec(text)?.[1] ?? text;
}

/** What sprig makes an `int64` of: numbers, numeric texts in any base, truth values; 0 for everything else. */
export function toInt64(input: Value): bigint {
  const value = named(input);
  const integer = integerOf(value);
  if (integer !== undefined) return BigInt.asIntN(64, integer);
  if (typeof value === "number") return truncateToInt64(value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "string") return 0n;
  const parsed = parseGoInteger(trimZeroDecimal(value));
  return parsed !== undefined && parsed >= MIN_INT64 && parsed <= MAX_INT64 ? parsed : 0n;
}

/** What sprig makes a `float64` of. */
export function toFloat64(input: Value): number {
  const value = named(input);
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof GoInt) return Number(value.value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return 0;
  const parsed = parseGoFloat(value);
  // Out of range is an error, hence 0.
  if (parsed === undefined || (!Number.isFinite(parsed) && /[0-9]/.test(value))) return 0;
  return parsed;
}
