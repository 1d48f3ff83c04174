import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { valueText } from "../printf/print-value.ts";
import { quoteText } from "../printf/quote.ts";
import { byteLength, fromBytes, rejoinBytes, sliceBytes, toBytes } from "../value/bytes.ts";
import { checkText } from "../value/limits.ts";
import { textOfValue, textsOf } from "../value/text.ts";
import { stringMap, stringSlice, type Value, type ValueMap, withGoType, type GoFunction } from "../value/value.ts";
import { isSpace, lowerText, pascalCase, separateWords, swapCase, titleText, untitleText, upperText } from "./case.ts";

/** A `[]string`. */
export function stringList(items: string[]): Value[] {
  return withGoType<Value[]>(items, stringSlice);
}

export function repeatText(count: number, text: string): string {
  if (count < 0) throw new FunctionError("strings: negative Repeat count");
  checkText(count * text.length);
  return text.repeat(count);
}

function outOfRange(range: string): FunctionError {
  return new FunctionError(`runtime error: slice bounds out of range ${range}`);
}

/** Go's `text[start:end]`, panics included. */
function checkedSlice(text: string, start: number | undefined, end: number | undefined): string {
  const length = byteLength(text);
  if (end !== undefined) {
    if (end < 0) throw outOfRange(`[:${end}]`);
    if (end > length) throw outOfRange(`[:${end}] with length ${length}`);
  }
  const from = start ?? 0;
  const to = end ?? length;
  if (from > to) throw outOfRange(end === undefined ? `[${from}:${length}]` : `[${from}:${to}]`);
  return sliceBytes(text, from, to);
}

function substring(start: number, end: number, text: string): string {
  if (start < 0) return checkedSlice(text, undefined, end);
  return end < 0 || end > byteLength(text) ? checkedSlice(text, start, undefined) : checkedSlice(text, start, end);
}

function truncate(count: number, text: string): string {
  const length = byteLength(text);
  if (count < 0) return length + count > 0 ? sliceBytes(text, length + count) : text;
  return length > count ? sliceBytes(text, 0, count) : text;
}

function abbreviateFrom(text: string, from: number, width: number): string {
  const length = byteLength(text);
  if (text === "" || width < 4) return "";
  if (length <= width) return text;
  const kept = width - 3;
  const offset = length - Math.min(from, length) < kept ? length - kept : Math.min(from, length);
  if (offset <= 4) return `${sliceBytes(text, 0, kept)}...`;
  if (width < 7) return "";
  if (offset + kept < length) return `...${abbreviateFrom(sliceBytes(text, offset), 0, kept)}`;
  return `...${sliceBytes(text, length - kept)}`;
}

function abbreviateBoth(left: number, right: number, text: string): string {
  return right < 4 || (left > 0 && right < 7) ? text : abbreviateFrom(text, left, right);
}

interface Wrapping {
  readonly width: number;
  readonly separator: string;
  readonly breaksWords: boolean;
}

/** Wraps at blanks; works on bytes, as goutils does. */
function wrapText(text: string, { width, separator, breaksWords }: Wrapping): string {
  const bytes = toBytes(text);
  const line = Math.max(width, 1);
  const lineBreak = separator === "" ? "\n" : separator;
  const parts: string[] = [];
  const part = (start: number, end: number): string => fromBytes(bytes.subarray(start, end));
  let offset = 0;
  let size = 0;
  while (bytes.length - offset > line) {
    if (bytes[offset] === 0x20) {
      offset++;
      continue;
    }
    const blank = bytes.lastIndexOf(0x20, offset + line);
    let end: number;
    let next: number;
    if (blank >= offset) [end, next] = [blank, blank + 1];
    else if (breaksWords) [end, next] = [offset + line, offset + line];
    else {
      const later = bytes.indexOf(0x20, offset + line);
      if (later < 0) break;
      [end, next] = [later, later + 1];
    }
    parts.push(part(offset, end));
    size += end - offset + lineBreak.length;
    checkText(size);
    offset = next;
  }
  parts.push(part(offset, bytes.length));
  return rejoinBytes(parts.join(lineBreak));
}

/** Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  return text.replace(/^[\s\u0085]+/, "").replace(/[\s\u0085]+$/, "");
}

function trimSet(set: string, text: string): string {
  const characters = new Set(set);
  const all = Array.from(text);
  let start = 0;
  let end = all.length;
  while (start < end && characters.has(all[start] ?? "")) start++;
  while (end > start && characters.has(all[end - 1] ?? "")) end--;
  return all.slice(start, end).join("");
}

/** Go's `strings.SplitN`; a negative count is no bound. */
export function splitText(text: string, separator: string, count: number): string[] {
  if (count === 0) return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

/** The parts as `_0`, `_1`, … */
function numbered(parts: readonly string[]): ValueMap {
  const map: ValueMap = Object.fromEntries(parts.map((part, index) => [`_${index}`, part]));
  return withGoType(map, stringMap);
}

function replaceText(old: string, replacement: string, text: string): string {
  if (old !== "") {
    const parts = text.split(old);
    checkText(text.length + parts.length * replacement.length);
    return parts.join(replacement);
  }
  checkText(text.length * (replacement.length + 1));
  return replacement + Array.from(text, (character) => character + replacement).join("");
}

export function indentText(spaces: number, text: string): string {
  const pad = repeatText(spaces, " ");
  checkText(text.split("\n").length * spaces);
  return pad + text.replaceAll("\n", `\n${pad}`);
}

/** First letters of words. Go looks at bytes here and takes each for a character. */
function initials(text: string): string {
  let isStart = true;
  let result = "";
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (isSpace(character)) isStart = true;
    else if (isStart) {
      result += character;
      isStart = false;
    }
  }
  return result;
}

/** Drops white space; like {@link initials} it takes bytes for characters, whatever that does to others. */
function withoutSpace(text: string): string {
  const characters = Array.from(toBytes(text), (byte) => String.fromCharCode(byte));
  const kept = characters.filter((character) => !isSpace(character));
  return kept.length === characters.length ? text : kept.join("");
}

function without(nothing: readonly Value[]): Value[] {
  return nothing.filter((value) => value !== null && value !== undefined);
}

const trimAll: GoFunction = fn(["string", "string"], trimSet);

export const stringFunctions: FuncMap = {
  hello: fn([], () => "Hello!"),
  abbrev: fn(["int", "string"], (width, text) => (width < 4 ? text : abbreviateFrom(text, 0, width))),
  abbrevboth: fn(["int", "int", "string"], abbreviateBoth),
  trunc: fn(["int", "string"], truncate),
  trim: fn(["string"], trimSpace),
  upper: fn(["string"], upperText),
  lower: fn(["string"], lowerText),
  title: fn(["string"], titleText),
  untitle: fn(["string"], untitleText),
  substr: fn(["int", "int", "string"], substring),
  repeat: fn(["int", "string"], repeatText),
  trimall: trimAll,
  trimAll,
  trimSuffix: fn(["string", "string"], (suffix, text) =>
    suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: fn(["string", "string"], (prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  nospace: fn(["string"], withoutSpace),
  initials: fn(["string"], initials),
  swapcase: fn(["string"], swapCase),
  snakecase: fn(["string"], (text) => separateWords(text, "_")),
  camelcase: fn(["string"], pascalCase),
  kebabcase: fn(["string"], (text) => separateWords(text, "-")),
  wrap: fn(["int", "string"], (width, text) => wrapText(text, { width, separator: "", breaksWords: false })),
  wrapWith: fn(["int", "string", "string"], (width, separator, text) =>
    wrapText(text, { width, separator, breaksWords: true }),
  ),
  contains: fn(["string", "string"], (part, text) => text.includes(part)),
  hasPrefix: fn(["string", "string"], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn(["string", "string"], (suffix, text) => text.endsWith(suffix)),
  quote: fn(["...any"], (...values) =>
    without(values)
      .map((value) => quoteText(textOfValue(value)))
      .join(" "),
  ),
  squote: fn(["...any"], (...values) =>
    without(values)
      .map((value) => `'${valueText(value)}'`)
      .join(" "),
  ),
  cat: fn(["...any"], (...values) => without(values).map(valueText).join(" ")),
  indent: fn(["int", "string"], indentText),
  nindent: fn(["int", "string"], (spaces, text) => `\n${indentText(spaces, text)}`),
  replace: fn(["string", "string", "string"], replaceText),
  plural: fn(["string", "string", "int"], (one, many, count) => (count === 1 ? one : many)),
  toString: fn(["any"], textOfValue),
  toStrings: fn(["any"], (value) => stringList(textsOf(value))),
  join: fn(["string", "any"], (separator, value) => textsOf(value).join(separator)),
  split: fn(["string", "string"], (separator, text) => numbered(splitText(text, separator, -1))),
  splitn: fn(["string", "int", "string"], (separator, count, text) => numbered(splitText(text, separator, count))),
  splitList: fn(["string", "string"], (separator, text) => stringList(splitText(text, separator, -1))),
};
