import { isPrintable } from "../printf/quote.ts";
import { sprint } from "../printf/sprintf.ts";
import { toBytes } from "../value/bytes.ts";
import type { Value } from "../value/value.ts";

/** The text of the arguments of an escaping function; nil prints as in an action. */
export function textOf(args: readonly Value[]): string {
  return sprint(args.map((arg) => arg ?? "<no value>"));
}

const html: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** Go's `template.HTMLEscapeString`. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => html[character] ?? character);
}

const js: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

function escapeJsCharacter(character: string): string {
  const special = js[character];
  if (special !== undefined) return special;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x80 && isPrintable(code)) return character;
  const shown = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
  if (shown === 0xfffd && code !== 0xfffd) return "\ufffd";
  return `\\u${shown.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Go's `template.JSEscapeString`. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, escapeJsCharacter);
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Go's `url.QueryEscape`. */
export function escapeQuery(text: string): string {
  let escaped = "";
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && /[A-Za-z0-9\-_.~]/.test(character)) escaped += character;
    else escaped += character === " " ? "+" : percent(byte);
  }
  return escaped;
}
