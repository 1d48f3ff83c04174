import { fromBytes, toBytes } from "./bytes.ts";

const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

const escape = /\\(?:([abfnrtv\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|)/g;

function isCharacter(code: number): boolean {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

function byteText(code: number): string {
  return code < 0x80 ? String.fromCharCode(code) : String.fromCharCode(0xdc00 + code);
}

/** Resolves the escapes inside quotes; `undefined` when one is not Go's. Bytes stay apart, see `bytes.ts`. */
function unescape(inner: string, quote: string): string | undefined {
  let isValid = true;
  const text = inner.replace(
    escape,
    (_, simple?: string, hex?: string, short?: string, long?: string, oct?: string) => {
      if (simple !== undefined) {
        if (simple === quote) return quote;
        const value = simpleEscapes[simple];
        if (value === undefined) isValid = false;
        return value ?? "";
      }
      if (hex !== undefined) return byteText(Number.parseInt(hex, 16));
      const point = short ?? long;
      if (point !== undefined) {
        const code = Number.parseInt(point, 16);
        if (isCharacter(code)) return String.fromCodePoint(code);
      } else if (oct !== undefined) {
        const code = Number.parseInt(oct, 8);
        if (code <= 255) return byteText(code);
      }
      isValid = false;
      return "";
    },
  );
  return isValid ? text : undefined;
}

/** Reads a Go string literal, quoted or raw; `undefined` when its syntax is invalid. */
export function unquote(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || quote !== literal.at(-1)) return undefined;
  const inner = literal.slice(1, -1);
  if (quote === "`") return inner.includes("`") ? undefined : inner.replaceAll("\r", "");
  if (quote !== '"' || inner.includes("\n")) return undefined;
  if (!inner.includes("\\")) return inner.includes('"') ? undefined : inner;
  const text = unescape(inner, '"');
  return text === undefined ? undefined : fromBytes(toBytes(text));
}

/** The code of a Go character literal `'x'`; `undefined` when malformed. */
export function unquoteCharacter(literal: string): number | undefined {
  const inner = literal.slice(1, -1);
  if (literal.length < 3 || !literal.endsWith("'") || inner === "'") return undefined;
  const text = inner.startsWith("\\") ? unescape(inner, "'") : inner;
  if (text === undefined || Array.from(text).length !== 1) return undefined;
  const code = text.codePointAt(0) ?? 0;
  return code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
}
