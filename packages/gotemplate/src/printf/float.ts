import { type Digits, fixedDigits, shortestDigits, significantDigits, splitFloat } from "./float-digits.ts";
import { type Directive, pad } from "./directive.ts";
import { checkText } from "../value/limits.ts";

type FloatVerb = "e" | "E" | "f" | "g" | "G" | "b" | "x" | "X";

function exponential(sign: string, { digits, point }: Digits, precision: number, letter: string): string {
  const first = digits[0] ?? "0";
  const fraction = digits.slice(1, precision + 1).padEnd(precision, "0");
  const exponent = digits === "" ? 0 : point - 1;
  const text = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${first}${precision > 0 ? `.${fraction}` : ""}${letter}${exponent < 0 ? "-" : "+"}${text}`;
}

function fixed(sign: string, { digits, point }: Digits, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision === 0) return sign + whole;
  const leading = point < 0 ? "0".repeat(Math.min(-point, precision)) : "";
  const fraction = (leading + digits.slice(Math.max(point, 0))).slice(0, precision).padEnd(precision, "0");
  return `${sign}${whole}.${fraction}`;
}

function general(sign: string, value: number, precision: number, letter: string): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const digits = isShortest ? shortestDigits(value) : significantDigits(value, wanted);
  const trimmed = { ...digits, digits: digits.digits.replace(/0+$/, "") };
  const count = trimmed.digits.length;
  const limit = isShortest ? 6 : wanted > count && count >= digits.point ? count : wanted;
  const exponent = digits.point - 1;
  if (exponent < -4 || exponent >= limit) return exponential(sign, trimmed, Math.max(count - 1, 0), letter);
  return fixed(sign, trimmed, Math.max(count - digits.point, 0));
}

function hexadecimal(sign: string, value: number, precision: number, letter: "x" | "X"): string {
  let { mantissa, exponent } = value === 0 ? { mantissa: 0n, exponent: 0 } : splitFloat(value);
  if (mantissa !== 0n) {
    const shift = 53 - mantissa.toString(2).length;
    mantissa <<= BigInt(shift);
    exponent += 52 - shift;
  }
  if (precision >= 0 && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    const half = 1n << (drop - 1n);
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= drop;
    if (mantissa >> 53n !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const lead = mantissa >> 52n;
  let fraction = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, "0");
  fraction = precision < 0 ? fraction.replace(/0+$/, "") : fraction.slice(0, precision).padEnd(precision, "0");
  const power = `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const text = `${sign}0x${lead}${fraction === "" ? "" : `.${fraction}`}p${power}`;
  return letter === "X" ? text.toUpperCase() : text;
}

/** Go's `strconv.FormatFloat(value, verb, precision, 64)`; a negative precision means the shortest text. */
export function floatText(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  const isNegative = value < 0 || Object.is(value, -0);
  const sign = isNegative ? "-" : "";
  if (!Number.isFinite(value)) return isNegative ? "-Inf" : "+Inf";
  checkText(Math.max(precision, 0));
  const absolute = Math.abs(value);
  switch (verb) {
    case "b": {
      const { mantissa, exponent } = splitFloat(absolute);
      return `${sign}${mantissa}p${exponent < 0 ? "" : "+"}${exponent}`;
    }
    case "x":
    case "X":
      return hexadecimal(sign, absolute, precision, verb);
    case "e":
    case "E": {
      const digits = precision < 0 ? shortestDigits(absolute) : significantDigits(absolute, precision + 1);
      return exponential(sign, digits, precision < 0 ? Math.max(digits.digits.length - 1, 0) : precision, verb);
    }
    case "f": {
      const digits = precision < 0 ? shortestDigits(absolute) : fixedDigits(absolute, precision);
      return fixed(sign, digits, precision < 0 ? Math.max(digits.digits.length - digits.point, 0) : precision);
    }
    case "g":
    case "G":
      return general(sign, absolute, precision, verb === "G" ? "E" : "e");
  }
}

/** The text of a float wherever Go prints `%v`: six digits before it turns to an exponent. */
export function floatValueText(value: number): string {
  if (Number.isInteger(value) && value < 1e6 && value > -1e6 && !Object.is(value, -0)) return String(value);
  return floatText(value, "g", -1);
}

/** Keeps the decimal point and trailing zeros, as the flag `#` asks for. */
function withDecimalPoint(text: string, verb: string, precision: number): string {
  const wantsDigits = /[vgGx]/.test(verb);
  let missing = wantsDigits ? (precision === -1 ? 6 : precision) : 0;
  const cut = text.search(verb === "x" || verb === "X" ? /[pP]/ : /[eEpP]/);
  const tail = cut < 0 ? "" : text.slice(cut);
  let number = cut < 0 ? text : text.slice(0, cut);
  let sawNonzero = false;
  for (const character of number.slice(1)) {
    if (character === ".") continue;
    if (character !== "0") sawNonzero = true;
    if (sawNonzero) missing--;
  }
  if (!number.includes(".")) {
    if (number.length === 2 && number[1] === "0") missing--;
    number += ".";
  }
  return number + "0".repeat(Math.max(missing, 0)) + tail;
}

/** Prints a float; `undefined` for a verb that floats do not have. */
export function formatFloat(value: number, verb: string, directive: Directive): string | undefined {
  const { precision: given } = directive;
  let format: FloatVerb;
  let precision = -1;
  if (verb === "v") format = "g";
  else if (verb === "b" || verb === "g" || verb === "G" || verb === "x" || verb === "X") format = verb;
  else if (verb === "f" || verb === "F" || verb === "e" || verb === "E") {
    format = verb === "F" ? "f" : verb;
    precision = 6;
  } else return undefined;
  if (given !== undefined) precision = given;
  let text = floatText(value, format, precision);
  if (!/^[-+]/.test(text)) text = `+${text}`;
  if (directive.space && text.startsWith("+") && !directive.plus) text = ` ${text.slice(1)}`;
  if (text[1] === "I" || text[1] === "N") {
    if (text[1] === "N" && !directive.space && !directive.plus) text = text.slice(1);
    return pad(text, directive, false);
  }
  if (directive.sharp && verb !== "b") text = withDecimalPoint(text, format, precision);
  if (directive.plus || !text.startsWith("+")) {
    const { width } = directive;
    if (directive.zero && !directive.minus && width !== undefined && width > text.length)
      return text.slice(0, 1) + text.slice(1).padStart(width - 1, "0");
    return pad(text, directive);
  }
  return pad(text.slice(1), directive);
}
