/** Reads and writes `resource.Quantity` in its canonical form: `0.5` is `500m`, `1024Mi` is `1Gi`. */

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const decimalSuffixes = new Map(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]));
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;

/** A quantity as a whole number of billionths, and how it is to be written. */
interface Parsed {
  readonly nanos: bigint;
  readonly format: "decimal" | "binary" | "exponent";
}

function parse(text: string): Parsed | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  let nanos: bigint;
  if (suffix.endsWith("i")) {
    const factor = 1024n ** BigInt(binarySuffixes.indexOf(suffix as (typeof binarySuffixes)[number]));
    nanos = divideUp(digits * factor * 1_000_000_000n, 10n ** BigInt(fraction.length));
  } else {
    const power = exponent === undefined ? (decimalExponents[suffix] ?? 0) : Number(exponent.slice(1));
    if (Math.abs(power) > 60) return undefined;
    const shift = power + 9 - fraction.length;
    nanos = shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
  }
  const format = suffix.endsWith("i") ? "binary" : exponent === undefined ? "decimal" : "exponent";
  return { nanos: sign === "-" ? -nanos : nanos, format };
}

/** Upstream rounds what is finer than a billionth away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  return value % by === 0n ? value / by : value / by + 1n;
}

/** The same few quantities come again and again: `100m`, `128Mi`. */
const known = new Map<string, string | undefined>();
const knownLimit = 4096;

/** The canonical form; `undefined` when the text is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  if (known.has(text)) return known.get(text);
  if (known.size >= knownLimit) known.clear();
  const canonical = canonicalize(text);
  known.set(text, canonical);
  return canonical;
}

function canonicalize(text: string): string | undefined {
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  const { nanos, format } = parsed;
  if (nanos === 0n) return "0";
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  // Below 1024 (or with a fraction) a binary quantity is written like a decimal one.
  if (format === "binary" && size % 1_000_000_000n === 0n && size / 1_000_000_000n >= 1024n) {
    let rest = size / 1_000_000_000n;
    let index = 0;
    while (index < binarySuffixes.length - 1 && rest % 1024n === 0n) {
      rest /= 1024n;
      index++;
    }
    return `${sign}${rest}${binarySuffixes[index] ?? ""}`;
  }
  let exponent = -9;
  let rest = size;
  while (exponent < 18 && rest % 1000n === 0n) {
    rest /= 1000n;
    exponent += 3;
  }
  if (format === "exponent") return exponent === 0 ? `${sign}${rest}` : `${sign}${rest}e${exponent}`;
  return `${sign}${rest}${decimalSuffixes.get(exponent) ?? ""}`;
}

/** The value as a number, for comparisons and sums; `undefined` when the text is no quantity. */
export function quantityValue(text: string): number | undefined {
  const parsed = parse(text);
  return parsed === undefined ? undefined : Number(parsed.nanos) / 1e9;
}

/** What a real server says about a text that is no quantity. */
export const quantityMessage =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Whether a quantity is a whole number. */
export function isWholeQuantity(text: string): boolean {
  const parsed = parse(text);
  return parsed === undefined || parsed.nanos % 1_000_000_000n === 0n;
}
