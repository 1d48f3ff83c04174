export const INT64_MAX: bigint = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);
const UINT64_MAX = (1n << 64n) - 1n;

const yamlFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
// Go's own float syntax, which here, and only here, allows underscores between digits.
const dotFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const literals: Readonly<Record<number, RegExp>> = {
  2: /^[01]+$/,
  8: /^[0-7]+$/,
  10: /^[0-9]+$/,
  16: /^[0-9a-fA-F]+$/,
};
const prefixes: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };

/** A number as YAML means it; integers beyond 2^53 keep their digits as bigint. */
export type NumberValue =
  | { readonly type: "int"; readonly value: number | bigint }
  | { readonly type: "float"; readonly value: number };

/**
 * Reads a number that begins with a digit or a sign the way Go does: Go's integer literals (`0x1F`, `0o17`, `017`,
 * `0b11`, underscores ignored) within int64 and uint64, then decimal floats. YAML 1.2's octals beyond a sign are
 * go-yaml v3's only.
 */
export function parseNumber(text: string): NumberValue | undefined {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const int = parseGoInteger(plain);
  if (int !== undefined) return { type: "int", value: int };
  if (yamlFloat.test(plain)) {
    const value = Number(plain);
    // Go refuses what overflows; it then stays a string.
    return Number.isFinite(value) ? { type: "float", value } : undefined;
  }
  return undefined;
}

/** Reads a float that begins with a dot. */
export function parseDotFloat(text: string): number | undefined {
  if (!dotFloat.test(text)) return undefined;
  const value = Number(text.replaceAll("_", ""));
  return Number.isFinite(value) ? value : undefined;
}

/** Go accepts a second sign behind `0b` and `0o`: `0b-11` is -3. */
export function parsePrefixed(text: string, prefix: "0b" | "0o"): number | bigint | undefined {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const base = prefix === "0b" ? 2 : 8;
  if (plain.startsWith(prefix)) return parseSigned(plain.slice(2), base);
  if (plain.startsWith(`-${prefix}`)) return parseSigned(`-${plain.slice(3)}`, base);
  return undefined;
}

/** `strconv.ParseInt(text, 0, 64)`, then `ParseUint`. */
function parseGoInteger(text: string): number | bigint | undefined {
  const first = text.charCodeAt(0);
  const digitsAt = first === 0x2b || first === 0x2d ? 1 : 0;
  if (text.length - digitsAt <= 15 && text.charCodeAt(digitsAt) !== 0x30) {
    // The common case: few decimal digits.
    let value = 0;
    for (let i = digitsAt; i < text.length; i++) {
      const digit = text.charCodeAt(i) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    if (digitsAt === text.length) return undefined;
    return first === 0x2d && value !== 0 ? -value : value;
  }
  const sign = text.slice(0, digitsAt);
  const rest = text.slice(digitsAt);
  if (rest === "0") return 0;
  if (rest.charCodeAt(0) !== 0x30) return parseSigned(text, 10);
  const marker = rest.slice(0, 2).toLowerCase();
  if (marker === "0x") return parseUnsignedWithSign(sign, rest.slice(2), 16);
  if (marker === "0b") return parseUnsignedWithSign(sign, rest.slice(2), 2);
  if (marker === "0o") return parseUnsignedWithSign(sign, rest.slice(2), 8);
  return parseUnsignedWithSign(sign, rest.slice(1), 8);
}

function parseSigned(text: string, base: 2 | 8 | 10 | 16): number | bigint | undefined {
  const first = text.charCodeAt(0);
  const signLength = first === 0x2b || first === 0x2d ? 1 : 0;
  return parseUnsignedWithSign(text.slice(0, signLength), text.slice(signLength), base);
}

function parseUnsignedWithSign(sign: string, digits: string, base: 2 | 8 | 10 | 16): number | bigint | undefined {
  if (literals[base]?.test(digits) !== true) return undefined;
  const magnitude = BigInt((prefixes[base] ?? "") + digits);
  const value = sign === "-" ? -magnitude : magnitude;
  // Only unsigned literals may use the upper half of 64 bits.
  if (value < INT64_MIN || value > (sign === "" ? UINT64_MAX : INT64_MAX)) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
