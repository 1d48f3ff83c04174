import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { compareText } from "../value/bytes.ts";
import { toInt64 } from "../value/cast.ts";
import { deepEqual } from "../value/deep-equal.ts";
import { isTrue } from "../value/truth.ts";
import { textOfValue, textsOf } from "../value/text.ts";
import {
  GoInt,
  goTypeOf,
  isSlice,
  kindOf,
  nilSlice,
  sliceOfSlices,
  type Value,
  withGoType,
  type GoFunction,
} from "../value/value.ts";
import { checkItems } from "../value/limits.ts";
import { stringList } from "./strings.ts";

/** The elements of a list, or Go's complaint about what is none. */
function elements(list: Value, complaint: string): Value[] {
  if (list === null || list === undefined)
    throw new FunctionError("runtime error: invalid memory address or nil pointer dereference");
  if (list instanceof Uint8Array) return Array.from(list, (byte) => new GoInt("uint8", BigInt(byte)));
  if (isSlice(list)) return list;
  throw new FunctionError(`${complaint} ${kindOf(list)}`);
}

function nilList(): Value[] {
  return withGoType([], nilSlice);
}

/** The same function under its name and its `must` name. */
function both(name: string, body: GoFunction): Record<string, GoFunction> {
  return { [name]: body, [`must${name.slice(0, 1).toUpperCase()}${name.slice(1)}`]: body };
}

function unique(list: Value): Value[] {
  const result: Value[] = [];
  const seen = new Set<Value>();
  for (const item of elements(list, "Cannot find uniq on type")) {
    // Texts are the usual case and need no search.
    if (typeof item === "string" ? seen.has(item) : result.some((other) => deepEqual(item, other))) continue;
    if (typeof item === "string") seen.add(item);
    result.push(item);
  }
  return result;
}

function chunk(size: number, list: Value): Value[] {
  const items = elements(list, "Cannot chunk type");
  if (size <= 0) {
    // Go divides by it and fails to allocate.
    throw new FunctionError("runtime error: makeslice: len out of range");
  }
  const chunks: Value[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return withGoType(chunks, sliceOfSlices);
}

function slice(list: Value, ...indices: Value[]): Value {
  const items = elements(list, "list should be type of slice or array but");
  if (items.length === 0) return null;
  const [start = 0, end = items.length] = indices.map((index) => Number(toInt64(index)));
  if (start < 0 || start > end || end > items.length)
    throw new FunctionError("reflect.Value.Slice: slice index out of bounds");
  const part = items.slice(start, end);
  const type = isSlice(list) ? goTypeOf(list) : undefined;
  return type === undefined ? part : withGoType(part, type);
}

function concat(...lists: Value[]): Value[] {
  let total = 0;
  const parts = lists.map((list) => {
    if (list !== null && list !== undefined && !isSlice(list) && !(list instanceof Uint8Array))
      throw new FunctionError(`Cannot concat type ${kindOf(list)} as list`);
    const items = elements(list, "");
    checkItems((total += items.length));
    return items;
  });
  return total === 0 ? nilList() : parts.flat();
}

function has(needle: Value, haystack: Value): boolean {
  if (haystack === null || haystack === undefined) return false;
  return elements(haystack, "Cannot find has on type").some((item) => deepEqual(needle, item));
}

function sortAlpha(list: Value): Value[] {
  if (!isSlice(list) && !(list instanceof Uint8Array)) return stringList([textOfValue(list)]);
  return stringList(textsOf(list).sort(compareText));
}

function ends(name: "first" | "last"): GoFunction {
  return fn(["any"], (list) => elements(list, `Cannot find ${name} on type`).at(name === "first" ? 0 : -1) ?? null);
}

function most(name: "rest" | "initial"): GoFunction {
  return fn(["any"], (list) => {
    const items = elements(list, `Cannot find ${name} on type`);
    if (items.length === 0) return nilList();
    return name === "rest" ? items.slice(1) : items.slice(0, -1);
  });
}

const push: GoFunction = fn(["any", "any"], (list, value) => [...elements(list, "Cannot push on type"), value]);
const newList: GoFunction = fn(["...any"], (...values) => values);

export const listFunctions: FuncMap = {
  list: newList,
  tuple: newList,
  ...both("append", push),
  ...both("push", push),
  ...both(
    "prepend",
    fn(["any", "any"], (list, value) => [value, ...elements(list, "Cannot prepend on type")]),
  ),
  ...both("first", ends("first")),
  ...both("last", ends("last")),
  ...both("rest", most("rest")),
  ...both("initial", most("initial")),
  ...both(
    "reverse",
    fn(["any"], (list) => elements(list, "Cannot find reverse on type").toReversed()),
  ),
  ...both(
    "compact",
    fn(["any"], (list) => elements(list, "Cannot compact on type").filter(isTrue)),
  ),
  ...both("uniq", fn(["any"], unique)),
  ...both(
    "without",
    fn(["any", "...any"], (list, ...omitted) =>
      elements(list, "Cannot find without on type").filter((item) => !omitted.some((other) => deepEqual(other, item))),
    ),
  ),
  ...both("has", fn(["any", "any"], has)),
  ...both("slice", fn(["any", "...any"], slice)),
  ...both("chunk", fn(["int", "any"], chunk)),
  concat: fn(["...any"], concat),
  sortAlpha: fn(["any"], sortAlpha),
};
