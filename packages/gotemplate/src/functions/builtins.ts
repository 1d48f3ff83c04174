import { FunctionError } from "../errors.ts";
import { convertArgument, Mismatch } from "../exec/convert.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { sprint, sprintf, sprintln } from "../printf/sprintf.ts";
import { isTrue, lengthOf } from "../value/truth.ts";
import { int, integerOf, isNilValue, typeName, type Value, GoFunction, paramNames } from "../value/value.ts";
import { isEqual, isGreater, isGreaterOrEqual, isLess, isLessOrEqual, isNotEqual } from "./comparison.ts";
import { escapeHtml, escapeJs, escapeQuery, textOf } from "./escape.ts";
import { indexValue, sliceValue } from "./indexing.ts";

function length(value: Value): Value {
  if (value === undefined) throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  if (value === null) throw new FunctionError("len of nil pointer");
  const count = lengthOf(value);
  if (count === undefined) throw new FunctionError(`len of type ${typeName(value)}`);
  return int(count);
}

/** Fits an argument of `call`, where integers of any type become the wanted one. */
function prepare(value: Value, called: GoFunction, index: number): Value {
  const type = called.params[Math.min(index, called.params.length - 1)] ?? "any";
  if (value === undefined && isNilValue(convertNil(type))) return convertNil(type);
  const integer = integerOf(value);
  const isIntegerType = type === "int" || type === "int64" || type === "uint32";
  if (integer !== undefined && isIntegerType) return type === "int64" ? integer : Number(integer);
  const converted = convertArgument(value, type);
  if (!(converted instanceof Mismatch)) return converted;
  const problem =
    value === undefined || value === null
      ? `value is nil; should be of type ${paramNames[type]}`
      : `value has type ${typeName(value)}; should be ${paramNames[type]}`;
  throw new FunctionError(`arg ${index}: ${problem}`);
}

function convertNil(type: Parameters<typeof convertArgument>[1]): Value {
  const converted = convertArgument(undefined, type);
  return converted instanceof Mismatch ? 0 : converted;
}

const call = new GoFunction(
  ["string", "value", "...value"],
  ([name, target, ...args], execution) => {
    if (target === undefined || target === null) throw new FunctionError("call of nil");
    const label = typeof name === "string" ? name : "";
    if (!(target instanceof GoFunction)) throw new FunctionError(`non-function ${label} of type ${typeName(target)}`);
    const wanted = target.params.length;
    if (target.isVariadic ? args.length < wanted - 1 : args.length !== wanted) {
      const count = target.isVariadic ? `at least ${wanted - 1}` : String(wanted);
      throw new FunctionError(`wrong number of args for ${label}: got ${args.length} want ${count}`);
    }
    return target.call(
      args.map((arg, index) => prepare(arg, target, index)),
      execution,
    );
  },
  { takesName: true },
);

/** What Go's `text/template` has built in. */
export const builtinFunctions: FuncMap = {
  and: new GoFunction(["value", "...value"], () => undefined, { shortCircuit: "and" }),
  or: new GoFunction(["value", "...value"], () => undefined, { shortCircuit: "or" }),
  not: fn(["value"], (value) => !isTrue(value)),
  call: new GoFunction(["value", "...value"], call.call, { takesName: true }),
  html: fn(["...any"], (...args) => escapeHtml(textOf(args))),
  js: fn(["...any"], (...args) => escapeJs(textOf(args))),
  urlquery: fn(["...any"], (...args) => escapeQuery(textOf(args))),
  index: fn(["value", "...value"], indexValue),
  slice: fn(["value", "...value"], sliceValue),
  len: fn(["value"], length),
  print: fn(["...any"], (...args) => sprint(args)),
  printf: fn(["string", "...any"], (format, ...args) => sprintf(format, args)),
  println: fn(["...any"], (...args) => sprintln(args)),
  eq: fn(["value", "...value"], isEqual),
  ne: fn(["value", "value"], isNotEqual),
  lt: fn(["value", "value"], isLess),
  le: fn(["value", "value"], isLessOrEqual),
  gt: fn(["value", "value"], isGreater),
  ge: fn(["value", "value"], isGreaterOrEqual),
};
