import { FunctionError } from "../errors.ts";
import { byteLength, sliceBytes, toBytes } from "../value/bytes.ts";
import { getKey } from "../value/map.ts";
import {
  GoInt,
  goTypeOf,
  integerOf,
  isMap,
  isSlice,
  typeName,
  type Value,
  type ValueMap,
  withGoType,
} from "../value/value.ts";

/** Checks an index against the last allowed one. */
function position(index: Value, last: number): number {
  if (index === undefined || index === null) throw new FunctionError("cannot index slice/array with nil");
  const integer = integerOf(index);
  if (integer === undefined) throw new FunctionError(`cannot index slice/array with type ${typeName(index)}`);
  if (integer < 0n || integer > BigInt(last)) throw new FunctionError(`index out of range: ${integer}`);
  return Number(integer);
}

function key(index: Value): string {
  if (index === undefined || index === null) throw new FunctionError("value is nil; should be of type string");
  if (typeof index !== "string") throw new FunctionError(`value has type ${typeName(index)}; should be string`);
  return index;
}

function mapElement(map: ValueMap, index: Value): Value {
  return getKey(map, key(index)) ?? goTypeOf(map)?.zero ?? null;
}

function element(item: Value, index: Value): Value {
  if (isSlice(item)) {
    const at = position(index, item.length);
    if (at >= item.length) throw new FunctionError("reflect: slice index out of range");
    return item[at] ?? null;
  }
  if (typeof item === "string" || item instanceof Uint8Array) {
    const bytes = typeof item === "string" ? toBytes(item) : item;
    const byte = bytes[position(index, bytes.length)];
    if (byte === undefined)
      throw new FunctionError(`reflect: ${typeof item === "string" ? "string" : "slice"} index out of range`);
    return new GoInt("uint8", BigInt(byte));
  }
  if (isMap(item)) return mapElement(item, index);
  throw new FunctionError(`can't index item of type ${typeName(item)}`);
}

/** `index x 1 "a"` is Go's `x[1]["a"]`. */
export function indexValue(item: Value, ...indexes: Value[]): Value {
  if (item === undefined || item === null) throw new FunctionError("index of untyped nil");
  let value: Value = item;
  for (const index of indexes) {
    if (value === null || value === undefined) throw new FunctionError("index of nil pointer");
    value = element(value, index);
  }
  return value;
}

/** `slice x 1 2` is Go's `x[1:2]`, in bytes for texts. */
export function sliceValue(item: Value, ...indexes: Value[]): Value {
  if (item === undefined || item === null) throw new FunctionError("slice of untyped nil");
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new FunctionError("cannot 3-index slice a string");
  if (!isText && !isSlice(item) && !(item instanceof Uint8Array))
    throw new FunctionError(`can't slice item of type ${typeName(item)}`);
  const length = isText ? byteLength(item) : item.length;
  const [start = 0, end = length, capacity] = indexes.map((index) => position(index, length));
  if (start > end) throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  if (capacity !== undefined && end > capacity) throw new FunctionError(`invalid slice index: ${end} > ${capacity}`);
  if (isText) return sliceBytes(item, start, end);
  if (item instanceof Uint8Array) return item.subarray(start, end);
  const part = item.slice(start, end);
  const type = goTypeOf(item);
  return type === undefined ? part : withGoType(part, type);
}
