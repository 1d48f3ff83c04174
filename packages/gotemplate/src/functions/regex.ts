import { RE2JS, RE2JSSyntaxException } from "re2js";
import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { checkText } from "../value/limits.ts";
import { nilStringSlice, type Value, withGoType } from "../value/value.ts";
import { stringList } from "./strings.ts";

/** Compiled expressions; charts use few. */
const MAX_CACHED = 500;
const cache: Map<string, RE2JS> = new Map();

function compile(expression: string): RE2JS {
  const known = cache.get(expression);
  if (known !== undefined) return known;
  const compiled = RE2JS.compile(expression);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(expression, compiled);
  return compiled;
}

/** Go's text for an expression that is none. */
function syntaxMessage(error: RE2JSSyntaxException): string {
  const input = error.getPattern();
  const description = error.getDescription();
  const isBare = (input === null || input === "") && !description.startsWith("trailing backslash");
  return `error parsing regexp: ${description}${isBare ? "" : `: \`${input ?? ""}\``}`;
}

/** Runs with a compiled expression; `must` variants of Go panic with another text than those that return errors. */
function withRegex<T>(expression: string, fails: "panic" | "error", use: (regex: RE2JS) => T): T {
  let regex: RE2JS;
  try {
    regex = compile(expression);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const message = syntaxMessage(error);
    throw new FunctionError(fails === "panic" ? `regexp: Compile(${goQuote(expression)}): ${message}` : message);
  }
  return use(regex);
}

/** Go quotes expressions with backquotes where it can. */
function goQuote(text: string): string {
  return text.includes("`") ? JSON.stringify(text) : `\`${text}\``;
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** All matches as Go finds them: an empty one not directly behind another match. */
function* matches(regex: RE2JS, text: string): Generator<Match> {
  const matcher = regex.matcher(text);
  let previousEnd = -1;
  let at = 0;
  while (at <= text.length && matcher.find(at)) {
    const start = matcher.start();
    const end = matcher.end();
    const isRepeated = start === end && start === previousEnd;
    if (!isRepeated) {
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
      yield { start, end, groups };
    }
    previousEnd = end;
    at = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
}

function findAll(regex: RE2JS, text: string, count: number): Value[] {
  const found: string[] = [];
  if (count !== 0) {
    for (const { start, end } of matches(regex, text)) {
      found.push(text.slice(start, end));
      if (found.length === count) break;
    }
  }
  return found.length === 0 ? withGoType([], nilStringSlice) : stringList(found);
}

function find(regex: RE2JS, text: string): string {
  for (const { start, end } of matches(regex, text)) return text.slice(start, end);
  return "";
}

function replace(regex: RE2JS, text: string, replacement: (match: Match) => string): string {
  let result = "";
  let last = 0;
  for (const match of matches(regex, text)) {
    result += text.slice(last, match.start) + replacement(match);
    checkText(result.length);
    last = match.end;
  }
  return result + text.slice(last);
}

/** Fills `$1`, `${name}` and `$$` of a template, as Go's `Expand`. */
function expand(template: string, regex: RE2JS, { groups }: Match): string {
  const names = regex.namedGroups();
  return template.replace(
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (whole, braced?: string, bare?: string) => {
      if (whole === "$$") return "$";
      const name = braced ?? bare ?? "";
      if (/^[0-9]+$/.test(name) && (name === "0" || !name.startsWith("0"))) return groups[Number(name)] ?? "";
      const index = Object.hasOwn(names, name) ? names[name] : undefined;
      return index === undefined ? "" : (groups[index] ?? "");
    },
  );
}

function split(regex: RE2JS, text: string, count: number): Value[] {
  if (count === 0) return withGoType([], nilStringSlice);
  if (text === "") return stringList(regex.pattern() === "" ? [] : [""]);
  const parts: string[] = [];
  let start = 0;
  for (const match of matches(regex, text)) {
    if (count > 0 && parts.length === count - 1) break;
    if (match.end === 0) continue;
    parts.push(text.slice(start, match.start));
    start = match.end;
  }
  if (start !== text.length || parts.length === 0 || !endsWithEmpty(regex, text)) parts.push(text.slice(start));
  return stringList(parts);
}

/** Whether the last match is empty and at the end, which Go does not split at. */
function endsWithEmpty(regex: RE2JS, text: string): boolean {
  let last: Match | undefined;
  for (const match of matches(regex, text)) last = match;
  return last !== undefined && last.start === last.end && last.end === text.length;
}

function expandAll(regex: RE2JS, text: string, template: string): string {
  return replace(regex, text, (match) => expand(template, regex, match));
}

export const regexFunctions: FuncMap = {
  regexMatch: fn(["string", "string"], (expression, text) => {
    try {
      return compile(expression).matcher(text).find();
    } catch (error) {
      if (error instanceof RE2JSSyntaxException) return false;
      throw error;
    }
  }),
  mustRegexMatch: fn(["string", "string"], (expression, text) =>
    withRegex(expression, "error", (regex) => regex.matcher(text).find()),
  ),
  regexFindAll: fn(["string", "string", "int"], (expression, text, count) =>
    withRegex(expression, "panic", (regex) => findAll(regex, text, count)),
  ),
  mustRegexFindAll: fn(["string", "string", "int"], (expression, text, count) =>
    withRegex(expression, "error", (regex) => findAll(regex, text, count)),
  ),
  regexFind: fn(["string", "string"], (expression, text) =>
    withRegex(expression, "panic", (regex) => find(regex, text)),
  ),
  mustRegexFind: fn(["string", "string"], (expression, text) =>
    withRegex(expression, "error", (regex) => find(regex, text)),
  ),
  regexReplaceAll: fn(["string", "string", "string"], (expression, text, template) =>
    withRegex(expression, "panic", (regex) => expandAll(regex, text, template)),
  ),
  mustRegexReplaceAll: fn(["string", "string", "string"], (expression, text, template) =>
    withRegex(expression, "error", (regex) => expandAll(regex, text, template)),
  ),
  regexReplaceAllLiteral: fn(["string", "string", "string"], (expression, text, literal) =>
    withRegex(expression, "panic", (regex) => replace(regex, text, () => literal)),
  ),
  mustRegexReplaceAllLiteral: fn(["string", "string", "string"], (expression, text, literal) =>
    withRegex(expression, "error", (regex) => replace(regex, text, () => literal)),
  ),
  regexSplit: fn(["string", "string", "int"], (expression, text, count) =>
    withRegex(expression, "panic", (regex) => split(regex, text, count)),
  ),
  mustRegexSplit: fn(["string", "string", "int"], (expression, text, count) =>
    withRegex(expression, "error", (regex) => split(regex, text, count)),
  ),
  regexQuoteMeta: fn(["string"], (text) => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};
