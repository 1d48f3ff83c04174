import { parseDotFloat, parseNumber, parsePrefixed } from "./numbers.ts";
import { parseTimestamp } from "./timestamp.ts";

/** A plain scalar's type and value under one of Go's dialects. Timestamps come as RFC 3339 text. */
export interface Resolved {
  readonly tag: string;
  readonly value: null | boolean | number | bigint | string;
}

const words = new Map<string, Resolved>();
function define(
  value: Resolved["value"],
  tag: string,
  spellings: readonly string[],
  table: Map<string, Resolved>,
): void {
  for (const spelling of spellings) table.set(spelling, { tag, value });
}
define(true, "!!bool", ["true", "True", "TRUE"], words);
define(false, "!!bool", ["false", "False", "FALSE"], words);
define(null, "!!null", ["", "~", "null", "Null", "NULL"], words);
define(Number.NaN, "!!float", [".nan", ".NaN", ".NAN"], words);
define(Number.POSITIVE_INFINITY, "!!float", [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], words);
define(Number.NEGATIVE_INFINITY, "!!float", ["-.inf", "-.Inf", "-.INF"], words);

const wordsV2 = new Map(words);
define(true, "!!bool", ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"], wordsV2);
define(false, "!!bool", ["n", "N", "no", "No", "NO", "off", "Off", "OFF"], wordsV2);

const CLASS_WORD = 1;
const CLASS_DOT = 2;
const CLASS_NUMBER = 3;
/** What a scalar's first character tells about it. */
const classes = new Uint8Array(128);
for (const character of "yYnNtTfFoO~") classes[character.charCodeAt(0)] = CLASS_WORD;
for (const character of "0123456789+-") classes[character.charCodeAt(0)] = CLASS_NUMBER;
classes[0x2e] = CLASS_DOT;

/** The longest word in the tables. */
const MAX_WORD_LENGTH = 5;

/** The tag that go-yaml v3 gives an untagged plain scalar; `<<` is `!!merge`. */
export function resolveTag(text: string): string {
  if (text === "<<") return "!!merge";
  return resolveImplicitTag(text);
}

/** The same, for a scalar about to be written: there `<<` is a string like any other. */
export function resolveImplicitTag(text: string): string {
  const code = text.charCodeAt(0);
  // NaN for the empty text; most others begin with a letter that settles it.
  if (code >= 128 || classes[code] === 0) return "!!str";
  if (classes[code] === CLASS_WORD) {
    return text.length > MAX_WORD_LENGTH ? "!!str" : (words.get(text)?.tag ?? "!!str");
  }
  return resolveScalar(text, "v3", "")?.tag ?? "!!str";
}

/** The type and value of a scalar under a tag, `""` for none. `undefined` means the text itself, a string. */
export function resolveScalar(text: string, dialect: "v2" | "v3", tag: string): Resolved | undefined {
  if (tag === "!!str") return undefined;
  const code = text.charCodeAt(0);
  const kind = text === "" ? CLASS_WORD : code < 128 ? classes[code] : 0;
  if (kind === 0) return undefined;
  if (text.length <= MAX_WORD_LENGTH) {
    const word = (dialect === "v2" ? wordsV2 : words).get(text);
    if (word !== undefined) return word;
  }
  if (kind === CLASS_WORD) return undefined;
  if (kind === CLASS_DOT) {
    const value = parseDotFloat(text);
    return value === undefined ? undefined : { tag: "!!float", value };
  }
  if (tag === "" || tag === "!!timestamp") {
    const time = parseTimestamp(text);
    if (time !== undefined) return { tag: "!!timestamp", value: time };
  }
  const number = parseNumber(text);
  if (number !== undefined) return { tag: number.type === "int" ? "!!int" : "!!float", value: number.value };
  const prefixed = parsePrefixed(text, "0b") ?? (dialect === "v3" ? parsePrefixed(text, "0o") : undefined);
  return prefixed === undefined ? undefined : { tag: "!!int", value: prefixed };
}
