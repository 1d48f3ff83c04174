const decimal = /^[+-]?(?:[0-9]+|0_?[0-7]+(?:_[0-7]+)*|[1-9][0-9]*(?:_[0-9]+)+)$/;
const prefixed = /^[+-]?0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)$/;
const digits = "[0-9](?:_?[0-9])*";
const floatDecimal = new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:[eE][+-]?${digits})?$`);
const floatHex = /^[+-]?0[xX](?:_?([0-9a-fA-F_]*))(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9]+)$/;

/** Reads an integer as Go's `strconv.ParseInt(text, 0, …)`, of any size: `0x1f`, `0b1`, `0o17`, `017`, `1_000`. */
export function parseGoInteger(text: string): bigint | undefined {
  const isNegative = text.startsWith("-");
  const bare = text.replace(/^[+-]/, "").replaceAll("_", "");
  if (prefixed.test(text)) return sign(BigInt(bare), isNegative);
  if (!decimal.test(text)) return undefined;
  if (bare.length > 1 && bare.startsWith("0"))
    return /^[0-7]+$/.test(bare) ? sign(BigInt(`0o${bare}`), isNegative) : undefined;
  return sign(BigInt(bare), isNegative);
}

/** Reads an integer of one base, as `strconv.ParseInt(text, base, …)`: a sign and digits, nothing else. */
export function parseIntegerInBase(text: string, base: 8 | 10): bigint | undefined {
  const match = (base === 10 ? /^[+-]?([0-9]+)$/ : /^[+-]?([0-7]+)$/).exec(text);
  if (match === null) return undefined;
  return sign(BigInt(base === 10 ? (match[1] ?? "") : `0o${match[1] ?? ""}`), text.startsWith("-"));
}

function sign(value: bigint, isNegative: boolean): bigint {
  return isNegative ? -value : value;
}

/** Reads a float as Go's `strconv.ParseFloat`: decimal, hexadecimal, infinities and NaN. Infinite when out of range. */
export function parseGoFloat(text: string): number | undefined {
  if (floatDecimal.test(text)) return Number(text.replaceAll("_", ""));
  const hex = floatHex.exec(text);
  if (hex !== null) {
    const [, whole = "", fraction = "", exponent = "0"] = hex.map((part) => part?.replaceAll("_", ""));
    if (whole + fraction === "") return undefined;
    const mantissa = Number(BigInt(`0x0${whole}${fraction}`));
    const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
    return text.startsWith("-") ? -value : value;
  }
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  return undefined;
}
