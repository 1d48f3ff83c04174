import type { OperandNode } from "../parse/nodes.ts";
import { quoteText } from "../printf/quote.ts";
import { getKey } from "../value/map.ts";
import { GoObject, goTypeOf, hasInterfaceElements, isMap, isSlice, typeName, type Value } from "../value/value.ts";
import type { Argument } from "./argument.ts";
import { callFunction } from "./call.ts";
import type { Frame } from "./execution.ts";
import { type Final, NO_FINAL } from "./final.ts";

/** A value on the way along a chain of fields. */
export interface Receiver {
  readonly value: Value;
  /** It is the element of a collection of interfaces; messages call its type `interface {}` then. */
  readonly isBoxed: boolean;
}

export interface FieldAccess {
  readonly node: OperandNode;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly final: Final;
}

const noArguments: readonly Argument[] = [];

/** Follows fields that take no arguments. */
export function readFields(frame: Frame, start: Receiver, node: OperandNode, names: readonly string[]): Receiver {
  let receiver = start;
  for (const name of names)
    receiver = readField(frame, undefined, receiver, { node, name, args: noArguments, final: NO_FINAL });
  return receiver;
}

/** Reads a map's key or a struct's field, or calls a method. */
export function readField(frame: Frame, dot: Value, receiver: Receiver, access: FieldAccess): Receiver {
  const { value, isBoxed } = receiver;
  const { name, args, final, node } = access;
  const { missingKey } = frame.execution;
  if (value === undefined) {
    if (missingKey === "error") frame.fail(`nil data; no entry for key ${quoteText(name)}`);
    return receiver;
  }
  const type = isBoxed || value === null ? "interface {}" : typeName(value);
  if (value === null) return frame.fail(`nil pointer evaluating ${type}.${name}`);
  const hasArguments = args.length > 0 || final !== NO_FINAL;
  if (isMap(value)) {
    const method = goTypeOf(value)?.method?.(value, name);
    if (method !== undefined)
      return { value: callFunction(frame, dot, { called: method, name, node, args, final }), isBoxed: false };
    if (hasArguments) frame.fail(`${name} is not a method but has arguments`);
    const found = getKey(value, name);
    if (found !== undefined) return { value: found, isBoxed: hasInterfaceElements(value) };
    if (missingKey === "error") frame.fail(`map has no entry for key ${quoteText(name)}`);
    if (missingKey === "invalid") return { value: undefined, isBoxed: false };
    return { value: goTypeOf(value)?.zero ?? null, isBoxed: hasInterfaceElements(value) };
  }
  if (value instanceof GoObject) {
    const method = value.method(name);
    if (method !== undefined)
      return { value: callFunction(frame, dot, { called: method, name, node, args, final }), isBoxed: false };
    const field = name === "" ? undefined : value.field(name);
    if (field !== undefined) {
      if (hasArguments) frame.fail(`${name} has arguments but cannot be invoked as function`);
      return { value: field, isBoxed: false };
    }
  }
  if (isSlice(value)) {
    const method = goTypeOf(value)?.method?.(value, name);
    if (method !== undefined)
      return { value: callFunction(frame, dot, { called: method, name, node, args, final }), isBoxed: false };
  }
  return frame.fail(`can't evaluate field ${name} in type ${type}`);
}
