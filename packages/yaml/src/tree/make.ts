import type { MappingNode, Node, ScalarNode, ScalarStyle, SequenceNode } from "../node.ts";
import { formatFloat } from "../resolve/float-text.ts";
import type { JsonValue } from "../value/value.ts";

/** What may be set beside a new scalar's value. */
export interface ScalarOptions {
  /** How it is written if it can be; default `plain`, quoted where the type demands it, or `literal` with line breaks. */
  readonly style?: ScalarStyle;
  /** Overrides the tag that follows from the value's type. */
  readonly tag?: string;
  readonly anchor?: string;
  readonly headComment?: string;
  readonly lineComment?: string;
  readonly footComment?: string;
}

/** Makes a scalar of the type of a JavaScript value; numbers get Go's spelling. */
export function scalar(value: string | number | bigint | boolean | null, options: ScalarOptions = {}): ScalarNode {
  const [tag, text] = scalarText(value);
  const node: ScalarNode = {
    kind: "scalar",
    tag: options.tag ?? tag,
    style: options.style ?? styleFor(text),
    value: text,
    line: 0,
    column: 0,
  };
  if (options.anchor !== undefined) node.anchor = options.anchor;
  if (options.headComment !== undefined) node.headComment = options.headComment;
  if (options.lineComment !== undefined) node.lineComment = options.lineComment;
  if (options.footComment !== undefined) node.footComment = options.footComment;
  return node;
}

/** Makes a block mapping; keys are strings. The nodes become part of the tree, they are not copied. */
export function mapping(entries: Iterable<readonly [string, Node]> = []): MappingNode {
  const node: MappingNode = { kind: "mapping", tag: "!!map", flow: false, pairs: [], line: 0, column: 0 };
  for (const [key, value] of entries) node.pairs.push({ key: scalar(key), value });
  return node;
}

/** Makes a block sequence of nodes, which become part of the tree. */
export function sequence(items: Iterable<Node> = []): SequenceNode {
  return { kind: "sequence", tag: "!!seq", flow: false, items: [...items], line: 0, column: 0 };
}

/** Makes a block tree of a plain value; fields keep their order. The reverse of `toJS`. */
export function fromJS(value: JsonValue): Node {
  if (Array.isArray(value)) return sequence(value.map(fromJS));
  if (typeof value !== "object" || value === null) return scalar(value);
  return mapping(Object.entries(value).map(([key, of]) => [key, fromJS(of)] as const));
}

/** A literal that begins with a tab could not be read back: its indentation would be in doubt. */
function styleFor(text: string): ScalarStyle {
  if (!text.includes("\n")) return "plain";
  return /^[\n ]*\t/.test(text) ? "double" : "literal";
}

function scalarText(value: string | number | bigint | boolean | null): [tag: string, text: string] {
  if (typeof value === "string") return ["!!str", value];
  if (value === null) return ["!!null", "null"];
  if (typeof value === "boolean") return ["!!bool", value ? "true" : "false"];
  if (typeof value === "bigint") return ["!!int", value.toString()];
  return Number.isSafeInteger(value) ? ["!!int", String(value === 0 ? 0 : value)] : ["!!float", formatFloat(value)];
}
