import { formatFloat } from "../resolve/float-text.ts";
import { INT64_MAX } from "../resolve/numbers.ts";
import type { Resolved } from "../resolve/resolve-tag.ts";

/** The JSON name of a typed key, or `undefined` where sigs.k8s.io/yaml knows none: for null and the largest integers. */
export function keyText({ tag, value }: Resolved): { readonly text: string } | undefined {
  if (typeof value === "string") return { text: value };
  if (value === null || (typeof value === "bigint" && value > INT64_MAX)) return undefined;
  if (typeof value === "number" && tag === "!!float") return { text: formatFloat(shortestSingle(value)) };
  return { text: String(value) };
}

/** Float keys are printed with the precision of 32 bits: the shortest decimal that rounds to the same float32. */
function shortestSingle(value: number): number {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || single === 0) return single;
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return Number(single.toPrecision(9));
}
