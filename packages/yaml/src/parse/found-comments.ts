import type { MappingNode, Node, SequenceNode } from "../node.ts";
import type { Scanner } from "./scanner.ts";
import { type Token, TokenKind } from "./token.ts";

/**
 * Comments that came into sight with the tokens read so far and wait for a node. They move onto a node, or onto the
 * end of a collection, at the same moments as in go-yaml v3.
 */
export class FoundComments {
  #head = "";
  #line = "";
  #foot = "";
  /** Comment above a sequence entry whose content is a block collection: it heads the collection. */
  #stem = "";

  /** Takes up the comments that belong to a token that comes into sight. */
  collect(scanner: Scanner, token: Token): void {
    for (;;) {
      const comment = scanner.peekComment(token.index);
      if (comment === undefined) return;
      if (comment.head !== "") {
        // The end of a block has no head; the comment waits for what comes after.
        if (scanner.kind(token) === TokenKind.BlockEnd) return;
        this.#head = join(this.#head, comment.head);
      }
      if (comment.foot !== "") this.#foot = join(this.#foot, comment.foot);
      if (comment.line !== "") this.#line = join(this.#line, comment.line);
      scanner.takeComment();
    }
  }

  /** Takes the part of the first comment that an empty line separates from the first node: it heads the document. */
  takeDocumentHead(): string {
    const head = this.#head;
    const last = head.length - 1;
    for (let i = last; i > 0; i--) {
      if (head.charCodeAt(i) !== 0x0a) continue;
      if (i === last) {
        this.#head = "";
        return head.slice(0, i);
      }
      if (head.charCodeAt(i - 1) === 0x0a) {
        this.#head = head.slice(i + 1);
        return head.slice(0, i - 1);
      }
    }
    return "";
  }

  /** Takes what is left at the end of a document. */
  takeDocumentFoot(): string {
    const comment = this.#foot === "" ? this.#head : this.#foot;
    this.#clear();
    return comment;
  }

  moveTo(node: Node): void {
    if (this.#head !== "") node.headComment = this.#head;
    if (this.#line !== "") node.lineComment = this.#line;
    if (this.#foot !== "") node.footComment = this.#foot;
    this.#clear();
  }

  /** Comments seen up to the end of a collection replace those of its start. */
  moveToEnd(node: SequenceNode | MappingNode): void {
    if (node.lineComment !== undefined) delete node.lineComment;
    if (node.footComment !== undefined) delete node.footComment;
    if (this.#line !== "") node.lineComment = this.#line;
    const lastPair = node.kind === "mapping" && !node.flow ? node.pairs.at(-1) : undefined;
    if (this.#foot !== "") (lastPair?.key ?? node).footComment = this.#foot;
    this.#clear();
  }

  get headLength(): number {
    return this.#head.length;
  }

  /** Sets the first part of the head aside for the block collection that follows. */
  splitStem(length: number): void {
    this.#stem = this.#head.slice(0, length);
    this.#head = this.#head.slice(length + 1);
  }

  moveStemTo(node: Node): void {
    if (this.#stem === "") return;
    node.headComment = this.#stem;
    this.#stem = "";
  }

  #clear(): void {
    this.#head = "";
    this.#line = "";
    this.#foot = "";
    this.#stem = "";
  }
}

function join(above: string, below: string): string {
  return above === "" ? below : `${above}\n${below}`;
}
