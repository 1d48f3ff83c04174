import { isBlank, isBlankOrEnd, isBreak, SPACE, TAB } from "../parse/characters.ts";

/** Which styles can carry a text. */
export interface ScalarAnalysis {
  readonly multiline: boolean;
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

const anything: ScalarAnalysis = { multiline: false, flowPlain: true, blockPlain: true, single: true, block: true };
const empty: ScalarAnalysis = { multiline: false, flowPlain: false, blockPlain: true, single: true, block: false };

/** Characters without any meaning, wherever they stand in a scalar. */
const harmless = new Uint8Array(128);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.+=$()~;^<\\") {
  harmless[character.charCodeAt(0)] = 1;
}
/** What a plain scalar may not begin with. */
const forbiddenStart = new Uint8Array(128);
for (const character of "#,[]{}&*!|>'\"%@`") forbiddenStart[character.charCodeAt(0)] = 1;

/**
 * Finds out which styles can carry a text. With `tabsInBlocks` tabs do not rule out block scalars: go-yaml v3 allows
 * them, v2 does not.
 */
export function analyzeScalar(value: string, tabsInBlocks: boolean): ScalarAnalysis {
  const { length } = value;
  if (length === 0) return empty;
  if (isHarmless(value)) return anything;

  let blockIndicators = value.startsWith("---") || value.startsWith("...");
  let flowIndicators = blockIndicators;
  let lineBreaks = false;
  let special = false;
  let tabs = false;
  let edgeSpace = false;
  let trailingSpace = false;
  let edgeBreak = false;
  let breakSpace = false;
  let spaceBreak = false;
  let afterSpace = false;
  let afterBreak = false;
  let afterBlank = true;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    const beforeBlank = i + 1 === length || isBlank(value.charCodeAt(i + 1));
    if (i === 0) {
      if (code < 128 && forbiddenStart[code] === 1) flowIndicators = blockIndicators = true;
      else if (code === 0x3f || code === 0x3a) {
        flowIndicators = true;
        if (beforeBlank) blockIndicators = true;
      } else if (code === 0x2d && beforeBlank) flowIndicators = blockIndicators = true;
    } else if (code === 0x3a) {
      flowIndicators = true;
      if (beforeBlank) blockIndicators = true;
    } else if (code === 0x23) {
      if (afterBlank) flowIndicators = blockIndicators = true;
    } else if (code === 0x2c || code === 0x3f || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d) {
      flowIndicators = true;
    }
    if (code === TAB) tabs = true;
    else if (!isPrintable(code)) special = true;
    if (code === SPACE) {
      if (i === 0) edgeSpace = true;
      if (i + 1 === length) trailingSpace = true;
      if (afterBreak) breakSpace = true;
      afterSpace = true;
      afterBreak = false;
    } else if (isBreak(code)) {
      lineBreaks = true;
      if (i === 0 || i + 1 === length) edgeBreak = true;
      if (afterSpace) spaceBreak = true;
      afterSpace = false;
      afterBreak = true;
    } else {
      afterSpace = false;
      afterBreak = false;
    }
    afterBlank = isBlankOrEnd(code);
  }
  const unquotable = breakSpace || spaceBreak || tabs || special;
  const plain = !(edgeSpace || trailingSpace || edgeBreak || lineBreaks || unquotable);
  return {
    multiline: lineBreaks,
    flowPlain: plain && !flowIndicators,
    blockPlain: plain && !blockIndicators,
    single: !unquotable,
    block: !(trailingSpace || spaceBreak || special || (tabs && !tabsInBlocks)),
  };
}

/** Whether a character may stand unescaped. As in Go, characters beyond the basic plane may not. */
export function isPrintable(code: number): boolean {
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

function isHarmless(value: string): boolean {
  const { length } = value;
  const first = value.charCodeAt(0);
  // A leading dot or dash may be the start of a document mark; dashes elsewhere mean nothing.
  if (first === 0x2d || first === 0x2e) return false;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 128) return false;
    if (harmless[code] === 0 && code !== 0x2d) return false;
  }
  return true;
}
