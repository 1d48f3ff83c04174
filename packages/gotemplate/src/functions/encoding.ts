import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { decodeJson } from "../json/decode.ts";
import { encodeJson } from "../json/encode.ts";
import { fromBytes, toBytes } from "../value/bytes.ts";
import type { Value } from "../value/value.ts";

/** A decoder's complaint stands in for the text. */
export function orMessage(decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FunctionError) return error.message;
    throw error;
  }
}

/** The result, or nothing when the function fails. */
export function orElse<T extends Value>(fallback: T, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof FunctionError) return fallback;
    throw error;
  }
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** The place of the first byte that is no base64; line breaks do not count. */
function base64Mistake(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === "\r" || character === "\n") continue;
    if (/[A-Za-z0-9+/]/.test(character)) {
      count++;
      continue;
    }
    if (character !== "=" || count % 4 < 2) return at;
    const rest = /^[\r\n]*(=?)[\r\n]*/.exec(text.slice(at + 1));
    const [matched = "", second = ""] = rest ?? [];
    if (count % 4 === 2 && second === "")
      return at + 1 + matched.length >= text.length ? text.length : at + matched.length;
    const end = count % 4 === 3 && second !== "" ? at + 1 : at + 1 + matched.length;
    return end < text.length ? end : -1;
  }
  return count % 4 === 0 ? -1 : text.length - (count % 4);
}

export function decodeBase64(text: string): Uint8Array {
  const mistake = base64Mistake(text);
  if (mistake >= 0) throw new FunctionError(`illegal base64 data at input byte ${mistake}`);
  return Uint8Array.from(Buffer.from(text, "base64"));
}

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Alphabet[(value >> bits) & 31] ?? "";
    }
  }
  if (bits > 0) text += base32Alphabet[(value << (5 - bits)) & 31] ?? "";
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

function decodeBase32(input: string): Uint8Array {
  const text = input.replaceAll(/[\r\n]/g, "");
  const illegal = (at: number): FunctionError => new FunctionError(`illegal base32 data at input byte ${at}`);
  const content = text.replace(/=+$/, "");
  const mistake = content.search(/[^A-Z2-7]/);
  if (mistake >= 0) throw illegal(mistake);
  if (text.length % 8 !== 0) throw illegal(text.length - (text.length % 8));
  if ([1, 3, 6].includes(content.length % 8) || text.length - content.length > 6) throw illegal(content.length);
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of content) {
    value = ((value << 5) | base32Alphabet.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  return Uint8Array.from(bytes);
}

export const encodingFunctions: FuncMap = {
  b64enc: fn(["string"], (text) => encodeBase64(toBytes(text))),
  b64dec: fn(["string"], (text) => orMessage(() => fromBytes(decodeBase64(text)))),
  b32enc: fn(["string"], (text) => encodeBase32(toBytes(text))),
  b32dec: fn(["string"], (text) => orMessage(() => fromBytes(decodeBase32(text)))),
  fromJson: fn(["string"], (text) => orElse<Value>(null, () => decodeJson(text))),
  mustFromJson: fn(["string"], decodeJson),
  toJson: fn(["any"], (value) => orElse("", () => encodeJson(value))),
  mustToJson: fn(["any"], (value) => encodeJson(value)),
  toPrettyJson: fn(["any"], (value) => orElse("", () => encodeJson(value, { indent: 2 }))),
  mustToPrettyJson: fn(["any"], (value) => encodeJson(value, { indent: 2 })),
  toRawJson: fn(["any"], (value) => encodeJson(value, { escapesHtml: false })),
  mustToRawJson: fn(["any"], (value) => encodeJson(value, { escapesHtml: false })),
};
