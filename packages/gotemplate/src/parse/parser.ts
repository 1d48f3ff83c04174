import { TemplateError } from "../errors.ts";
import { quoteText } from "../printf/quote.ts";
import { unquote } from "../value/unquote.ts";
import { type Delimiters, Lexer } from "./lexer.ts";
import {
  type BranchNode,
  type ChainNode,
  type CommandNode,
  isEmptyList,
  type ListNode,
  type OperandNode,
  type PipeNode,
  type Source,
  type StatementNode,
  type Tree,
  type VariableNode,
} from "./nodes.ts";
import { nodeText } from "./node-text.ts";
import { parseNumberLiteral } from "./number-literal.ts";
import { keywords, type Token, type TokenType } from "./token.ts";

/** Parentheses and blocks nested deeper are refused; Go allows 10000 parentheses. */
const MAX_DEPTH = 500;

export interface ParseTemplateOptions {
  readonly delimiters?: Delimiters;
  /** Whether a function exists; others are refused at once. */
  readonly isFunction: (name: string) => boolean;
}

/** What ends a list. */
interface ListEnd {
  readonly type: "end" | "else";
  readonly pos: number;
}

const operandStarts: ReadonlySet<TokenType> = new Set<TokenType>([
  "bool",
  "charConstant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParen",
]);

/** What is not executable, hence no later stage of a pipeline. */
const constants: ReadonlySet<OperandNode["type"]> = new Set(["bool", "dot", "nil", "number", "string"]);

/** Parses a text and returns its trees by name: its own and those of its `define` and `block` actions. */
export function parseTemplate(name: string, text: string, options: ParseTemplateOptions): Map<string, Tree> {
  return new Parser({ name, text }, options).parse();
}

function describe(token: Token): string {
  if (token.type === "eof") return "EOF";
  if (token.type === "error") return token.value;
  // Keywords and the dot count as such.
  if (token.type === "dot" || keywords.has(token.type)) return `<${token.value}>`;
  const characters = Array.from(token.value);
  return token.value.length > 10 ? `${quoteText(characters.slice(0, 10).join(""))}...` : quoteText(token.value);
}

function isListEnd(node: StatementNode | ListEnd): node is ListEnd {
  return node.type === "end" || node.type === "else";
}

class Parser {
  readonly #source: Source;
  readonly #lexer: Lexer;
  readonly #isFunction: (name: string) => boolean;
  readonly #trees: Map<string, Tree> = new Map();
  /** Tokens that were read and given back; the last one is next. */
  readonly #pending: Token[] = [];
  /** The token read last, whose line is the error's. */
  #latest: Token = { type: "eof", pos: 0, value: "", line: 0 };
  #variables: string[] = ["$"];
  #actionLine = 0;
  #rangeDepth = 0;
  #depth = 0;

  constructor(source: Source, options: ParseTemplateOptions) {
    this.#source = source;
    this.#isFunction = options.isFunction;
    this.#lexer = new Lexer(source.text, options.delimiters ?? { left: "{{", right: "}}" }, options.isFunction);
  }

  parse(): Map<string, Tree> {
    const pos = this.#peek().pos;
    const nodes: StatementNode[] = [];
    while (this.#peek().type !== "eof") {
      if (this.#peek().type === "leftDelim") {
        const delim = this.#next();
        const keyword = this.#nextNonSpace();
        if (keyword.type === "define") {
          this.#parseDefinition();
          continue;
        }
        this.#pending.push(keyword, delim);
      }
      const node = this.#textOrAction();
      if (isListEnd(node)) this.#fail(`unexpected {{${node.type}}}`);
      nodes.push(node);
    }
    this.#add(this.#source.name, { type: "list", pos, source: this.#source, nodes });
    return this.#trees;
  }

