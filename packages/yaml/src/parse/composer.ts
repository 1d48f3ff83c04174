import { depthExceeded } from "../limits.ts";
import type { MappingNode, Node, ScalarNode, SequenceNode } from "../node.ts";
import { FoundComments } from "./found-comments.ts";
import { NodeMaker, noProperties, type Properties } from "./node-maker.ts";
import { type Dialect, Scanner } from "./scanner.ts";
import { type Token, TokenKind } from "./token.ts";

export interface ComposerOptions {
  readonly dialect: Dialect;
  readonly comments: boolean;
  readonly maxDepth: number;
  readonly maxNodes: number;
}

/** One document as read: its root and the comments that belong to no node. */
export interface Composed {
  readonly root: Node;
  readonly headComment: string;
  readonly footComment: string;
}

/** Builds node trees from tokens by recursive descent. */
export class Composer {
  readonly #scanner: Scanner;
  readonly #maxDepth: number;
  readonly #comments: boolean;
  readonly #nodes: NodeMaker;
  #depth = 0;
  #first = true;
  readonly #found = new FoundComments();

  constructor(text: string, options: ComposerOptions) {
    this.#scanner = new Scanner(text, options);
    this.#comments = options.comments;
    this.#maxDepth = options.maxDepth;
    this.#nodes = new NodeMaker(this.#scanner, options);
    // The start of the stream.
    this.#skip(this.#peek());
  }

  /** Reads the next document; `undefined` at the end of the text. */
  next(): Composed | undefined {
    let token = this.#peek();
    let kind = this.#scanner.kind(token);
    let headComment = "";
    if (!this.#first) {
      while (kind === TokenKind.DocumentEnd) {
        token = this.#advance(token);
        kind = this.#scanner.kind(token);
      }
    }
    if (kind === TokenKind.StreamEnd) return undefined;
    const isImplicit =
      this.#first &&
      kind !== TokenKind.VersionDirective &&
      kind !== TokenKind.TagDirective &&
      kind !== TokenKind.DocumentStart;
    this.#first = false;
    let root: Node;
    if (isImplicit) {
      headComment = this.#found.takeDocumentHead();
      root = this.#node(true, false);
    } else {
      token = this.#directives(token);
      if (this.#scanner.kind(token) !== TokenKind.DocumentStart) {
        throw this.#scanner.composeError("did not find expected <document start>", token);
      }
      token = this.#advance(token);
      root = endsDocument(this.#scanner.kind(token)) ? this.#nodes.empty(token) : this.#node(true, false);
    }
    token = this.#peek();
    if (this.#scanner.kind(token) === TokenKind.DocumentEnd) this.#skip(token);
    this.#nodes.endDocument();
    return { root, headComment, footComment: this.#found.takeDocumentFoot() };
  }

  // Tokens

  #peek(): Token {
    const token = this.#scanner.peek();
    if (this.#comments) this.#found.collect(this.#scanner, token);
    return token;
  }

  #skip(token: Token): void {
    this.#scanner.skip(token);
  }

  #advance(token: Token): Token {
    this.#scanner.skip(token);
    return this.#peek();
  }

  #directives(first: Token): Token {
    let token = first;
    let hasVersion = false;
    for (;;) {
      const kind = this.#scanner.kind(token);
      if (kind === TokenKind.VersionDirective) {
        if (hasVersion) throw this.#scanner.composeError("found duplicate %YAML directive", token);
        if (token.value !== "1.1") throw this.#scanner.composeError("found incompatible YAML document", token);
        hasVersion = true;
      } else if (kind === TokenKind.TagDirective) {
        this.#nodes.defineHandle(token);
      } else return token;
      token = this.#advance(token);
    }
  }

  // Nodes

  /** Reads the node at the head; `indentless` allows a sequence at the indentation of its key. */
  #node(block: boolean, indentless: boolean): Node {
    let token = this.#peek();
    let kind = this.#scanner.kind(token);
    if (kind === TokenKind.Scalar) return this.#scalar(token, token, noProperties);
    if (kind === TokenKind.Alias) return this.#alias(token);
    const start = token;
    let properties = noProperties;
    if (kind === TokenKind.Anchor || kind === TokenKind.Tag) {
      properties = this.#properties(token);
      token = this.#peek();
      kind = this.#scanner.kind(token);
      if (kind === TokenKind.Scalar) return this.#scalar(token, start, properties);
    }
    if (++this.#depth > this.#maxDepth) throw depthExceeded(this.#maxDepth, token.line + 1, token.column + 1);
    let node: Node;
    if (kind === TokenKind.BlockMappingStart && block) node = this.#blockMapping(token, start, properties);
    else if (kind === TokenKind.BlockSequenceStart && block) node = this.#blockSequence(token, start, properties);
    else if (kind === TokenKind.BlockEntry && indentless) node = this.#indentlessSequence(start, properties);
    else if (kind === TokenKind.FlowSequenceStart) node = this.#flowSequence(token, start, properties);
    else if (kind === TokenKind.FlowMappingStart) node = this.#flowMapping(token, start, properties);
    else if (properties !== noProperties) node = this.#nodes.emptyWith(start, properties);
    else throw this.#scanner.composeError("did not find expected node content", token, start);
    this.#depth--;
    return node;
  }

