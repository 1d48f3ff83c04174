/** Significant decimal digits of a positive number, `0.d1d2d3… × 10^point`; no trailing zeros when shortest. */
export interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** No float has more significant digits than this; whatever is asked for beyond is zeros. */
const MAX_DIGITS = 1100;

const view = new DataView(new ArrayBuffer(8));

/** Splits a positive finite number into `mantissa × 2^exponent`. */
export function splitFloat(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0) & 0x7fffffffffffffffn;
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** The fewest digits that read back the same. */
export function shortestDigits(value: number): Digits {
  if (value === 0) return { digits: "", point: 0 };
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** All digits, exactly. */
function exactDigits(value: number): Digits {
  if (value === 0) return { digits: "", point: 0 };
  const { mantissa, exponent } = splitFloat(value);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  // m / 2^k is m·5^k / 10^k.
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}

/** The number rounded to a count of digits, half to even, as Go does. A count below 0 leaves nothing. */
function roundTo({ digits, point }: Digits, count: number): Digits {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: "", point };
  const rest = digits.slice(count);
  const kept = digits.slice(0, count);
  const isHalf = /^50*$/.test(rest);
  const isOdd = Number(kept.at(-1) ?? "0") % 2 === 1;
  const roundsUp = isHalf ? isOdd : rest >= "5";
  if (!roundsUp) return { digits: kept, point };
  const raised = (BigInt(kept === "" ? "0" : kept) + 1n).toString();
  const grew = raised.length > kept.length;
  return { digits: raised.padStart(count, "0"), point: grew ? point + 1 : point };
}

/** Rounds to a number of significant digits. */
export function significantDigits(value: number, count: number): Digits {
  const rounded = roundTo(exactDigits(value), Math.min(count, MAX_DIGITS));
  return rounded.digits.length > count ? { ...rounded, digits: rounded.digits.slice(0, count) } : rounded;
}

/** Rounds to a number of decimals. */
export function fixedDigits(value: number, decimals: number): Digits {
  const exact = exactDigits(value);
  return roundTo(exact, exact.point + Math.min(decimals, MAX_DIGITS));
}
