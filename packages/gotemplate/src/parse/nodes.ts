/** The text that a node was parsed from, for messages. */
export interface Source {
  /** The name the text was parsed under. */
  readonly name: string;
  readonly text: string;
}

interface NodeBase {
  /** Offset in the source, in UTF-16 units. */
  readonly pos: number;
  readonly source: Source;
}

export interface TextNode extends NodeBase {
  readonly type: "text";
  readonly text: string;
}

export interface ActionNode extends NodeBase {
  readonly type: "action";
  readonly pipe: PipeNode;
}

/** `if`, `with` and `range`: a pipeline and two lists. */
export interface BranchNode extends NodeBase {
  readonly type: "if" | "with" | "range";
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

export interface TemplateNode extends NodeBase {
  readonly type: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface JumpNode extends NodeBase {
  readonly type: "break" | "continue";
}

export interface ListNode extends NodeBase {
  readonly type: "list";
  readonly nodes: readonly StatementNode[];
}

/** What stands in a list. */
export type StatementNode = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode;

/** Commands joined by `|`, perhaps with variables that take the result. */
export interface PipeNode extends NodeBase {
  readonly type: "pipe";
  readonly isAssign: boolean;
  readonly declarations: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

export interface CommandNode extends NodeBase {
  readonly type: "command";
  /** **Invariant:** at least one. */
  readonly args: readonly [OperandNode, ...OperandNode[]];
}

export interface IdentifierNode extends NodeBase {
  readonly type: "identifier";
  readonly name: string;
}

export interface VariableNode extends NodeBase {
  readonly type: "variable";
  /** The name with its `$`. */
  readonly name: string;
  readonly fields: readonly string[];
}

export interface DotNode extends NodeBase {
  readonly type: "dot";
}

export interface NilNode extends NodeBase {
  readonly type: "nil";
}

export interface FieldNode extends NodeBase {
  readonly type: "field";
  readonly fields: readonly string[];
}

/** Fields of a parenthesised pipeline or of a function without arguments. */
export interface ChainNode extends NodeBase {
  readonly type: "chain";
  readonly node: OperandNode;
  readonly fields: readonly string[];
}

export interface BoolNode extends NodeBase {
  readonly type: "bool";
  readonly value: boolean;
}

/** A number literal: each of the kinds as which it can be read. */
export interface NumberNode extends NodeBase {
  readonly type: "number";
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
}

export interface StringNode extends NodeBase {
  readonly type: "string";
  /** As written, with quotes. */
  readonly quoted: string;
  readonly text: string;
}

export type OperandNode =
  | IdentifierNode
  | VariableNode
  | DotNode
  | NilNode
  | FieldNode
  | ChainNode
  | BoolNode
  | NumberNode
  | StringNode
  | PipeNode;

export type Node = StatementNode | ListNode | CommandNode | OperandNode;

/** A template as parsed: a file, or a `define` in it. */
export interface Tree {
  readonly name: string;
  readonly source: Source;
  readonly root: ListNode;
}

/** Whether a list holds nothing but white space; such a definition does not replace another. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.type === "text" && node.text.trim() === "");
}
