import { checkText } from "../value/limits.ts";

/** The flags, width and precision between `%` and the verb. */
export interface Directive {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`: field names. */
  plusV: boolean;
  /** `%#v`: Go syntax. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function plainDirective(): Directive {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** Number of characters as Go counts them; a stray byte is one. */
export function runeCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Fills a text up to the width, with zeros where those are wanted. */
export function pad(text: string, directive: Directive, allowZero = true): string {
  const { width, minus } = directive;
  if (width === undefined || width === 0) return text;
  checkText(width);
  const missing = width - runeCount(text);
  if (missing <= 0) return text;
  if (minus) return text + " ".repeat(missing);
  return (directive.zero && allowZero ? "0" : " ").repeat(missing) + text;
}
