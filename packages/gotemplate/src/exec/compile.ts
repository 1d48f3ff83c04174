import type { BranchNode, ListNode, StatementNode, TemplateNode, Tree } from "../parse/nodes.ts";
import { nodeText } from "../parse/node-text.ts";
import { quoteText } from "../printf/quote.ts";
import { valueText } from "../printf/print-value.ts";
import { isTrue } from "../value/truth.ts";
import { kindOf, typeName, type Value } from "../value/value.ts";
import { compilePipe, type Evaluate } from "./compile-pipe.ts";
import { type CompiledTemplate, Frame, located } from "./execution.ts";
import { iterationOf } from "./iteration.ts";
import { Scope } from "./scope.ts";

/** How a statement ended: it went through, or a `break` or `continue` is on its way to its range. */
const DONE = 0;
const BREAK = 1;
const CONTINUE = 2;
type Outcome = typeof DONE | typeof BREAK | typeof CONTINUE;

type Statement = (frame: Frame, dot: Value) => Outcome;

export function compileTree(tree: Tree): CompiledTemplate {
  const run = compileList(tree.root, new Scope());
  return { name: tree.name, run: (frame, dot) => void run(frame, dot) };
}

function compileList(list: ListNode, scope: Scope): Statement {
  const statements = list.nodes.map((node) => compileStatement(node, scope));
  const [first, second] = statements;
  if (first === undefined) return () => DONE;
  if (second === undefined) return first;
  return (frame, dot) => {
    for (const statement of statements) {
      const outcome = statement(frame, dot);
      if (outcome !== DONE) return outcome;
    }
    return DONE;
  };
}

function compileStatement(node: StatementNode, scope: Scope): Statement {
  switch (node.type) {
    case "text": {
      const { text } = node;
      return (frame) => {
        frame.execution.write(text);
        return DONE;
      };
    }
    case "action": {
      const pipe = compilePipe(node.pipe, scope);
      const prints = node.pipe.declarations.length === 0;
      return (frame, dot) => {
        frame.execution.step();
        const value = pipe(frame, dot);
        if (!prints) return DONE;
        frame.node = node;
        if (typeof value === "string") frame.execution.write(value);
        else print(frame, value);
        return DONE;
      };
    }
    case "if":
    case "with":
      return compileCondition(node, scope);
    case "range":
      return compileRange(node, scope);
    case "template":
      return compileTemplateAction(node, scope);
    case "break":
      return () => BREAK;
    case "continue":
      return () => CONTINUE;
  }
}

function print(frame: Frame, value: Value): void {
  if (value === undefined || value === null) return frame.execution.write("<no value>");
  if (kindOf(value) === "func" && frame.node !== undefined)
    frame.fail(`can't print ${nodeText(frame.node)} of type ${typeName(value)}`);
  frame.execution.write(valueText(value));
}

function compileCondition(node: BranchNode, outer: Scope): Statement {
  const scope = outer.nested();
  const pipe = compilePipe(node.pipe, scope);
  const then = compileList(node.list, scope.nested());
  const otherwise = node.elseList === undefined ? undefined : compileList(node.elseList, scope.nested());
  const isWith = node.type === "with";
  return (frame, dot) => {
    frame.execution.step();
    const value = pipe(frame, dot);
    if (isTrue(value)) {
      if (!isWith) return then(frame, dot);
      const isDotBoxed = frame.isDotBoxed;
      frame.isDotBoxed = false;
      const outcome = then(frame, value);
      frame.isDotBoxed = isDotBoxed;
      return outcome;
    }
    return otherwise === undefined ? DONE : otherwise(frame, dot);
  };
}

function compileRange(node: BranchNode, outer: Scope): Statement {
  const scope = outer.nested();
  const pipe: Evaluate = compilePipe(node.pipe, scope);
  const { declarations } = node.pipe;
  const [first, second] = declarations.map((variable) => scope.find(variable.name));
  // With one variable it is the element that it takes.
  const elementSlot = second ?? first;
  const indexSlot = second === undefined ? undefined : first;
  const body = compileList(node.list, scope.nested());
  const otherwise = node.elseList === undefined ? undefined : compileList(node.elseList, scope.nested());
  return (frame, dot) => {
    frame.node = node;
    frame.execution.step();
    const value = pipe(frame, dot);
    const iteration = iterationOf(frame, value, declarations.length);
    const isDotBoxed = frame.isDotBoxed;
    const { elements, keys, isBoxed } = iteration;
    let count = 0;
    for (const element of elements) {
      frame.execution.step();
      if (elementSlot !== undefined) {
        frame.variables[elementSlot] = element;
        frame.boxed[elementSlot] = isBoxed;
      }
      if (indexSlot !== undefined) {
        frame.variables[indexSlot] = keys(count);
        frame.boxed[indexSlot] = false;
      }
      count++;
      frame.isDotBoxed = isBoxed;
      if (body(frame, element) === BREAK) break;
    }
    frame.isDotBoxed = isDotBoxed;
    if (count === 0 && otherwise !== undefined) return otherwise(frame, dot);
    return DONE;
  };
}

function compileTemplateAction(node: TemplateNode, scope: Scope): Statement {
  const pipe = node.pipe === undefined ? undefined : compilePipe(node.pipe, scope);
  const { name } = node;
  return (frame, dot) => {
    frame.node = node;
    const { execution } = frame;
    execution.step();
    const template = execution.templates.find(name);
    if (template === undefined) return frame.fail(`template ${quoteText(name)} not defined`);
    if (!execution.enter()) return frame.fail(`exceeded maximum template depth (${execution.maxDepth})`);
    const value = pipe?.(frame, dot);
    const nested = new Frame(execution, name, value);
    try {
      template.run(nested, value);
    } catch (error) {
      // Budgets have no place of their own: the innermost template is theirs.
      throw located(error, nested);
    } finally {
      execution.leave();
    }
    return DONE;
  };
}
