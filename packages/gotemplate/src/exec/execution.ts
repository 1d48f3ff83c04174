import { LimitError, TemplateError } from "../errors.ts";
import type { Node, Source } from "../parse/nodes.ts";
import { nodeText } from "../parse/node-text.ts";
import { quoteText } from "../printf/quote.ts";
import { byteLength, rejoinBytes } from "../value/bytes.ts";
import type { Executor, GoFunction, Templates, Value } from "../value/value.ts";

/** Budgets of one execution. */
export interface ExecutionLimits {
  /** Actions, calls and iterations. Default 10 million. */
  readonly steps?: number;
  /** Length of all texts written, in UTF-16 units; what nested templates write counts as well. Default 64 Mi. */
  readonly output?: number;
  /** Templates within templates. Default 1000. */
  readonly depth?: number;
}

/** What a lookup of a missing map key gives: nothing, the zero value of the map's elements, or an error. */
export type MissingKey = "invalid" | "zero" | "error";

/** A template ready to run; independent of the set it came from. */
export interface CompiledTemplate {
  readonly name: string;
  run(frame: Frame, dot: Value): void;
}

/** Templates as an execution needs them. */
export interface TemplateLibrary extends Templates {
  readonly name: string;
  readonly missingKey: MissingKey;
  readonly functions: ReadonlyMap<string, GoFunction>;
  find(name: string): CompiledTemplate | undefined;
}

/**
 * One run of a template: its budgets and its output. Functions that execute templates themselves get it and so stay
 * within the same budgets.
 */
export class Execution implements Executor {
  /** The templates that `template` actions and functions see at the moment. */
  templates: TemplateLibrary;
  /** Functions by name, those of `templates`. */
  functions: ReadonlyMap<string, GoFunction>;
  missingKey: MissingKey;
  output = "";
  readonly #maxSteps: number;
  readonly #maxOutput: number;
  readonly #maxDepth: number;
  #steps = 0;
  #written = 0;
  #depth = 0;

  constructor(templates: TemplateLibrary, limits: ExecutionLimits) {
    this.templates = templates;
    this.functions = templates.functions;
    this.missingKey = templates.missingKey;
    this.#maxSteps = limits.steps ?? 10_000_000;
    this.#maxOutput = limits.output ?? 64 * 1024 * 1024;
    this.#maxDepth = limits.depth ?? 1000;
  }

  /**
   * Executes a template by name and returns what it writes; the way of `include`. Pass other templates to execute one
   * of those, the way of `tpl`.
   * @throws TemplateError
   */
  execute(name: string, dot: Value, templates: TemplateLibrary = this.templates): string {
    const { output, templates: outer, functions, missingKey } = this;
    this.output = "";
    this.templates = templates;
    this.functions = templates.functions;
    this.missingKey = templates.missingKey;
    try {
      this.#run(name, dot);
      return rejoinBytes(this.output);
    } finally {
      this.output = output;
      this.templates = outer;
      this.functions = functions;
      this.missingKey = missingKey;
    }
  }

  #run(name: string, dot: Value): void {
    const { templates } = this;
    const template = templates.find(name);
    if (template === undefined) {
      const reason = `no template ${quoteText(name)} associated with template ${quoteText(templates.name)}`;
      throw new TemplateError("NotFound", `template: ${reason}`, { template: name, line: 0, reason });
    }
    const frame = new Frame(this, name, dot);
    const entered = this.enter();
    try {
      if (!entered) frame.fail(`exceeded maximum template depth (${this.maxDepth})`);
      template.run(frame, dot);
    } catch (error) {
      throw located(error, frame);
    } finally {
      if (entered) this.leave();
    }
  }

  step(): void {
    if (++this.#steps > this.#maxSteps) throw new LimitError(`more than ${this.#maxSteps} steps`);
  }

  write(text: string): void {
    this.#written += text.length;
    if (this.#written > this.#maxOutput) throw new LimitError(`output is longer than ${this.#maxOutput} characters`);
    this.output += text;
  }

  get maxDepth(): number {
    return this.#maxDepth;
  }

  /** Begins a nested template; `false` when they are nested too deep. */
  enter(): boolean {
    if (this.#depth >= this.#maxDepth) return false;
    this.#depth++;
    return true;
  }

  leave(): void {
    this.#depth--;
  }
}

/** One template being executed: its variables, and the node that an error would name. */
export class Frame {
  readonly execution: Execution;
  readonly name: string;
  /** By slot; slot 0 is `$`. */
  readonly variables: Value[];
  /** Whether a variable holds the element of a slice or map of interfaces, which messages call `interface {}`. */
  readonly boxed: boolean[];
  isDotBoxed = false;
  node: Node | undefined;

  constructor(execution: Execution, name: string, dot: Value) {
    this.execution = execution;
    this.name = name;
    this.variables = [dot];
    this.boxed = [];
  }

  /** Throws Go's error for the current node. */
  fail(reason: string, cause?: unknown): never {
    throw failureAt(this.name, this.node, "Exec", reason, cause);
  }
}

function placeOf({ text, name }: Source, pos: number): { readonly template: string; line: number; column: number } {
  const lineStart = text.lastIndexOf("\n", pos - 1) + 1;
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < pos; at = text.indexOf("\n", at + 1)) line++;
  return { template: name, line, column: byteLength(text.slice(pos === 0 ? 0 : lineStart, pos)) };
}

/** The error of an execution at a node. */
export function failureAt(
  executing: string,
  node: Node | undefined,
  code: "Exec" | "LimitExceeded",
  reason: string,
  cause?: unknown,
): TemplateError {
  if (node === undefined)
    return new TemplateError(
      code,
      `template: ${executing}: ${reason}`,
      { template: executing, line: 0, reason },
      { cause },
    );
  const place = placeOf(node.source, node.pos);
  const action = nodeText(node);
  const where = `${place.template}:${place.line}:${place.column}`;
  return new TemplateError(
    code,
    `template: ${where}: executing ${quoteText(executing)} at <${action}>: ${reason}`,
    { ...place, executing, action, reason },
    { cause },
  );
}

/** Whether the engine ran out of stack; where a regular expression is compiled that is a `SyntaxError`. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof Error && error.message.includes("Maximum call stack size exceeded");
}

/** What was thrown, as a coded error with its place if a budget is used up; the JavaScript engine has some too. */
export function located(error: unknown, frame: Frame): unknown {
  if (error instanceof LimitError) return failureAt(frame.name, frame.node, "LimitExceeded", error.message, error);
  if (isStackOverflow(error))
    return failureAt(frame.name, frame.node, "LimitExceeded", "templates or values are nested too deep", error);
  if (error instanceof RangeError)
    return failureAt(frame.name, frame.node, "LimitExceeded", `value is too large: ${error.message}`, error);
  return error;
}
