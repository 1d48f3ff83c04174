import { YamlError } from "../errors.ts";
import type { AliasNode, MappingNode, Node, ScalarNode, SequenceNode } from "../node.ts";
import { resolveTag } from "../resolve/resolve-tag.ts";
import { shortTag } from "../resolve/tags.ts";
import type { Mark } from "./cursor.ts";
import type { Dialect, Scanner } from "./scanner.ts";
import type { Token } from "./token.ts";

/** Tag and anchor in front of a node. */
export interface Properties {
  readonly tag: string;
  readonly anchor: string;
}

export const noProperties: Properties = { tag: "", anchor: "" };

/** Makes nodes with their places, tags and anchors, and counts them. */
export class NodeMaker {
  readonly #scanner: Scanner;
  readonly #dialect: Dialect;
  readonly #maxNodes: number;
  readonly #handles = new Map<string, string>();
  #anchors = new Map<string, Node>();
  #count = 0;

  constructor(scanner: Scanner, options: { readonly dialect: Dialect; readonly maxNodes: number }) {
    this.#scanner = scanner;
    this.#dialect = options.dialect;
    this.#maxNodes = options.maxNodes;
  }

  /** Forgets what holds for one document: tag handles, and in v2 anchors; v3 lets later documents refer to them. */
  endDocument(): void {
    this.#handles.clear();
    if (this.#dialect === "v2") this.#anchors = new Map();
  }

  defineHandle(directive: Token): void {
    if (this.#handles.has(directive.value)) {
      throw this.#scanner.composeError("found duplicate %TAG directive", directive);
    }
    this.#handles.set(directive.value, directive.suffix);
  }

  /** A tag with its handle replaced by what it stands for. */
  fullTag(token: Token, context: Mark): string {
    if (token.value === "") return token.suffix;
    const prefix =
      this.#handles.get(token.value) ??
      (token.value === "!" ? "!" : token.value === "!!" ? "tag:yaml.org,2002:" : undefined);
    if (prefix === undefined) throw this.#scanner.composeError("found undefined tag handle", token, context);
    return prefix + token.suffix;
  }

  scalar(token: Token, start: Mark, properties: Properties): ScalarNode {
    const { style, value } = token;
    const isPlain = style === "plain";
    // Types of plain scalars differ in v2, where they are found out when values are made.
    const tag = isPlain ? (this.#dialect === "v2" ? "" : resolveTag(value)) : "!!str";
    const node: ScalarNode = { kind: "scalar", tag, style, value, line: start.line + 1, column: this.#column(start) };
    return this.#decorate(node, properties);
  }

  /** A missing value, `width` characters behind a mark. */
  empty(mark: Mark, width = 0): ScalarNode {
    const column = this.#column(mark) + width;
    return { kind: "scalar", tag: "!!null", style: "plain", value: "", line: mark.line + 1, column };
  }

  /** A missing value that has a tag or an anchor. */
  emptyWith(start: Mark, properties: Properties): ScalarNode {
    return this.#decorate(this.empty(start), properties);
  }

  alias(token: Token): AliasNode {
    const target = this.#anchors.get(token.value);
    const column = this.#column(token);
    if (target === undefined) {
      const problem = `yaml: unknown anchor '${token.value}' referenced`;
      throw new YamlError("UnknownAnchor", problem, token.line + 1, column);
    }
    return { kind: "alias", tag: "", target, line: token.line + 1, column };
  }

  sequence(start: Mark, properties: Properties, flow: boolean): SequenceNode {
    const column = this.#column(start);
    const node: SequenceNode = { kind: "sequence", tag: "!!seq", flow, items: [], line: start.line + 1, column };
    return this.#decorate(node, properties);
  }

  mapping(start: Mark, properties: Properties, flow: boolean): MappingNode {
    const column = this.#column(start);
    const node: MappingNode = { kind: "mapping", tag: "!!map", flow, pairs: [], line: start.line + 1, column };
    return this.#decorate(node, properties);
  }

  /** The column of a node; every node asks once, so this is where they are counted. */
  #column(at: Mark): number {
    if (++this.#count > this.#maxNodes) {
      const problem = `yaml: line ${at.line + 1}: exceeded max of ${this.#maxNodes} nodes`;
      throw new YamlError("LimitExceeded", problem, at.line + 1, at.column + 1);
    }
    return this.#scanner.displayColumn(at.index, at.column);
  }

  #decorate<T extends Node>(node: T, { tag, anchor }: Properties): T {
    if (tag !== "" && tag !== "!") {
      node.tag = shortTag(tag);
      node.explicitTag = true;
    } else if (tag === "!" && this.#dialect === "v2" && node.kind === "scalar") {
      // go-yaml v2 takes the non-specific tag for a foreign one, and such values are strings.
      node.tag = "!";
      node.explicitTag = true;
    }
    if (anchor !== "") {
      node.anchor = anchor;
      this.#anchors.set(anchor, node);
    }
    return node;
  }
}