  #next(): Token {
    const pending = this.#pending.pop();
    if (pending !== undefined) return pending;
    this.#latest = this.#lexer.next();
    return this.#latest;
  }

  #peek(): Token {
    const token = this.#next();
    this.#pending.push(token);
    return token;
  }

  #nextNonSpace(): Token {
    let token = this.#next();
    while (token.type === "space") token = this.#next();
    return token;
  }

  #peekNonSpace(): Token {
    const token = this.#nextNonSpace();
    this.#pending.push(token);
    return token;
  }

  #fail(reason: string): never {
    const { name } = this.#source;
    const { line } = this.#latest;
    throw new TemplateError("Parse", `template: ${name}:${line}: ${reason}`, { template: name, line, reason });
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== "error") this.#fail(`unexpected ${describe(token)} in ${context}`);
    let place = "";
    if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
      const started = `action started at ${this.#source.name}:${this.#actionLine}`;
      place = token.value.endsWith(" action") ? started.slice("action".length) : ` in ${started}`;
    }
    this.#fail(token.value + place);
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.type !== type) this.#unexpected(token, context);
    return token;
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) this.#fail("max expression depth exceeded");
  }

  #add(name: string, root: ListNode): void {
    const existing = this.#trees.get(name);
    if (existing !== undefined && !isEmptyList(existing.root)) {
      if (!isEmptyList(root)) this.#fail(`template: multiple definition of template ${quoteText(name)}`);
      return;
    }
    this.#trees.set(name, { name, source: this.#source, root });
  }

  /** Parses what belongs to a `define` or `block`: its own variables, no enclosing range. */
  #parseBody(name: string, context: string): void {
    const outer = { variables: this.#variables, rangeDepth: this.#rangeDepth, actionLine: this.#actionLine };
    this.#variables = ["$"];
    this.#rangeDepth = 0;
    const { list, end } = this.#itemList();
    if (end.type !== "end") this.#fail(`unexpected {{${end.type}}} in ${context}`);
    this.#add(name, list);
    this.#variables = outer.variables;
    this.#rangeDepth = outer.rangeDepth;
    this.#actionLine = outer.actionLine;
  }

  #parseDefinition(): void {
    const context = "define clause";
    const name = this.#templateName(this.#nextNonSpace(), context);
    this.#expect("rightDelim", context);
    this.#parseBody(name, context);
  }

  #itemList(): { readonly list: ListNode; readonly end: ListEnd } {
    this.#enter();
    const pos = this.#peekNonSpace().pos;
    const nodes: StatementNode[] = [];
    while (this.#peekNonSpace().type !== "eof") {
      const node = this.#textOrAction();
      if (isListEnd(node)) {
        this.#depth--;
        return { list: { type: "list", pos, source: this.#source, nodes }, end: node };
      }
      nodes.push(node);
    }
    return this.#fail("unexpected EOF");
  }

  #textOrAction(): StatementNode | ListEnd {
    const token = this.#nextNonSpace();
    if (token.type === "text") return { type: "text", pos: token.pos, source: this.#source, text: token.value };
    if (token.type !== "leftDelim") this.#unexpected(token, "input");
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): StatementNode | ListEnd {
    const token = this.#nextNonSpace();
    switch (token.type) {
      case "block":
        return this.#block();
      case "break":
      case "continue":
        return this.#jump(token, token.type);
      case "else":
        return this.#else();
      case "end":
        return { type: "end", pos: this.#expect("rightDelim", "end").pos };
      case "if":
      case "range":
      case "with":
        return this.#branch(token.type);
      case "template":
        return this.#template();
      default: {
        this.#pending.push(token);
        const pipe = this.#pipeline("command", "rightDelim");
        return { type: "action", pos: token.pos, source: this.#source, pipe };
      }
    }
  }

  #jump(token: Token, type: "break" | "continue"): StatementNode {
    const next = this.#nextNonSpace();
    if (next.type !== "rightDelim") this.#unexpected(next, `{{${type}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${type}}} outside {{range}}`);
    return { type, pos: token.pos, source: this.#source };
  }

  #else(): ListEnd {
    const peek = this.#peekNonSpace();
    // `else if` and `else with` leave the second word to the branch that reads on.
    if (peek.type === "if" || peek.type === "with") return { type: "else", pos: peek.pos };
    return { type: "else", pos: this.#expect("rightDelim", "else").pos };
  }

  #branch(type: BranchNode["type"]): BranchNode {
    const scope = this.#variables.length;
    const pipe = this.#pipeline(type, "rightDelim");
    if (type === "range") this.#rangeDepth++;
    const { list, end } = this.#itemList();
    if (type === "range") this.#rangeDepth--;
    const elseList = end.type === "else" ? this.#elseList(type, end.pos) : undefined;
    this.#variables.length = scope;
    return { type, pos: pipe.pos, source: this.#source, pipe, list, elseList };
  }

  #elseList(type: BranchNode["type"], pos: number): ListNode {
    // A chain shares one `end`: `{{if a}}…{{else if b}}…{{end}}`.
    if (type !== "range" && this.#peek().type === type) {
      this.#next();
      this.#enter();
      const nested = this.#branch(type);
      this.#depth--;
      return { type: "list", pos, source: this.#source, nodes: [nested] };
    }
    const { list, end } = this.#itemList();
    if (end.type !== "end") this.#fail(`expected end; found {{${end.type}}}`);
    return list;
  }

  #block(): StatementNode {
    const context = "block clause";
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipeline(context, "rightDelim");
    this.#parseBody(name, context);
    return { type: "template", pos: token.pos, source: this.#source, name, pipe };
  }

  #template(): StatementNode {
    const context = "template clause";
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    let pipe: PipeNode | undefined;
    const next = this.#nextNonSpace();
    if (next.type !== "rightDelim") {
      this.#pending.push(next);
      pipe = this.#pipeline(context, "rightDelim");
    }
    return { type: "template", pos: token.pos, source: this.#source, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== "string" && token.type !== "rawString") this.#unexpected(token, context);
    return this.#unquote(token);
  }

  #unquote(token: Token): string {
    const text = unquote(token.value);
    return text ?? this.#fail("invalid syntax");
  }

  #pipeline(context: string, end: "rightDelim" | "rightParen"): PipeNode {
    const { pos } = this.#peekNonSpace();
    const { declarations, isAssign } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#nextNonSpace();
      if (token.type === end) break;
      if (!operandStarts.has(token.type)) this.#unexpected(token, context);
      this.#pending.push(token);
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.forEach((command, index) => {
      if (index > 0 && constants.has(command.args[0].type))
        this.#fail(`non executable command in pipeline stage ${index + 1}`);
    });
    return { type: "pipe", pos, source: this.#source, isAssign, declarations, commands };
  }

  /** `$x :=`, `$x =`, and in a range `$i, $x :=`. */
  #declarations(context: string): { readonly declarations: VariableNode[]; readonly isAssign: boolean } {
    const declarations: VariableNode[] = [];
    while (this.#peekNonSpace().type === "variable") {
      const variable = this.#next();
      const after = this.#peek();
      const next = this.#peekNonSpace();
      const isComma = next.type === "char" && next.value === ",";
      if (next.type !== "assign" && next.type !== "declare" && !isComma) {
        // It is an operand, whose distance to the next one matters.
        if (after.type === "space") this.#pending.push(after);
        this.#pending.push(variable);
        return { declarations, isAssign: false };
      }
      this.#nextNonSpace();
      declarations.push(this.#variable(variable));
      this.#variables.push(variable.value);
      if (!isComma) return { declarations, isAssign: next.type === "assign" };
      if (context !== "range" || declarations.length > 1) this.#fail(`too many declarations in ${context}`);
      const follower = this.#peekNonSpace().type;
      if (follower !== "variable" && follower !== "rightDelim" && follower !== "rightParen")
        this.#fail("range can only initialize variables");
    }
    return { declarations, isAssign: false };
  }

  #variable(token: Token): VariableNode {
    const [name = "", ...fields] = token.value.split(".");
    return { type: "variable", pos: token.pos, source: this.#source, name, fields };
  }

  /** Operands up to a pipe, which is consumed, or a closing token, which is not. */
  #command(): CommandNode {
    const { pos } = this.#peekNonSpace();
    const args: OperandNode[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#next();
      if (token.type === "space") continue;
      if (token.type === "rightDelim" || token.type === "rightParen") this.#pending.push(token);
      else if (token.type !== "pipe") this.#unexpected(token, "operand");
      break;
    }
    const [first, ...others] = args;
    if (first === undefined) this.#fail("empty command");
    return { type: "command", pos, source: this.#source, args: [first, ...others] };
  }

  /** A term with the fields that follow it. */
  #operand(): OperandNode | undefined {
    const term = this.#term();
    if (term === undefined || this.#peek().type !== "field") return term;
    const { pos } = this.#peek();
    const fields: string[] = [];
    while (this.#peek().type === "field") fields.push(this.#next().value.slice(1));
    switch (term.type) {
      case "field":
      case "variable":
        return { ...term, pos, fields: [...term.fields, ...fields] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return this.#fail(`unexpected . after term ${quoteText(nodeText(term))}`);
      default:
        return { type: "chain", pos, source: this.#source, node: term, fields } satisfies ChainNode;
    }
  }

  #term(): OperandNode | undefined {
    const token = this.#nextNonSpace();
    const place = { pos: token.pos, source: this.#source };
    switch (token.type) {
      case "identifier":
        if (!this.#isFunction(token.value)) this.#fail(`function ${quoteText(token.value)} not defined`);
        return { type: "identifier", ...place, name: token.value };
      case "dot":
      case "nil":
        return { type: token.type, ...place };
      case "variable": {
        const variable = this.#variable(token);
        if (!this.#variables.includes(variable.name)) this.#fail(`undefined variable ${quoteText(variable.name)}`);
        return variable;
      }
      case "field":
        return { type: "field", ...place, fields: token.value.slice(1).split(".") };
      case "bool":
        return { type: "bool", ...place, value: token.value === "true" };
      case "charConstant":
      case "complex":
      case "number":
        return { type: "number", ...place, text: token.value, ...this.#number(token.value) };
      case "leftParen": {
        this.#enter();
        const pipe = this.#pipeline("parenthesized pipeline", "rightParen");
        this.#depth--;
        return pipe;
      }
      case "string":
      case "rawString":
        return { type: "string", ...place, quoted: token.value, text: this.#unquote(token) };
      default:
        this.#pending.push(token);
        return undefined;
    }
  }

  #number(text: string): ReturnType<typeof parseNumberLiteral> {
    try {
      return parseNumberLiteral(text);
    } catch (error) {
      if (error instanceof SyntaxError) return this.#fail(error.message);
      throw error;
    }
  }
}
