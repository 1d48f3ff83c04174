import { isPrintable, quoteRune } from "./quote.ts";
import { type Directive, pad } from "./directive.ts";

const bases: Readonly<Record<string, 2 | 8 | 10 | 16>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

/** Prints an integer; `undefined` for a verb that integers do not have. */
export function formatInteger(
  value: bigint,
  verb: string,
  directive: Directive,
  options: { readonly isSigned: boolean },
): string | undefined {
  if (verb === "c") return pad(String.fromCodePoint(validRune(value)), directive);
  if (verb === "q") return pad(quoteRune(validRune(value), directive.plus), directive);
  if (verb === "U") return formatUnicode(value, directive);
  const base = bases[verb];
  if (base === undefined) return undefined;
  if (verb === "v" && directive.sharpV && !options.isSigned)
    return formatInBase(value, 16, verb, { ...directive, sharp: true });
  return formatInBase(value, base, verb, directive);
}

function validRune(value: bigint): number {
  const unsigned = BigInt.asUintN(64, value);
  return unsigned > 0x10ffffn || (unsigned >= 0xd800n && unsigned <= 0xdfffn) ? 0xfffd : Number(unsigned);
}

function formatInBase(value: bigint, base: 2 | 8 | 10 | 16, verb: string, directive: Directive): string {
  const isNegative = value < 0n;
  const { precision, width } = directive;
  if (precision === 0 && value === 0n) return pad("", directive, false);
  let digits = (isNegative ? -value : value).toString(base);
  if (verb === "X") digits = digits.toUpperCase();
  if (precision !== undefined) digits = digits.padStart(precision, "0");
  else if (directive.zero && !directive.minus && width !== undefined) {
    const hasSign = isNegative || directive.plus || directive.space;
    digits = digits.padStart(hasSign ? width - 1 : width, "0");
  }
  if (directive.sharp) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    else if (base === 16) digits = (verb === "X" ? "0X" : "0x") + digits;
  }
  if (verb === "O") digits = `0o${digits}`;
  const sign = isNegative ? "-" : directive.plus ? "+" : directive.space ? " " : "";
  return pad(sign + digits, directive, false);
}

function formatUnicode(value: bigint, directive: Directive): string {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, directive.precision ?? 0), "0");
  let text = `U+${digits}`;
  const isCharacter = unsigned <= 0x10ffffn && !(unsigned >= 0xd800n && unsigned <= 0xdfffn);
  if (directive.sharp && isCharacter && isPrintable(Number(unsigned)))
    text += ` '${String.fromCodePoint(Number(unsigned))}'`;
  return pad(text, directive, false);
}
