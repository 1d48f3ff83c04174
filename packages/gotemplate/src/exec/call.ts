import { FunctionError, LimitError, TemplateError } from "../errors.ts";
import { nodeText } from "../parse/node-text.ts";
import type { Node } from "../parse/nodes.ts";
import { isTrue } from "../value/truth.ts";
import { checkItems, checkText } from "../value/limits.ts";
import { type Value, type GoFunction, type ParamType } from "../value/value.ts";
import { type Argument, convertAt } from "./argument.ts";
import { type Frame, isStackOverflow } from "./execution.ts";
import { type Final, NO_FINAL } from "./final.ts";

export interface Call {
  readonly called: GoFunction;
  readonly name: string;
  /** The node that an error of the function names. */
  readonly node: Node;
  readonly args: readonly Argument[];
  readonly final: Final;
}

/** Calls a function or a bound method: counts and checks arguments, adds the place to what it throws. */
export function callFunction(frame: Frame, dot: Value, call: Call): Value {
  const { called, args, final } = call;
  frame.execution.step();
  checkCount(frame, call);
  if (called.shortCircuit !== undefined) return shortCircuit(frame, dot, call);
  const { params } = called;
  const values: Value[] = args.map((arg, index) => arg.evaluate(frame, dot, paramAt(called, index)));
  if (final !== NO_FINAL) {
    const isVariadicPart = called.isVariadic && values.length >= params.length - 1;
    const type = isVariadicPart || !called.isVariadic ? params.at(-1) : params[values.length];
    values.push(convertAt(frame, final, type ?? "any"));
  }
  if (called.takesName) {
    const [first] = args;
    values.unshift(first === undefined ? "" : nodeText(first.node));
  }
  try {
    const result = called.call(values, frame.execution);
    if (typeof result === "string") checkText(result.length);
    else if (Array.isArray(result)) checkItems(result.length);
    return result;
  } catch (error) {
    frame.node = call.node;
    throw callFailure(frame, call.name, error);
  }
}

function paramAt({ params, isVariadic }: GoFunction, index: number): ParamType {
  return params[isVariadic ? Math.min(index, params.length - 1) : index] ?? "any";
}

function checkCount(frame: Frame, { called, name, args, final }: Call): void {
  const count = args.length + (final === NO_FINAL ? 0 : 1);
  const wanted = called.params.length;
  if (called.isVariadic) {
    if (count < wanted - 1)
      frame.fail(`wrong number of args for ${name}: want at least ${wanted - 1} got ${args.length}`);
  } else if (count !== wanted) frame.fail(`wrong number of args for ${name}: want ${wanted} got ${count}`);
}

/** `and` and `or` evaluate no further than needed. */
function shortCircuit(frame: Frame, dot: Value, { called, args, final }: Call): Value {
  const stopsAt = called.shortCircuit === "or";
  let value: Value;
  for (const arg of args) {
    value = arg.evaluate(frame, dot, "value");
    if (isTrue(value) === stopsAt) return value;
  }
  return final === NO_FINAL ? value : final;
}

function callFailure(frame: Frame, name: string, error: unknown): unknown {
  if (error instanceof FunctionError || (error instanceof TemplateError && error.code !== "LimitExceeded")) {
    try {
      frame.fail(`error calling ${name}: ${error.message}`, error);
    } catch (failure) {
      return failure;
    }
  }
  // A full stack is left to whoever has room to report it.
  if (error instanceof RangeError && !isStackOverflow(error))
    return new LimitError(`value is too large: ${error.message}`);
  return error;
}
