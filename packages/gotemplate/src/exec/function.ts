import type { GoTime } from "../dates/go-time.ts";
import { GoValue, type Kind, type Value, type ValueMap } from "../value/value.ts";
import type { GoObject } from "../value/value.ts";
import type { Execution } from "./execution.ts";

/** What a parameter of each type receives. `value` is a parameter that also takes no value at all. */
export interface ParamTypes {
  any: Value;
  value: Value;
  string: string;
  int: number;
  int64: bigint;
  uint32: number;
  float64: number;
  bool: boolean;
  map: ValueMap;
  list: Value[];
  time: GoTime;
  certificate: GoObject;
}

export type ParamType = keyof ParamTypes;

/** A parameter, or with dots in front the last ones. */
export type Param = ParamType | `...${ParamType}`;

type Arguments<P extends readonly Param[]> = P extends readonly [infer Head, ...infer Rest extends readonly Param[]]
  ? Head extends ParamType
    ? [ParamTypes[Head], ...Arguments<Rest>]
    : Head extends `...${infer Last extends ParamType}`
      ? ParamTypes[Last][]
      : []
  : [];

type Body = (args: Value[], execution: Execution) => Value;

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

/** Functions by the name under which templates call them. */
export type FuncMap = Readonly<Record<string, GoFunction>>;

/**
 * Makes a function of typed parameters.
 * @example
 * ```ts
 * const repeat = fn(["int", "string"], (count, text) => text.repeat(count));
 * ```
 */
export function fn<const P extends readonly Param[]>(params: P, body: (...args: Arguments<P>) => Value): GoFunction {
  return new GoFunction(params, (args) => (body as (...args: Value[]) => Value)(...args));
}

/** As {@link fn}, for functions that execute templates themselves: `include`, `tpl`. */
export function fnWithExecution<const P extends readonly Param[]>(
  params: P,
  body: (execution: Execution, ...args: Arguments<P>) => Value,
): GoFunction {
  return new GoFunction(params, (args, execution) =>
    (body as (execution: Execution, ...args: Value[]) => Value)(execution, ...args),
  );
}
