import type { CommandNode, OperandNode, PipeNode } from "../parse/nodes.ts";
import { nodeText } from "../parse/node-text.ts";
import type { Value } from "../value/value.ts";
import { type Argument, compileArgument } from "./argument.ts";
import { callFunction } from "./call.ts";
import { idealConstant } from "./constant.ts";
import type { Frame } from "./execution.ts";
import { readField, readFields } from "./field.ts";
import { NO_FINAL, type Final } from "./final.ts";
import type { Scope } from "./scope.ts";

/** Evaluates something for a frame and a dot. */
export type Evaluate = (frame: Frame, dot: Value) => Value;

/** Evaluates a command; `final` is what the pipeline brings. */
type Command = (frame: Frame, dot: Value, final: Final) => Value;

/** Compiles a pipeline. Its value is never `null`: a nil in an interface is no value any more. */
export function compilePipe(pipe: PipeNode, scope: Scope): Evaluate {
  const commands = pipe.commands.map((command) => compileCommand(command, scope));
  const slots = pipe.declarations.map((variable) =>
    pipe.isAssign ? scope.find(variable.name) : scope.declare(variable.name),
  );
  const [only] = commands;
  if (commands.length === 1 && slots.length === 0 && only !== undefined) {
    return (frame, dot) => {
      frame.node = pipe;
      return only(frame, dot, NO_FINAL) ?? undefined;
    };
  }
  return (frame, dot) => {
    frame.node = pipe;
    let value: Final = NO_FINAL;
    for (const command of commands) value = command(frame, dot, value) ?? undefined;
    const result = value === NO_FINAL ? undefined : value;
    slots.forEach((slot, index) => {
      if (slot === undefined) return frame.fail(`undefined variable: ${pipe.declarations[index]?.name ?? ""}`);
      frame.variables[slot] = result;
      frame.boxed[slot] = false;
    });
    return result;
  };
}

function compileArguments(nodes: readonly OperandNode[], scope: Scope): readonly Argument[] {
  return nodes.map((node) => compileArgument(node, (operand) => compileOperand(operand, scope)));
}

/** Fails when arguments are given to what is no function. */
function refuseArguments(frame: Frame, args: readonly OperandNode[], final: Final): void {
  const [first] = args;
  if (first !== undefined && (args.length > 1 || final !== NO_FINAL))
    frame.fail(`can't give argument to non-function ${nodeText(first)}`);
}

function compileCommand(command: CommandNode, scope: Scope): Command {
  const [first] = command.args;
  switch (first.type) {
    case "identifier":
      return compileCall(command, first, compileArguments(command.args.slice(1), scope));
    case "field":
    case "variable":
    case "chain":
      return compileAccess(first, command.args, scope);
    case "pipe": {
      const pipe = compilePipe(first, scope);
      return (frame, dot, final) => {
        refuseArguments(frame, command.args, final);
        return pipe(frame, dot);
      };
    }
    default: {
      const operand = compileOperand(first, scope);
      return (frame, dot, final) => {
        frame.node = first;
        refuseArguments(frame, command.args, final);
        if (first.type === "nil") return frame.fail("nil is not a command");
        return operand(frame, dot);
      };
    }
  }
}

function compileCall(
  command: CommandNode | (OperandNode & { type: "identifier" }),
  identifier: OperandNode & { type: "identifier" },
  args: readonly Argument[],
): Command {
  const { name } = identifier;
  return (frame, dot, final) => {
    frame.node = identifier;
    const called = frame.execution.functions.get(name);
    if (called === undefined) return frame.fail(`"${name}" is not a defined function`);
    return callFunction(frame, dot, { called, name, node: command, args, final });
  };
}

/** A field, a variable or a chain; the last field may be a method, which takes the arguments. */
function compileAccess(
  node: OperandNode & { type: "field" | "variable" | "chain" },
  nodes: readonly OperandNode[],
  scope: Scope,
): Command {
  const args = compileArguments(nodes.slice(1), scope);
  const { fields } = node;
  const last = fields.at(-1);
  const before = fields.slice(0, -1);
  const start = compileStart(node, scope);
  if (last === undefined) {
    return (frame, dot, final) => {
      const receiver = start.evaluate(frame, dot);
      refuseArguments(frame, nodes, final);
      return receiver;
    };
  }
  return (frame, dot, final) => {
    const receiver = start.evaluate(frame, dot);
    const target = readFields(frame, { value: receiver, isBoxed: start.isBoxed(frame) }, node, before);
    return readField(frame, dot, target, { node, name: last, args, final }).value;
  };
}

interface Start {
  readonly evaluate: Evaluate;
  /** Whether the value just read is the element of a collection of interfaces. */
  isBoxed(frame: Frame): boolean;
}

function compileStart(node: OperandNode & { type: "field" | "variable" | "chain" }, scope: Scope): Start {
  if (node.type === "field") {
    return {
      evaluate: (frame, dot) => {
        frame.node = node;
        return dot;
      },
      isBoxed: (frame) => frame.isDotBoxed,
    };
  }
  if (node.type === "variable") {
    const slot = scope.find(node.name);
    return {
      evaluate: (frame) => {
        frame.node = node;
        if (slot === undefined) return frame.fail(`undefined variable: ${node.name}`);
        return frame.variables[slot];
      },
      isBoxed: (frame) => slot !== undefined && frame.boxed[slot] === true,
    };
  }
  const operand = compileOperand(node.node, scope);
  return {
    evaluate: (frame, dot) => {
      frame.node = node;
      if (node.node.type === "nil") return frame.fail(`indirection through explicit nil in ${nodeText(node)}`);
      return operand(frame, dot);
    },
    isBoxed: () => false,
  };
}

/** Compiles an operand whose value is wanted as it is; `nil` is for the caller to refuse. */
export function compileOperand(node: OperandNode, scope: Scope): Evaluate {
  switch (node.type) {
    case "dot":
      return (_, dot) => dot;
    case "bool": {
      const { value } = node;
      return () => value;
    }
    case "string": {
      const { text } = node;
      return () => text;
    }
    case "number":
      return (frame) => idealConstant(frame, node);
    case "nil":
      return () => null;
    case "pipe":
      return compilePipe(node, scope);
    case "identifier": {
      const call = compileCall(node, node, []);
      return (frame, dot) => call(frame, dot, NO_FINAL);
    }
    case "field":
    case "variable":
    case "chain": {
      const access = compileAccess(node, [node], scope);
      return (frame, dot) => access(frame, dot, NO_FINAL);
    }
  }
}
