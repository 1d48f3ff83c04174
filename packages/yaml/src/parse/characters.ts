/*
 * Character classes of YAML 1.1 over UTF-16 code units. The text being scanned ends in NUL padding, which stands for
 * the end of the stream: NUL itself is not allowed in YAML.
 */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
const NEL = 0x85;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;

/** Whether a line ends here. Go keeps YAML 1.1's three exotic breaks. */
export function isBreak(code: number): boolean {
  return (
    code === LF ||
    code === CR ||
    (code >= NEL && (code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR))
  );
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isBreakOrEnd(code: number): boolean {
  return code === 0 || isBreak(code);
}

export function isBlankOrEnd(code: number): boolean {
  return code <= SPACE
    ? code === SPACE || code === LF || code === TAB || code === CR || code === 0
    : code >= NEL && isBreak(code);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Letters, digits, `-` and `_`: what anchors and tag handles are made of. */
export function isWord(code: number): boolean {
  return (
    isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code === 0x2d
  );
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function classTable(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** Where a word of a plain scalar must be looked at closer, in block and in flow context. */
export const blockPlainStops: Uint8Array = classTable("\0\t\n\r :");
export const flowPlainStops: Uint8Array = classTable("\0\t\n\r :,?[]{}");
/** Indicators that cannot begin a plain scalar on their own (`-`, `?` and `:` can, before the right character). */
export const plainForbiddenStarts: Uint8Array = classTable("\0\t\n\r -?:,[]{}#&*!|>'\"%@`");
/** What may stand in a tag's URI. */
export const uriCharacters: Uint8Array = classTable(
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-;/?:@&=+$,.!~*'()[]%",
);
