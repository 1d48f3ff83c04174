import { formatFloat } from "@sluice/yaml";

const maximumUint64 = 2 ** 64;
const minimumInt64 = -(2 ** 63);

/** Prints a number as it looks after JSON: whole ones as integers while 64 bits can hold them. */
export function formatNumber(value: number | bigint): string {
  if (typeof value === "bigint") return value.toString();
  if (Number.isInteger(value) && value >= minimumInt64 && value < maximumUint64)
    return value === 0 ? "0" : String(value);
  return formatFloat(value);
}
