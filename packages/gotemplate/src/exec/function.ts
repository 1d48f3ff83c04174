import {
  type Executor,
  GoFunction,
  type GoObject,
  type Param,
  type ParamType,
  type Value,
  type ValueMap,
} from "../value/value.ts";

/** What a parameter of each type receives. `value` is a parameter that also takes no value at all. */
interface ParamTypes extends Record<ParamType, unknown> {
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
  time: GoObject;
  certificate: GoObject;
}

type Arguments<P extends readonly Param[]> = P extends readonly [infer Head, ...infer Rest extends readonly Param[]]
  ? Head extends ParamType
    ? [ParamTypes[Head], ...Arguments<Rest>]
    : Head extends `...${infer Last extends ParamType}`
      ? ParamTypes[Last][]
      : []
  : [];

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
  body: (execution: Executor, ...args: Arguments<P>) => Value,
): GoFunction {
  return new GoFunction(params, (args, execution) =>
    (body as (execution: Executor, ...args: Value[]) => Value)(execution, ...args),
  );
}
