/**
 * How Go's YAML libraries type a plain scalar. Version 1.1 is what kustomization files, configurations and the final
 * output go through (`yes` is a boolean); resources are read by version 1.2 (`yes` is text).
 */
export type YamlVersion = "1.1" | "1.2";

/** The tags that a plain scalar can have. */
export type ScalarTag = "!!str" | "!!int" | "!!float" | "!!bool" | "!!null" | "!!timestamp" | "!!merge";

/** What a plain scalar means: its tag, and the value for numbers, booleans and null. */
export interface ResolvedScalar {
  readonly tag: ScalarTag;
  readonly value: string | number | bigint | boolean | null;
}

const words: ReadonlyMap<string, ResolvedScalar> = new Map<string, ResolvedScalar>([
  ...["true", "True", "TRUE"].map((word) => [word, { tag: "!!bool", value: true }] as const),
  ...["false", "False", "FALSE"].map((word) => [word, { tag: "!!bool", value: false }] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, { tag: "!!null", value: null }] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, { tag: "!!float", value: Number.NaN }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (word) => [word, { tag: "!!float", value: Number.POSITIVE_INFINITY }] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, { tag: "!!float", value: Number.NEGATIVE_INFINITY }] as const),
]);

const words11: ReadonlyMap<string, ResolvedScalar> = new Map<string, ResolvedScalar>([
  ...words,
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"].map((word) => [word, { tag: "!!bool", value: true }] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF"].map((word) => [word, { tag: "!!bool", value: false }] as const),
]);

const longestWord = 5;
const integer = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const smallInteger = /^(?:0|-?[1-9][0-9]{0,14})$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const startsAsNumber = /^[-+.0-9]/;
const maximumUint64 = 2n ** 64n - 1n;
const minimumInt64 = -(2n ** 63n);

/** Types a plain scalar. */
export function resolvePlain(text: string, version: YamlVersion): ResolvedScalar {
  if (text.length <= longestWord) {
    const word = (version === "1.1" ? words11 : words).get(text);
    if (word !== undefined) return word;
  }
  if (!startsAsNumber.test(text)) return { tag: "!!str", value: text };
  if (smallInteger.test(text)) return { tag: "!!int", value: Number(text) };
  if (text.startsWith(".")) {
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(value) ? { tag: "!!float", value } : { tag: "!!str", value: text };
  }
  if (isTimestamp(text)) return { tag: "!!timestamp", value: text };
  const digits = text.replaceAll("_", "");
  const whole = parseInteger(digits);
  if (whole !== undefined) return { tag: "!!int", value: whole };
  if (decimal.test(digits)) {
    const value = Number(digits);
    if (Number.isFinite(value)) return { tag: "!!float", value };
  }
  return { tag: "!!str", value: text };
}

/** An integer as Go reads it: decimal, `0x`, `0b`, `0o`, or octal by a leading zero; within 64 bits. */
function parseInteger(text: string): number | bigint | undefined {
  if (!integer.test(text)) return undefined;
  const negative = text.startsWith("-");
  const signed = negative || text.startsWith("+");
  const digits = signed ? text.slice(1) : text;
  const prefixed = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  const magnitude = BigInt(prefixed);
  const value = negative ? -magnitude : magnitude;
  if (value < minimumInt64 || value > (signed ? -minimumInt64 - 1n : maximumUint64)) return undefined;
  return toNumber(value);
}

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const date = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const time =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?(Z|[+-]\d{2}:\d{2})| (\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?)$/;

function isTimestamp(text: string): boolean {
  return text.charCodeAt(4) === 0x2d && formatTimestamp(text) !== undefined;
}

/** A timestamp as RFC 3339, `undefined` when the text is none. */
export function formatTimestamp(text: string): string | undefined {
  const day = date.exec(text);
  const match = day ?? time.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", dayOfMonth = ""] = match;
  if (!isDay(Number(year), Number(month), Number(dayOfMonth))) return undefined;
  const head = `${year}-${month.padStart(2, "0")}-${dayOfMonth.padStart(2, "0")}`;
  if (day !== null) return `${head}T00:00:00Z`;
  const hour = match[4] ?? match[9] ?? "";
  const minute = match[5] ?? match[10] ?? "";
  const second = match[6] ?? match[11] ?? "";
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const fraction = (match[7] ?? match[12] ?? "").slice(1, 10).replace(/0+$/, "");
  const zone = match[8] === undefined || match[8].slice(1) === "00:00" ? "Z" : match[8];
  const clock = [hour, minute, second].map((part) => part.padStart(2, "0")).join(":");
  return `${head}T${clock}${fraction === "" ? "" : `.${fraction}`}${zone}`;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (lengths[month - 1] ?? 0);
}
