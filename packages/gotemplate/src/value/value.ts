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

  /** What it marshals itself to; `undefined` when its fields are marshalled. */
  json(): string | number | bigint | undefined {
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
export type Value = undefined | null | boolean | number | bigint | string | GoValue | Uint8Array | Value[] | ValueMap;

/** The types that parameters of functions may have; `value` also takes no value at all. */
export type ParamType =
  | "any"
  | "value"
  | "string"
  | "int"
  | "int64"
  | "uint32"
  | "float64"
  | "bool"
  | "map"
  | "list"
  | "time"
  | "certificate";

/** A parameter, or with dots in front the last ones. */
export type Param = ParamType | `...${ParamType}`;

/** The Go names of parameter types. */
export const paramNames: Readonly<Record<ParamType, string>> = {
  any: "interface {}",
  value: "reflect.Value",
  string: "string",
  int: "int",
  int64: "int64",
  uint32: "uint32",
  float64: "float64",
  bool: "bool",
  map: "map[string]interface {}",
  list: "[]interface {}",
  time: "time.Time",
  certificate: "sprig.certificate",
};

/** Templates that know one another by name. */
export interface Templates {
  parse(name: string, text: string): void;
  /** Begins with the same templates; what is added to the clone does not show in the original. */
  clone(): Templates;
  has(name: string): boolean;
}

/** What a function may use to execute templates itself, within the budgets of the execution it is called in. */
export interface Executor {
  /** The templates being executed. */
  readonly templates: Templates;
  /** Executes a template and returns what it writes; other templates are those of a clone. */
  execute(name: string, dot: Value, templates?: Templates): string;
}

type Body = (args: Value[], execution: Executor) => Value;

/**
 * A function that templates may call. Arguments are checked against the parameter types as Go does; the body gets them
 * converted. A body reports failure by throwing a `FunctionError`.
 */
export class GoFunction extends GoValue {
  readonly kind: Kind = "func";
  readonly params: readonly ParamType[];
  readonly isVariadic: boolean;
  readonly call: Body;
  /** `and` and `or`, which stop at the first argument that decides. */
  readonly shortCircuit: "and" | "or" | undefined;
  /** `call`, whose first argument is the text of its first operand, for messages. */
  readonly takesName: boolean;
  readonly #result: string;

  constructor(
    params: readonly Param[],
    call: Body,
    options: { readonly shortCircuit?: "and" | "or"; readonly takesName?: boolean; readonly result?: string } = {},
  ) {
    super();
    this.isVariadic = params.at(-1)?.startsWith("...") === true;
    this.params = params.map((param) => param.replace("...", "") as ParamType);
    this.call = call;
    this.shortCircuit = options.shortCircuit;
    this.takesName = options.takesName ?? false;
    this.#result = options.result ?? "interface {}";
  }

  override get typeName(): string {
    const names = this.params.map((param, index) => {
      const dots = this.isVariadic && index === this.params.length - 1 ? "..." : "";
      return dots + paramNames[param];
    });
    return `func(${names.join(", ")}) ${this.#result}`;
  }
}

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