  #scalar(token: Token, start: Token, properties: Properties): ScalarNode {
    const node = this.#nodes.scalar(token, start, properties);
    if (this.#comments) this.#found.moveTo(node);
    this.#skip(token);
    return node;
  }

  #alias(token: Token): Node {
    const node = this.#nodes.alias(token);
    if (this.#comments) this.#found.moveTo(node);
    this.#skip(token);
    return node;
  }

  #properties(first: Token): Properties {
    let token = first;
    let tag: Token | undefined;
    let anchor = "";
    for (let round = 0; round < 2; round++) {
      const kind = this.#scanner.kind(token);
      if (kind === TokenKind.Tag && tag === undefined) tag = token;
      else if (kind === TokenKind.Anchor && anchor === "") anchor = token.value;
      else break;
      token = this.#advance(token);
    }
    return { tag: tag === undefined ? "" : this.#nodes.fullTag(tag, first), anchor };
  }

  // Block collections

  #blockSequence(opening: Token, start: Token, properties: Properties): SequenceNode {
    const node = this.#nodes.sequence(start, properties, false);
    this.#found.moveStemTo(node);
    let token = this.#advance(opening);
    for (;;) {
      const kind = this.#scanner.kind(token);
      if (kind === TokenKind.BlockEnd) {
        this.#skip(token);
        return node;
      }
      if (kind !== TokenKind.BlockEntry) {
        throw this.#scanner.composeError("did not find expected '-' indicator", token, opening);
      }
      const next = this.#enterEntry(token);
      const nextKind = this.#scanner.kind(next);
      const isEmpty = nextKind === TokenKind.BlockEntry || nextKind === TokenKind.BlockEnd;
      node.items.push(isEmpty ? this.#nodes.empty(token, 1) : this.#node(true, false));
      token = this.#peek();
    }
  }

  #indentlessSequence(start: Token, properties: Properties): SequenceNode {
    const node = this.#nodes.sequence(start, properties, false);
    for (;;) {
      const token = this.#peek();
      if (this.#scanner.kind(token) !== TokenKind.BlockEntry) return node;
      const nextKind = this.#scanner.kind(this.#enterEntry(token));
      const isEmpty = nextKind === TokenKind.BlockEntry || endsBlockValue(nextKind);
      node.items.push(isEmpty ? this.#nodes.empty(token, 1) : this.#node(true, false));
    }
  }

  /** Steps over a `-`; the comment above it becomes the stem when a block collection follows. */
  #enterEntry(entry: Token): Token {
    const stemLength = this.#found.headLength;
    const next = this.#advance(entry);
    if (stemLength > 0 && next.opens !== 0) this.#found.splitStem(stemLength);
    return next;
  }

  #blockMapping(opening: Token, start: Token, properties: Properties): MappingNode {
    const node = this.#nodes.mapping(start, properties, false);
    this.#found.moveStemTo(node);
    const { pairs } = node;
    let token = this.#advance(opening);
    for (;;) {
      const kind = this.#scanner.kind(token);
      if (kind === TokenKind.BlockEnd) {
        if (this.#comments) this.#found.moveToEnd(node);
        this.#skip(token);
        return node;
      }
      if (kind !== TokenKind.Key) throw this.#scanner.composeError("did not find expected key", token, opening);
      const key = this.#blockPart(token, token.isKey ? 0 : 1);
      if (key.footComment !== undefined && pairs.length > 0) {
        // Seen at a dedent: it belongs below the pair before.
        const previous = pairs.at(-1);
        if (previous !== undefined) previous.key.footComment = key.footComment;
        delete key.footComment;
      }
      token = this.#peek();
      const value =
        this.#scanner.kind(token) === TokenKind.Value ? this.#blockPart(token, 1) : this.#nodes.empty(token);
      if (key.footComment === undefined && value.footComment !== undefined) {
        key.footComment = value.footComment;
        delete value.footComment;
      }
      pairs.push({ key, value });
      token = this.#peek();
    }
  }

