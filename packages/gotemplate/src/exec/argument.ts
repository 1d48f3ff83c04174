import type { NumberNode, OperandNode } from "../parse/nodes.ts";
import { nodeText } from "../parse/node-text.ts";
import { type Value, paramNames, type ParamType } from "../value/value.ts";
import { idealConstant } from "./constant.ts";
import { canBeNil, convertArgument, Mismatch, nilOf } from "./convert.ts";
import type { Frame } from "./execution.ts";

/** An argument of a call, evaluated for the type of its parameter. */
export interface Argument {
  readonly node: OperandNode;
  evaluate(frame: Frame, dot: Value, type: ParamType): Value;
}

/** Fits a value to a parameter or fails at the frame's current node. */
export function convertAt(frame: Frame, value: Value, type: ParamType): Value {
  const converted = convertArgument(value, type);
  return converted instanceof Mismatch ? frame.fail(converted.reason) : converted;
}

/** Compiles an operand; arguments contain pipelines, which contain arguments. */
export type CompileOperand = (node: OperandNode) => (frame: Frame, dot: Value) => Value;

export function compileArgument(node: OperandNode, compileOperand: CompileOperand): Argument {
  switch (node.type) {
    case "bool":
    case "number":
    case "string":
      return { node, evaluate: (frame, _, type) => literal(frame, node, type) };
    case "nil":
      return {
        node,
        evaluate: (frame, _, type) => {
          frame.node = node;
          return canBeNil(type) ? nilOf(type) : frame.fail(`cannot assign nil to ${paramNames[type]}`);
        },
      };
    default: {
      const operand = compileOperand(node);
      return {
        node,
        evaluate: (frame, dot, type) => {
          frame.node = node;
          return convertAt(frame, operand(frame, dot), type);
        },
      };
    }
  }
}

/** A literal takes the type of the parameter, if it can. */
function literal(frame: Frame, node: OperandNode & { type: "bool" | "number" | "string" }, type: ParamType): Value {
  frame.node = node;
  switch (type) {
    case "any":
    case "value":
      if (node.type === "number") return idealConstant(frame, node);
      return node.type === "bool" ? node.value : node.text;
    case "bool":
      return node.type === "bool" ? node.value : frame.fail(`expected bool; found ${nodeText(node)}`);
    case "string":
      return node.type === "string" ? node.text : frame.fail(`expected string; found ${nodeText(node)}`);
    case "int":
    case "int64": {
      const value = node.type === "number" ? node.int : undefined;
      if (value === undefined) return frame.fail(`expected integer; found ${nodeText(node)}`);
      return type === "int" ? Number(value) : value;
    }
    case "uint32": {
      const value = node.type === "number" ? node.uint : undefined;
      if (value === undefined) return frame.fail(`expected unsigned integer; found ${nodeText(node)}`);
      return Number(BigInt.asUintN(32, value));
    }
    case "float64":
      return floatLiteral(node) ?? frame.fail(`expected float; found ${nodeText(node)}`);
    default:
      return frame.fail(`can't handle ${nodeText(node)} for arg of type ${paramNames[type]}`);
  }
}

function floatLiteral(node: OperandNode | NumberNode): number | undefined {
  return node.type === "number" ? node.float : undefined;
}
