import type { GoFunction } from "../exec/function.ts";
import type { GoSequence } from "../exec/sequence.ts";

/** The integer types besides `int64`, which is a `bigint`. */
export type IntegerType = "int" | "int8" | "int16" | "int32" | "uint" | "uint8" | "uint16" | "uint32" | "uint64";

/** What Go's `reflect.Kind` prints. */
export type Kind =
  | IntegerType
  | "int64"
  | "invalid"
  | "bool"
  | "float64"
  | "string"
  | "slice"
  | "map"
  | "struct"
  | "ptr"
  | "func";

/** Values that are neither JSON nor bytes: they know their Go type. */
export abstract class GoValue {
  /** As `%T` prints it. */
  abstract readonly typeName: string;
  abstract readonly kind: Kind;
}

/** An integer of a type other than `int64`. */
export class GoInt extends GoValue {
  readonly kind: IntegerType;
  readonly value: bigint;

  constructor(kind: IntegerType, value: bigint) {
    super();
    this.kind = kind;
    this.value = value;
  }

  override get typeName(): string {
    return this.kind;
  }

  /** For `JSON.stringify` and YAML. */
  toJSON(): number | bigint {
    const number = Number(this.value);
    return Number.isSafeInteger(number) ? number : this.value;
  }
}

/**
 * A Go struct, pointer or named type with methods: a point in time, a semantic version, what a caller passes in. Its
 * fields and methods are what templates reach by name.
 */
export abstract class GoObject extends GoValue {
  /** A struct's exported field, `undefined` when there is none; under the empty name the integer that a named one is. */
  field(_name: string): Value | undefined {
    return undefined;
  }

  /** A method, bound; `undefined` when there is none. */
  method(_name: string): GoFunction | undefined {
    return undefined;
  }

  /** The text of a `fmt.Stringer` or `error`; `undefined` when it is neither. */
  text(): string | undefined {
    return undefined;
  }

  /** Go's `==` with another value of the same type. */
  equals(other: GoObject): boolean {
    return this === other;
  }

  /** All fields in order, private ones too, as `%v` prints a struct. */
  fields(): ReadonlyMap<string, Value> {
    return new Map();
  }
}

/** An object is Go's `map[string]any` unless it says otherwise, see {@link withGoType}. */
export interface ValueMap {
  [key: string]: Value;
}

/**
 * A Go value. JSON values are what they look like to a Go program that decoded them: a number is a `float64`, an
 * array `[]interface {}`, an object `map[string]interface {}`. A `bigint` is an `int64`. `null` is a nil in an interface;
 * `undefined` is no value at all, as of a missing key.
 */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | GoInt
  | GoObject
  | GoFunction
  | GoSequence
  | Uint8Array
  | Value[]
  | ValueMap;

/** A slice or map type other than the usual one. */
export interface GoType {
  readonly name: string;
  /** The zero value of elements; `null` for interfaces. */
  readonly zero: Value;
  /** A nil slice or map: empty, but `null` in JSON. */
  readonly isNil?: boolean;
  /** Methods of a named type, called with the value. */
  readonly method?: (self: Value[] | ValueMap, name: string) => GoFunction | undefined;
}

export const stringSlice: GoType = { name: "[]string", zero: "" };
export const nilStringSlice: GoType = { name: "[]string", zero: "", isNil: true };
export const intSlice: GoType = { name: "[]int", zero: null };
export const nilSlice: GoType = { name: "[]interface {}", zero: null, isNil: true };
export const sliceOfSlices: GoType = { name: "[][]interface {}", zero: null };
export const stringMap: GoType = { name: "map[string]string", zero: "" };
export const nilMap: GoType = { name: "map[string]interface {}", zero: null, isNil: true };

const goType: unique symbol = Symbol("goType");

/** Gives a slice or map a Go type. The object itself is returned; the type does not show in JSON. */
export function withGoType<T extends Value[] | ValueMap>(value: T, type: GoType): T {
  Object.defineProperty(value, goType, { value: type, configurable: true });
  return value;
}

export function goTypeOf(value: Value[] | ValueMap): GoType | undefined {
  return (value as { readonly [goType]?: GoType })[goType];
}

const smallInts: readonly GoInt[] = Array.from({ length: 1024 }, (_, index) => new GoInt("int", BigInt(index)));

/** Go's `int`. */
export function int(value: bigint | number): GoInt {
  if (typeof value === "number") return smallInts[value] ?? new GoInt("int", BigInt(value));
  return (value >= 0n && value < 1024n ? smallInts[Number(value)] : undefined) ?? new GoInt("int", value);
}

export function isSlice(value: Value): value is Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof GoValue) &&
    !(value instanceof Uint8Array)
  );
}

export function isNilValue(value: Value): boolean {
  if (value === null || value === undefined) return true;
  return (isSlice(value) || isMap(value)) && goTypeOf(value)?.isNil === true;
}

/** The number in an integer of any type. */
export function integerOf(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  return value instanceof GoInt ? value.value : undefined;
}

export function isUnsigned(value: Value): boolean {
  return value instanceof GoInt && value.kind.startsWith("u");
}

/** The name of a value's type as `%T` prints it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "undefined":
      return "<nil>";
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "bigint":
      return "int64";
    case "string":
      return "string";
    default:
  }
  if (value === null) return "<nil>";
  if (value instanceof GoValue) return value.typeName;
  if (value instanceof Uint8Array) return "[]uint8";
  if (isSlice(value)) return goTypeOf(value)?.name ?? "[]interface {}";
  return (typeof value === "object" && goTypeOf(value)?.name) || "map[string]interface {}";
}

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case "undefined":
      return "invalid";
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "bigint":
      return "int64";
    case "string":
      return "string";
    default:
  }
  if (value === null) return "invalid";
  if (value instanceof GoValue) return value.kind;
  return isSlice(value) || value instanceof Uint8Array ? "slice" : "map";
}

/** Elements of slices of slices and of ints have their own type; the others are interfaces. */
export function hasInterfaceElements(value: Value[] | ValueMap): boolean {
  const name = goTypeOf(value)?.name;
  return name === undefined || !/^(?:\[\]|map\[string\])(?!interface)/.test(name);
}
