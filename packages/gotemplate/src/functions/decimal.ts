import { FunctionError } from "../errors.ts";

/** An exact decimal, `coefficient × 10^exponent`, as the `…f` functions calculate with. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Decimals to which a quotient is rounded. */
const DIVISION_DIGITS = 16;

export function decimalOf(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { coefficient: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

export function numberOf({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`);
}

function align(left: Decimal, right: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(left.exponent, right.exponent);
  const scaled = (decimal: Decimal): bigint => decimal.coefficient * 10n ** BigInt(decimal.exponent - exponent);
  return [scaled(left), scaled(right), exponent];
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b, exponent] = align(left, right);
  return { coefficient: a + b, exponent };
}

export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b, exponent] = align(left, right);
  return { coefficient: a - b, exponent };
}

export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return { coefficient: left.coefficient * right.coefficient, exponent: left.exponent + right.exponent };
}

/** The quotient rounded to 16 decimals, half away from zero. */
export function divideDecimals(left: Decimal, right: Decimal): Decimal {
  if (right.coefficient === 0n) throw new FunctionError("decimal division by 0");
  const shift = left.exponent - right.exponent + DIVISION_DIGITS;
  const dividend = shift >= 0 ? left.coefficient * 10n ** BigInt(shift) : left.coefficient;
  const divisor = shift >= 0 ? right.coefficient : right.coefficient * 10n ** BigInt(-shift);
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const double = (rest < 0n ? -rest : rest) * 2n;
  const size = divisor < 0n ? -divisor : divisor;
  const isNegative = dividend < 0n !== divisor < 0n;
  const rounded = double >= size ? quotient + (isNegative ? -1n : 1n) : quotient;
  return { coefficient: rounded, exponent: -DIVISION_DIGITS };
}
