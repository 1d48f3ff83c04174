import { FunctionError } from "../errors.ts";
import { printArgument, valueText } from "../printf/print-value.ts";
import { plainDirective } from "../printf/directive.ts";
import { compareText } from "../value/bytes.ts";
import {
  GoObject,
  integerOf,
  isMap,
  isNilValue,
  isSlice,
  isUnsigned,
  kindOf,
  typeName,
  type Value,
} from "../value/value.ts";

type BasicKind = "bool" | "int" | "uint" | "float" | "string" | undefined;

/** A named integer counts as the integer it is. */
function plain(value: Value): Value {
  return value instanceof GoObject ? (value.field("") ?? value) : value;
}

function basicKind(value: Value): BasicKind {
  const bare = plain(value);
  if (typeof bare === "boolean") return "bool";
  if (typeof bare === "number") return "float";
  if (typeof bare === "string") return "string";
  if (integerOf(bare) !== undefined) return isUnsigned(bare) ? "uint" : "int";
  return undefined;
}

function isInteger(kind: BasicKind): boolean {
  return kind === "int" || kind === "uint";
}

function incompatible(left: Value, right: Value): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
}

function isNothing(value: Value): boolean {
  return value === undefined || value === null;
}

/** Equality of values that have no order: nils, structs. Maps and slices have none. */
function isSame(left: Value, right: Value): boolean {
  const leftKind = isNothing(left) ? "invalid" : kindOf(left);
  const rightKind = isNothing(right) ? "invalid" : kindOf(right);
  if (leftKind !== rightKind && leftKind !== "invalid" && rightKind !== "invalid") {
    const text = printArgument(left, "s", plainDirective());
    throw new FunctionError(`non-comparable types ${text}: ${typeName(left)}, ${typeName(right)}: ${valueText(right)}`);
  }
  if (isNilValue(left) || isNilValue(right)) return isNilValue(left) === isNilValue(right);
  if (isMap(right) || isSlice(right) || right instanceof Uint8Array || kindOf(right) === "func")
    throw new FunctionError(`non-comparable type ${printArgument(right, "s", plainDirective())}: ${typeName(right)}`);
  if (left === right) return true;
  return left instanceof GoObject && right instanceof GoObject && left.equals(right);
}

function equals(left: Value, right: Value): boolean {
  const leftKind = basicKind(left);
  const rightKind = basicKind(right);
  if (leftKind !== rightKind) {
    if (isInteger(leftKind) && isInteger(rightKind)) return integerOf(plain(left)) === integerOf(plain(right));
    if (!isNothing(left) && !isNothing(right)) throw incompatible(left, right);
    return false;
  }
  if (leftKind === undefined) return isSame(left, right);
  if (isInteger(leftKind)) return integerOf(plain(left)) === integerOf(plain(right));
  return left === right;
}

/** `eq`: whether the first equals one of the others. */
export function isEqual(left: Value, ...others: Value[]): boolean {
  if (others.length === 0) throw new FunctionError("missing argument for comparison");
  return others.some((other) => equals(left, other));
}

export function isNotEqual(left: Value, right: Value): boolean {
  return !isEqual(left, right);
}

export function isLess(left: Value, right: Value): boolean {
  const leftKind = basicKind(left);
  const rightKind = basicKind(right);
  if (leftKind === undefined || rightKind === undefined) throw new FunctionError("invalid type for comparison");
  const leftInteger = integerOf(plain(left));
  const rightInteger = integerOf(plain(right));
  if (leftInteger !== undefined && rightInteger !== undefined) return leftInteger < rightInteger;
  if (leftKind !== rightKind) throw incompatible(left, right);
  if (typeof left === "number" && typeof right === "number") return left < right;
  if (typeof left === "string" && typeof right === "string") return compareText(left, right) < 0;
  throw new FunctionError("invalid type for comparison");
}

export function isLessOrEqual(left: Value, right: Value): boolean {
  return isLess(left, right) || isEqual(left, right);
}

export function isGreater(left: Value, right: Value): boolean {
  return !isLessOrEqual(left, right);
}

export function isGreaterOrEqual(left: Value, right: Value): boolean {
  return !isLess(left, right);
}
