import { SopsError } from "../errors.ts";
import { readJson } from "../stores/json-reader.ts";
import {
  type Branch,
  branch,
  entry,
  findValue,
  isBranch,
  isComment,
  isList,
  type List,
  list,
  type Value,
} from "./tree.ts";

/** Keys and positions from a document down to a value. */
export type ValuePath = ReadonlyArray<string | number>;

const step = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\d+))\s*\]/y;

/** Reads `["a"]["b"][0]`, as `sops set` and `--extract` take it. @throws SopsError `PathNotFound` for other texts. */
export function parseValuePath(text: string): ValuePath {
  const path: Array<string | number> = [];
  step.lastIndex = 0;
  for (let at = 0; at < text.length; at = step.lastIndex) {
    step.lastIndex = at;
    const match = step.exec(text);
    if (match === null) throw invalidPath(text);
    const [, double, single, index] = match;
    path.push(index === undefined ? (single ?? unescape(double ?? "", text)) : Number(index));
  }
  if (path.length === 0) throw invalidPath(text);
  return path;
}

/** Reads a JSON value of any kind as a value of a document. @throws SopsError `Malformed` */
export function parseJsonValue(text: string): Value {
  return findValue(readJson(`{"value":${text}\n}`), "value") ?? null;
}

/** @throws SopsError `PathNotFound` */
export function getAt(document: Branch, path: ValuePath): Value {
  let current: Value | undefined = document;
  for (const key of path) {
    if (typeof key === "string") current = isBranch(current) ? findValue(current, key) : undefined;
    else current = isList(current) ? valuesOf(current)[key] : undefined;
    if (current === undefined) throw notFound(path);
  }
  return current;
}

/** A copy with another value; missing mappings on the way are made, a position behind a list's end appends. */
export function setAt(document: Branch, path: ValuePath, value: Value): Branch {
  const changed = put(document, path, path, value);
  if (!isBranch(changed)) throw notFound(path);
  return changed;
}

/** A copy without a value. @throws SopsError `PathNotFound` */
export function removeAt(document: Branch, path: ValuePath): Branch {
  getAt(document, path);
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  const from = getAt(document, parent);
  const without = isBranch(from)
    ? branch(from.entries.filter((item) => item.kind === "comment" || item.key !== last))
    : list(isList(from) ? withoutIndex(from, Number(last)) : []);
  if (parent.length > 0) return setAt(document, parent, without);
  return isBranch(without) ? without : document;
}

function put(current: Value | undefined, rest: ValuePath, path: ValuePath, value: Value): Value {
  const [key, ...deeper] = rest;
  if (key === undefined) return value;
  if (typeof key === "string") {
    const within = isBranch(current) ? current : branch([]);
    const changed = entry(key, put(findValue(within, key), deeper, path, value));
    const exists = within.entries.some((item) => item.kind === "entry" && item.key === key);
    if (!exists) return branch([...within.entries, changed]);
    return branch(within.entries.map((item) => (item.kind === "entry" && item.key === key ? changed : item)));
  }
  const within = isList(current) ? current : list([]);
  const values = valuesOf(within);
  const changed = put(values[key], deeper, path, value);
  if (key >= values.length) return list([...within.items, changed]);
  let index = -1;
  return list(within.items.map((item) => (!isComment(item) && ++index === key ? changed : item)));
}

/** Positions count values; comments stand between them. */
function valuesOf(within: List): Value[] {
  return within.items.filter((item): item is Value => !isComment(item));
}

function withoutIndex(within: List, position: number): List["items"] {
  let index = -1;
  return within.items.filter((item) => isComment(item) || ++index !== position);
}

function unescape(text: string, path: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    throw invalidPath(path);
  }
}

function invalidPath(text: string): SopsError {
  return new SopsError("PathNotFound", `invalid path ${text}; write it as ["key"]["other"][0]`);
}

function notFound(path: ValuePath): SopsError {
  return new SopsError("PathNotFound", `there is no value at ${path.map((key) => JSON.stringify(key)).join(" → ")}`);
}