  /** Reads what follows a key mark or a `:`; `width` is how much text that mark took. */
  #blockPart(mark: Token, width: number): Node {
    const next = this.#advance(mark);
    return endsBlockValue(this.#scanner.kind(next)) ? this.#nodes.empty(mark, width) : this.#node(true, true);
  }

  // Flow collections

  #flowSequence(opening: Token, start: Token, properties: Properties): SequenceNode {
    const node = this.#nodes.sequence(start, properties, true);
    if (this.#comments) this.#found.moveTo(node);
    let token = this.#advance(opening);
    for (let first = true; this.#scanner.kind(token) !== TokenKind.FlowSequenceEnd; first = false) {
      if (!first) {
        if (this.#scanner.kind(token) !== TokenKind.FlowEntry) {
          throw this.#scanner.composeError("did not find expected ',' or ']'", token, opening);
        }
        token = this.#advance(token);
        if (this.#scanner.kind(token) === TokenKind.FlowSequenceEnd) break;
      }
      node.items.push(this.#scanner.kind(token) === TokenKind.Key ? this.#flowPair(token) : this.#node(false, false));
      token = this.#peek();
    }
    if (this.#comments) this.#found.moveToEnd(node);
    this.#skip(token);
    return node;
  }

  /** A single pair inside a flow sequence, `[a: b]`. */
  #flowPair(mark: Token): MappingNode {
    const node = this.#nodes.mapping(mark, noProperties, true);
    const kind = this.#scanner.kind(this.#advance(mark));
    let key: Node;
    if (kind === TokenKind.Value || kind === TokenKind.FlowEntry || kind === TokenKind.FlowSequenceEnd) {
      // Go steps over the token it found here; so `[? , a]` is read as it reads it.
      const token = this.#peek();
      key = this.#nodes.empty(token, 1);
      this.#skip(token);
    } else key = this.#node(false, false);
    node.pairs.push(flowPairOf(key, this.#flowValue(TokenKind.FlowSequenceEnd)));
    this.#peek();
    return node;
  }

  #flowMapping(opening: Token, start: Token, properties: Properties): MappingNode {
    const node = this.#nodes.mapping(start, properties, true);
    if (this.#comments) this.#found.moveTo(node);
    let token = this.#advance(opening);
    for (let first = true; this.#scanner.kind(token) !== TokenKind.FlowMappingEnd; first = false) {
      if (!first) {
        if (this.#scanner.kind(token) !== TokenKind.FlowEntry) {
          throw this.#scanner.composeError("did not find expected ',' or '}'", token, opening);
        }
        token = this.#advance(token);
        if (this.#scanner.kind(token) === TokenKind.FlowMappingEnd) break;
      }
      let key: Node;
      let value: Node;
      if (this.#scanner.kind(token) === TokenKind.Key) {
        token = this.#advance(token);
        const kind = this.#scanner.kind(token);
        const isEmpty = kind === TokenKind.Value || kind === TokenKind.FlowEntry || kind === TokenKind.FlowMappingEnd;
        key = isEmpty ? this.#nodes.empty(token) : this.#node(false, false);
        value = this.#flowValue(TokenKind.FlowMappingEnd);
      } else {
        key = this.#node(false, false);
        value = this.#nodes.empty(this.#peek());
      }
      node.pairs.push(flowPairOf(key, value));
      token = this.#peek();
    }
    if (this.#comments) this.#found.moveToEnd(node);
    this.#skip(token);
    return node;
  }

  #flowValue(end: TokenKind): Node {
    const token = this.#peek();
    if (this.#scanner.kind(token) !== TokenKind.Value) return this.#nodes.empty(token);
    const next = this.#advance(token);
    const kind = this.#scanner.kind(next);
    if (kind !== TokenKind.FlowEntry && kind !== end) return this.#node(false, false);
    // Go places a missing value at what follows the colon, but in a sequence at the colon.
    return this.#nodes.empty(end === TokenKind.FlowSequenceEnd ? token : next);
  }
}

function flowPairOf(key: Node, value: Node): { key: Node; value: Node } {
  if (key.footComment === undefined && value.footComment !== undefined) {
    key.footComment = value.footComment;
    delete value.footComment;
  }
  return { key, value };
}

function endsDocument(kind: TokenKind): boolean {
  return (
    kind === TokenKind.DocumentStart ||
    kind === TokenKind.DocumentEnd ||
    kind === TokenKind.StreamEnd ||
    kind === TokenKind.VersionDirective ||
    kind === TokenKind.TagDirective
  );
}

function endsBlockValue(kind: TokenKind): boolean {
  return kind === TokenKind.Key || kind === TokenKind.Value || kind === TokenKind.BlockEnd;
}
