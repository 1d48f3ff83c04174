import { hexValue, isBlank, isBlankOrEnd, isDigit, isWord, uriCharacters } from "./characters.ts";
import type { Cursor } from "./cursor.ts";

/** A tag or %TAG directive as written: `!e!foo` is handle `!e!`, suffix `foo`. */
export interface TagParts {
  readonly handle: string;
  readonly suffix: string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a tag at the cursor. Returns a problem text when it is malformed. */
export function scanTag(cursor: Cursor): TagParts | string {
  const { source } = cursor;
  let parts: TagParts;
  if (source.charCodeAt(cursor.pos + 1) === 0x3c) {
    cursor.pos += 2;
    const uri = scanUri(cursor, "");
    if (typeof uri === "string") return uri;
    if (source.charCodeAt(cursor.pos) !== 0x3e) return "did not find the expected '>'";
    cursor.pos++;
    parts = { handle: "", suffix: uri.text };
  } else {
    const handle = scanHandle(cursor, false);
    if (handle.problem !== undefined) return handle.problem;
    const isHandle = handle.text.length > 1 && handle.text.endsWith("!");
    const uri = scanUri(cursor, isHandle ? "" : handle.text);
    if (typeof uri === "string") return uri;
    if (isHandle) parts = { handle: handle.text, suffix: uri.text };
    // A lone `!` asks for no particular type; it is kept as the suffix of no handle.
    else parts = uri.text === "" ? { handle: "", suffix: "!" } : { handle: "!", suffix: uri.text };
  }
  if (!isBlankOrEnd(source.charCodeAt(cursor.pos))) return "did not find expected whitespace or line break";
  return parts;
}

/** Reads what follows `%TAG`. */
export function scanTagDirective(cursor: Cursor): TagParts | string {
  const { source } = cursor;
  skipBlanks(cursor);
  const handle = scanHandle(cursor, true);
  if (handle.problem !== undefined) return handle.problem;
  if (!isBlank(source.charCodeAt(cursor.pos))) return "did not find expected whitespace";
  skipBlanks(cursor);
  const prefix = scanUri(cursor, "");
  if (typeof prefix === "string") return prefix;
  if (!isBlankOrEnd(source.charCodeAt(cursor.pos))) return "did not find expected whitespace or line break";
  return { handle: handle.text, suffix: prefix.text };
}

/** Reads what follows `%YAML`: two numbers of at most two digits. */
export function scanVersion(cursor: Cursor): { major: number; minor: number } | string {
  skipBlanks(cursor);
  const major = scanVersionNumber(cursor);
  if (typeof major === "string") return major;
  if (cursor.source.charCodeAt(cursor.pos) !== 0x2e) return "did not find expected digit or '.' character";
  cursor.pos++;
  const minor = scanVersionNumber(cursor);
  return typeof minor === "string" ? minor : { major, minor };
}

export function skipBlanks(cursor: Cursor): void {
  while (isBlank(cursor.source.charCodeAt(cursor.pos))) cursor.pos++;
}

/** The run of letters, digits, `-` and `_` at the cursor. */
export function scanWord(cursor: Cursor): string {
  const start = cursor.pos;
  while (isWord(cursor.source.charCodeAt(cursor.pos))) cursor.pos++;
  return cursor.source.slice(start, cursor.pos);
}

function scanVersionNumber(cursor: Cursor): number | string {
  let digits = 0;
  let value = 0;
  for (;;) {
    const code = cursor.source.charCodeAt(cursor.pos);
    if (!isDigit(code)) break;
    if (++digits > 2) return "found extremely long version number";
    value = value * 10 + code - 0x30;
    cursor.pos++;
  }
  return digits === 0 ? "did not find expected version number" : value;
}

function scanHandle(cursor: Cursor, inDirective: boolean): { text: string; problem?: string } {
  const { source } = cursor;
  const missing = { text: "", problem: "did not find expected '!'" };
  if (source.charCodeAt(cursor.pos) !== 0x21) return missing;
  const start = cursor.pos++;
  scanWord(cursor);
  if (source.charCodeAt(cursor.pos) === 0x21) cursor.pos++;
  else if (inDirective && cursor.pos > start + 1) return missing;
  return { text: source.slice(start, cursor.pos) };
}

/** Reads a URI, `head` being what was already read of it, its `!` included. Returns a problem text when there is none. */
function scanUri(cursor: Cursor, head: string): { text: string } | string {
  const { source } = cursor;
  let text = head.slice(1);
  let start = cursor.pos;
  const first = start;
  for (;;) {
    const code = source.charCodeAt(cursor.pos);
    if (code >= 128 || uriCharacters[code] === 0) break;
    if (code === 0x25) {
      text += source.slice(start, cursor.pos);
      const escaped = scanUriEscape(cursor);
      if (escaped.problem !== undefined) return escaped.problem;
      text += escaped.text;
      start = cursor.pos;
    } else cursor.pos++;
  }
  if (head === "" && cursor.pos === first) return "did not find expected tag URI";
  return { text: text + source.slice(start, cursor.pos) };
}

function scanUriEscape(cursor: Cursor): { text: string; problem?: string } {
  const { source } = cursor;
  const octets: number[] = [];
  let width = 1;
  while (octets.length < width) {
    const high = hexValue(source.charCodeAt(cursor.pos + 1));
    const low = hexValue(source.charCodeAt(cursor.pos + 2));
    if (source.charCodeAt(cursor.pos) !== 0x25 || high < 0 || low < 0) {
      return { text: "", problem: "did not find URI escaped octet" };
    }
    const octet = high * 16 + low;
    if (octets.length === 0) {
      width = octet < 0x80 ? 1 : octet < 0xc0 ? 0 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf8 ? 4 : 0;
      if (width === 0) return { text: "", problem: "found an incorrect leading UTF-8 octet" };
    } else if ((octet & 0xc0) !== 0x80) return { text: "", problem: "found an incorrect trailing UTF-8 octet" };
    octets.push(octet);
    cursor.pos += 3;
  }
  try {
    return { text: utf8.decode(Uint8Array.from(octets)) };
  } catch {
    // Overlong forms and surrogates: Go keeps such bytes, a string cannot.
    return { text: "", problem: "found an incorrect trailing UTF-8 octet" };
  }
}
