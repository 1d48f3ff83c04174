import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { valueText } from "../printf/print-value.ts";
import { toFloat64, toInt64 } from "../value/cast.ts";
import { checkItems } from "../value/limits.ts";
import { parseIntegerInBase } from "../value/number-text.ts";
import { int, intSlice, type Value, withGoType, type GoFunction } from "../value/value.ts";
import {
  addDecimals,
  type Decimal,
  decimalOf,
  divideDecimals,
  multiplyDecimals,
  numberOf,
  subtractDecimals,
} from "./decimal.ts";

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function divide(left: Value, right: Value): bigint {
  const divisor = toInt64(right);
  if (divisor === 0n) throw new FunctionError("runtime error: integer divide by zero");
  return wrap(toInt64(left) / divisor);
}

function remainder(left: Value, right: Value): bigint {
  const divisor = toInt64(right);
  if (divisor === 0n) throw new FunctionError("runtime error: integer divide by zero");
  return toInt64(left) % divisor;
}

/** The numbers from start to before stop. */
function count(start: number, stop: number, step: number): number[] {
  const numbers: number[] = [];
  if (stop < start ? step >= 0 : step <= 0) return numbers;
  checkItems(Math.ceil((stop - start) / step));
  for (let value = start; stop < start ? value > stop : value < stop; value += step) numbers.push(value);
  return numbers;
}

function until(start: number, stop: number, step: number): Value[] {
  return withGoType(
    count(start, stop, step).map((value) => int(BigInt(value))),
    intSlice,
  );
}

/** As the command `seq`: one to three numbers, the step in the middle. */
function sequence(...numbers: number[]): string {
  const [first = 1, second = 1, third = 1] = numbers;
  switch (numbers.length) {
    case 1:
      return counted(1, first, first < 1 ? -1 : 1);
    case 2:
      return counted(first, second, second < first ? -1 : 1);
    case 3:
      return third < first && second > 0 ? "" : counted(first, third, second);
    default:
      return "";
  }
}

function counted(start: number, end: number, step: number): string {
  return count(start, end + (end < start ? -1 : 1), step).join(" ");
}

function round(value: Value, places: number, roundOn = 0.5): number {
  const power = 10 ** places;
  const digit = power * toFloat64(value);
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** NaN and infinities cannot be decimals. */
function checkedDecimal(value: Value): Decimal {
  const number = toFloat64(value);
  if (!Number.isFinite(number)) throw new FunctionError(`Cannot create a Decimal from ${valueText(number)}`);
  return decimalOf(number);
}

function decimals(first: Value, others: readonly Value[], operate: (left: Decimal, right: Decimal) => Decimal): number {
  return numberOf(others.map(checkedDecimal).reduce(operate, checkedDecimal(first)));
}

function extreme(first: Value, others: readonly Value[], isBetter: (a: bigint, b: bigint) => boolean): bigint {
  return others.map(toInt64).reduce((best, value) => (isBetter(value, best) ? value : best), toInt64(first));
}

const max: GoFunction = fn(["any", "...any"], (first, ...others) => extreme(first, others, (a, b) => a > b));

function inInt64(value: bigint | undefined): bigint {
  return value !== undefined && value >= -(2n ** 63n) && value < 2n ** 63n ? value : 0n;
}

/** Out of range gives the nearest number that fits, as Go's `Atoi` leaves it. */
function atoi(text: string): Value {
  const value = parseIntegerInBase(text, 10) ?? 0n;
  const limit = 2n ** 63n;
  return int(value >= limit ? limit - 1n : value < -limit ? -limit : value);
}

export const mathFunctions: FuncMap = {
  atoi: fn(["string"], atoi),
  int64: fn(["any"], toInt64),
  int: fn(["any"], (value) => int(toInt64(value))),
  float64: fn(["any"], toFloat64),
  seq: fn(["...int"], sequence),
  toDecimal: fn(["any"], (value) => inInt64(parseIntegerInBase(valueText(value), 8))),
  until: fn(["int"], (stop) => until(0, stop, stop < 0 ? -1 : 1)),
  untilStep: fn(["int", "int", "int"], until),
  add1: fn(["any"], (value) => wrap(toInt64(value) + 1n)),
  add: fn(["...any"], (...values) => wrap(values.reduce<bigint>((sum, value) => sum + toInt64(value), 0n))),
  sub: fn(["any", "any"], (left, right) => wrap(toInt64(left) - toInt64(right))),
  div: fn(["any", "any"], divide),
  mod: fn(["any", "any"], remainder),
  mul: fn(["any", "...any"], (first, ...others) =>
    others.reduce<bigint>((product, value) => wrap(product * toInt64(value)), toInt64(first)),
  ),
  add1f: fn(["any"], (value) => decimals(value, [1], addDecimals)),
  addf: fn(["...any"], (...values) => decimals(0, values, addDecimals)),
  subf: fn(["any", "...any"], (first, ...others) => decimals(first, others, subtractDecimals)),
  divf: fn(["any", "...any"], (first, ...others) => decimals(first, others, divideDecimals)),
  mulf: fn(["any", "...any"], (first, ...others) => decimals(first, others, multiplyDecimals)),
  biggest: max,
  max,
  min: fn(["any", "...any"], (first, ...others) => extreme(first, others, (a, b) => a < b)),
  maxf: fn(["any", "...any"], (first, ...others) => Math.max(toFloat64(first), ...others.map(toFloat64))),
  minf: fn(["any", "...any"], (first, ...others) => Math.min(toFloat64(first), ...others.map(toFloat64))),
  ceil: fn(["any"], (value) => Math.ceil(toFloat64(value))),
  floor: fn(["any"], (value) => Math.floor(toFloat64(value))),
  round: fn(["any", "int", "...float64"], (value, places, roundOn) => round(value, places, roundOn)),
};
