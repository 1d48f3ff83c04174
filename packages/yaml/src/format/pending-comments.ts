import type { MappingNode, Node, SequenceNode } from "../node.ts";
import { isBreak } from "../parse/characters.ts";
import type { Output } from "./output.ts";

/**
 * Comments that wait for the place where they can be written.
 *
 * A slot is filled when its node begins or ends and may be emptied much later, by another node: that is how Go places
 * comments.
 */
export class PendingComments {
  readonly #out: Output;
  #head = "";
  #line = "";
  #foot = "";
  /** Foot comment of the pair before, to be written above the next. */
  #tail = "";
  #keyLine = "";

  constructor(out: Output) {
    this.#out = out;
  }

  setHead(comment: string): void {
    if (comment !== "") this.#head = comment;
  }

  setFoot(comment: string): void {
    if (comment !== "") this.#foot = comment;
  }

  get hasHead(): boolean {
    return this.#head !== "";
  }

  get hasLine(): boolean {
    return this.#line !== "";
  }

  /** Whether the end of a flow mapping has something to write before its brace. */
  get hasBeforeEnd(): boolean {
    return this.#head !== "" || this.#foot !== "" || this.#tail !== "";
  }

  /** Takes up the comments that a node brings along when it begins. */
  begin(node: Node, tail: string): void {
    if (node.headComment) this.#head = node.headComment;
    if (node.kind === "scalar" || node.kind === "alias") {
      if (node.lineComment) this.#line = node.lineComment;
      if (node.footComment) this.#foot = node.footComment;
    }
    if (tail !== "" && (node.kind === "scalar" || node.kind === "mapping")) this.#tail = tail;
  }

  /** Takes up the comments of a collection that ends. */
  end(node: MappingNode | SequenceNode, tail: string): void {
    if (node.lineComment) this.#line = node.lineComment;
    if (node.footComment) this.#foot = node.footComment;
    if (tail !== "") this.#tail = tail;
  }

  writeHead(): void {
    const out = this.#out;
    if (this.#tail !== "") {
      out.writeIndent();
      this.#writeComment(this.#tail);
      this.#tail = "";
      out.footIndent = Math.max(out.indent, 0);
    }
    if (this.#head === "") return;
    out.writeIndent();
    this.#writeComment(this.#head);
    this.#head = "";
  }

  writeLine(): void {
    if (this.#line === "") return;
    if (!this.#out.whitespace) this.#out.write(" ");
    this.#writeComment(this.#line);
    this.#line = "";
  }

  writeFoot(): void {
    if (this.#foot === "") return;
    this.#out.writeIndent();
    this.#writeComment(this.#foot);
    this.#foot = "";
    this.#out.footIndent = Math.max(this.#out.indent, 0);
  }

  /** Whether something must stand between a flow entry and the next. */
  hasTrailing(): boolean {
    return this.#line !== "" || this.#foot !== "" || this.#tail !== "";
  }

  #writeComment(comment: string): void {
    const out = this.#out;
    let atLineStart = false;
    let needsMark = true;
    for (let i = 0; i < comment.length;) {
      if (isBreak(comment.charCodeAt(i))) {
        out.writeBreak(comment.charAt(i));
        i++;
        atLineStart = true;
        needsMark = true;
        continue;
      }
      if (atLineStart) out.writeIndent();
      if (needsMark && comment.charCodeAt(i) !== 0x23) out.write("# ");
      needsMark = false;
      let end = i + 1;
      while (end < comment.length && !isBreak(comment.charCodeAt(end))) end++;
      out.write(comment.slice(i, end));
      out.indention = false;
      atLineStart = false;
      i = end;
    }
    if (!atLineStart) out.writeBreak();
    out.whitespace = true;
  }

  /** A key's own foot comment is written below its value, as the tail of the next pair. */
  beginKey(key: Node, tail: string): void {
    if (key.footComment === undefined || (key.kind !== "scalar" && key.kind !== "alias")) {
      this.begin(key, tail);
      return;
    }
    const { footComment: _, ...rest } = key;
    this.begin(rest, tail);
  }

  /** Sets aside the comment on a key's own line until {@link placeKeyLine}. */
  holdKeyLine(): void {
    if (this.#line === "") return;
    this.#keyLine = this.#line;
    this.#line = "";
  }

  /** A comment on a key's line stays on that line: behind a scalar value, or before a block. */
  placeKeyLine(value: Node): void {
    if (this.#keyLine === "") return;
    if (value.kind === "scalar") {
      if (this.#line === "") {
        this.#line = this.#keyLine;
        this.#keyLine = "";
      }
    } else if (value.kind !== "alias" && !value.flow) {
      const line = this.#line;
      this.#line = this.#keyLine;
      this.writeLine();
      this.#keyLine = line;
    }
  }
}
