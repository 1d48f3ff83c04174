import { YamlError } from "../errors.ts";
import { depthExceeded } from "../limits.ts";
import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, plainForbiddenStarts, SPACE, TAB } from "./characters.ts";
import { CommentScanner } from "./comment-scanner.ts";
import type { Mark } from "./cursor.ts";
import { attachKey, discardKey, type KeyCandidate, KeyCandidates } from "./key-candidates.ts";
import { scanBlockBody, scanBlockHeader } from "./scan-block.ts";
import { scanPlain } from "./scan-plain.ts";
import { scanQuoted } from "./scan-quoted.ts";
import { scanTag, scanTagDirective, scanVersion, scanWord, skipBlanks } from "./scan-tag.ts";
import { Token, TokenKind } from "./token.ts";

/** Which of Go's libraries is spoken: they differ in how far they read ahead and in the lines of their errors. */
export type Dialect = "v2" | "v3";

export interface ScannerOptions {
  readonly dialect: Dialect;
  readonly comments: boolean;
  readonly maxDepth: number;
}

/** YAML's bound on the length of an implicit key. */
const MAX_KEY_LENGTH = 1024;

/**
 * Turns text into tokens, on demand.
 *
 * A token may only be handed out once it is known whether it begins an implicit key (`mayBeKey` is off), and, for the
 * sake of comments, once two more tokens have been scanned: Go attributes comments that way.
 * `queued` counts tokens as Go does, block starts and key marks included, so that both see the same comments.
 */
export class Scanner extends CommentScanner {
  readonly #dialect: Dialect;
  readonly #comments: boolean;
  readonly #maxDepth: number;
  readonly #lookahead: number;
  #queue: Token[] = [];
  #head = 0;
  #queued = 0;
  readonly #indents: number[] = [];
  readonly #candidates = new KeyCandidates();
  #keyAllowed = true;

  constructor(text: string, options: ScannerOptions) {
    super(text);
    this.#dialect = options.dialect;
    this.#comments = options.comments;
    this.#maxDepth = options.maxDepth;
    this.#lookahead = options.dialect === "v3" ? 2 : 0;
    this.#push(new Token(TokenKind.StreamStart, 0, 0, 0));
  }

  /** The token at the head of the queue; what is to be consumed next of it is {@link Scanner.kind}. */
  peek(): Token {
    let head = this.#queue[this.#head];
    while (head === undefined || this.#queued <= this.#lookahead || (head.mayBeKey && this.#isStillKey(head))) {
      this.#fetch();
      head = this.#queue[this.#head];
    }
    return head;
  }

  /** What is at the head of the queue: a token, or the block start or key mark that goes before it. */
  kind(token: Token): TokenKind {
    return token.opens !== 0 ? token.opens : token.isKey ? TokenKind.Key : token.kind;
  }

  /** Consumes what {@link Scanner.kind} told. */
  skip(token: Token): void {
    this.#queued--;
    if (token.opens !== 0) token.opens = 0;
    else if (token.isKey) token.isKey = false;
    else if (++this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head === 256) {
      this.#queue = this.#queue.slice(256);
      this.#head = 0;
    }
  }

  /** A syntax error found while composing tokens. */
  composeError(problem: string, at: Mark, context?: Mark): YamlError {
    const line = this.#dialect === "v3" ? context?.line || at.line : at.line || context?.line || 0;
    return this.#syntaxError(problem, line, at);
  }

  #scanError(problem: string, context: Mark): YamlError {
    const at = this.mark();
    let line = 0;
    if (this.#dialect === "v3") line = context.line !== 0 ? context.line + 1 : at.line !== 0 ? at.line + 1 : 0;
    else line = at.line !== 0 ? at.line + 1 : context.line;
    return this.#syntaxError(problem, line, at);
  }

  #syntaxError(problem: string, messageLine: number, at: Mark): YamlError {
    const where = messageLine === 0 ? "" : `line ${messageLine}: `;
    const column = this.displayColumn(at.index, at.column);
    return new YamlError("Syntax", `yaml: ${where}${problem}`, at.line + 1, column);
  }

  #push(token: Token): void {
    this.#queue.push(token);
    this.#queued++;
    this.beforeLast = this.last;
    this.last = token;
  }

  /** Pushes a token for the indicator at the cursor and steps over it. */
  #pushIndicator(kind: TokenKind, length = 1): Token {
    const token = new Token(kind, this.pos, this.line, this.pos - this.lineStart);
    this.pos += length;
    this.#push(token);
    return token;
  }

  // Fetching: from text to the next token

  #fetch(): void {
    const scanIndex = this.pos;
    this.#toNextToken();
    this.#unrollIndent(this.column, scanIndex);
    const { source, pos } = this;
    const code = source.charCodeAt(pos);
    if (code === 0) return this.#fetchStreamEnd();
    if (pos === this.lineStart) {
      if (code === 0x25) return this.#fetchDirective();
      if ((code === 0x2d || code === 0x2e) && this.atDocumentIndicator()) {
        this.#resetContext();
        this.#pushIndicator(code === 0x2d ? TokenKind.DocumentStart : TokenKind.DocumentEnd, 3);
        return;
      }
    }
    // A comment behind `:` or `,` belongs to what stands before the indicator.
    const commentAnchor =
      this.last !== undefined && code === (this.flowLevel === 0 ? 0x3a : 0x2c) ? this.last.index : pos;
    this.#dispatch(code, source.charCodeAt(pos + 1));
    if (this.#comments && this.last?.kind !== TokenKind.BlockEntry) this.scanLineComment(commentAnchor);
  }

  #dispatch(code: number, next: number): void {
    switch (code) {
      case 0x5b:
        return this.#fetchFlowStart(TokenKind.FlowSequenceStart);
      case 0x7b:
        return this.#fetchFlowStart(TokenKind.FlowMappingStart);
      case 0x5d:
        return this.#fetchFlowEnd(TokenKind.FlowSequenceEnd);
      case 0x7d:
        return this.#fetchFlowEnd(TokenKind.FlowMappingEnd);
      case 0x2c:
        this.#dropCandidate();
        this.#keyAllowed = true;
        this.#pushIndicator(TokenKind.FlowEntry);
        return;
      case 0x2d:
        if (isBlankOrEnd(next)) return this.#fetchBlockEntry();
        break;
      case 0x3f:
        if (this.flowLevel > 0 || isBlankOrEnd(next)) return this.#fetchKey();
        break;
      case 0x3a:
        if (this.flowLevel > 0 || isBlankOrEnd(next)) return this.#fetchValue();
        break;
      case 0x2a:
        return this.#fetchAnchor(TokenKind.Alias);
      case 0x26:
        return this.#fetchAnchor(TokenKind.Anchor);
      case 0x21:
        return this.#fetchTag();
      case 0x27:
      case 0x22:
        return this.#fetchQuoted(code);
      case 0x7c:
      case 0x3e:
        if (this.flowLevel === 0) return this.#fetchBlockScalar(code === 0x7c);
        break;
      default:
        break;
    }
    const startsPlain =
      code >= 128 ||
      plainForbiddenStarts[code] === 0 ||
      (code === 0x2d && !isBlank(next)) ||
      (this.flowLevel === 0 && (code === 0x3f || code === 0x3a) && !isBlankOrEnd(next));
    if (!startsPlain || isBreakOrEnd(code)) {
      throw this.#scanError("found character that cannot start any token", this.mark());
    }
    this.#fetchPlain();
  }

  /** Steps over blanks, comments and line breaks. */
  #toNextToken(): void {
    const { source } = this;
    const scanIndex = this.pos;
    const scanLine = this.line;
    for (;;) {
      // Tabs separate tokens, except where they would be indentation.
      const tabs = this.flowLevel > 0 || !this.#keyAllowed;
      let { pos } = this;
      let code = source.charCodeAt(pos);
      while (code === SPACE || (tabs && code === TAB)) code = source.charCodeAt(++pos);
      this.pos = pos;
      if (this.#comments) {
        this.promoteEntryComment(isBreak(code));
        if (code === 0x23) {
          this.scanComments(scanIndex, scanLine);
          code = source.charCodeAt(this.pos);
        }
      } else if (code === 0x23) {
        this.pos = this.lineEnd(pos);
        code = source.charCodeAt(this.pos);
      }
      if (!isBreak(code)) return;
      this.skipBreak();
      if (this.flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #fetchStreamEnd(): void {
    if (this.pos !== this.lineStart) {
      this.lineStart = this.pos;
      this.line++;
    }
    this.#resetContext();
    this.#push(new Token(TokenKind.StreamEnd, this.pos, this.line, 0));
  }

  /** Closes all blocks: what stands at the cursor is outside of any document. */
  #resetContext(): void {
    this.#unrollIndent(-1, this.pos);
    this.#dropCandidate();
    this.#keyAllowed = false;
  }

  #fetchDirective(): void {
    this.#resetContext();
    const context = this.mark();
    this.pos++;
    const name = scanWord(this);
    if (name === "") throw this.#scanError("could not find expected directive name", context);
    if (!isBlankOrEnd(this.source.charCodeAt(this.pos))) {
      throw this.#scanError("found unexpected non-alphabetical character", context);
    }
    let token: Token;
    if (name === "YAML") {
      const version = scanVersion(this);
      if (typeof version === "string") throw this.#scanError(version, context);
      token = new Token(TokenKind.VersionDirective, context.index, context.line, context.column);
      token.value = `${version.major}.${version.minor}`;
    } else if (name === "TAG") {
      const parts = scanTagDirective(this);
      if (typeof parts === "string") throw this.#scanError(parts, context);
      token = new Token(TokenKind.TagDirective, context.index, context.line, context.column);
      token.value = parts.handle;
      token.suffix = parts.suffix;
    } else throw this.#scanError("found unknown directive name", context);
    skipBlanks(this);
    this.#finishLine("did not find expected comment or line break", context);
    this.#push(token);
  }

  /** Steps over a comment and the line break at the cursor, where nothing else may stand. */
  #finishLine(problem: string, context: Mark): void {
    if (this.source.charCodeAt(this.pos) === 0x23) this.pos = this.lineEnd(this.pos);
    const code = this.source.charCodeAt(this.pos);
    if (!isBreakOrEnd(code)) throw this.#scanError(problem, context);
    if (code !== 0) this.skipBreak();
  }

  #fetchFlowStart(kind: TokenKind): void {
    const isCandidate = this.#saveCandidate();
    const outer = this.#candidates.current;
    this.#candidates.enter();
    if (++this.flowLevel > this.#maxDepth) throw depthExceeded(this.#maxDepth, this.line + 1, this.column + 1);
    this.#keyAllowed = true;
    const token = this.#pushIndicator(kind);
    if (!isCandidate) return;
    attachKey(outer, token);
    this.#candidates.current.emptyOpening = token;
  }

  #fetchFlowEnd(kind: TokenKind): void {
    this.#dropCandidate();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      // go-yaml v2 forgets that an empty collection may be a key and hands it out too early.
      const { emptyOpening } = this.#candidates.current;
      if (emptyOpening !== undefined && this.#dialect === "v2") emptyOpening.mayBeKey = false;
      this.#candidates.leave();
    }
    this.#keyAllowed = false;
    this.#pushIndicator(kind);
  }

  #fetchBlockEntry(): void {
    let opens = false;
    if (this.flowLevel === 0) {
      if (!this.#keyAllowed) {
        throw this.#scanError("block sequence entries are not allowed in this context", this.mark());
      }
      opens = this.#rollIndent(this.column);
    }
    this.#dropCandidate();
    this.#keyAllowed = true;
    const token = this.#pushIndicator(TokenKind.BlockEntry);
    if (opens) {
      token.opens = TokenKind.BlockSequenceStart;
      token.openedSequence = true;
      this.#queued++;
    }
  }

  #fetchKey(): void {
    let opens = false;
    if (this.flowLevel === 0) {
      if (!this.#keyAllowed) throw this.#scanError("mapping keys are not allowed in this context", this.mark());
      opens = this.#rollIndent(this.column);
    }
    this.#dropCandidate();
    this.#keyAllowed = this.flowLevel === 0;
    this.#openMapping(this.#pushIndicator(TokenKind.Key), opens);
  }

  #fetchValue(): void {
    const candidate = this.#candidates.current;
    let opens = false;
    if (candidate.token !== undefined && this.#isValid(candidate)) {
      candidate.token.isKey = true;
      candidate.token.mayBeKey = false;
      candidate.possible = false;
      this.#queued++;
      this.#openMapping(candidate.token, this.#rollIndent(candidate.mark.column));
      this.#keyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.#keyAllowed) throw this.#scanError("mapping values are not allowed in this context", this.mark());
        opens = this.#rollIndent(this.column);
      }
      this.#keyAllowed = this.flowLevel === 0;
    }
    this.#openMapping(this.#pushIndicator(TokenKind.Value), opens);
  }

  #openMapping(token: Token, opens: boolean): void {
    if (!opens) return;
    token.opens = TokenKind.BlockMappingStart;
    this.#queued++;
  }

  #fetchAnchor(kind: typeof TokenKind.Alias | typeof TokenKind.Anchor): void {
    const isCandidate = this.#saveCandidate();
    this.#keyAllowed = false;
    const context = this.mark();
    const token = new Token(kind, this.pos, this.line, this.column);
    this.pos++;
    token.value = scanWord(this);
    const code = this.source.charCodeAt(this.pos);
    if (token.value === "" || !(isBlankOrEnd(code) || (code < 128 && "?:,]}%@`".includes(String.fromCharCode(code))))) {
      throw this.#scanError("did not find expected alphabetic or numeric character", context);
    }
    this.#pushCandidate(token, isCandidate);
  }

  #fetchTag(): void {
    const isCandidate = this.#saveCandidate();
    this.#keyAllowed = false;
    const context = this.mark();
    const token = new Token(TokenKind.Tag, this.pos, this.line, this.column);
    const parts = scanTag(this);
    if (typeof parts === "string") throw this.#scanError(parts, context);
    token.value = parts.handle;
    token.suffix = parts.suffix;
    this.#pushCandidate(token, isCandidate);
  }

  #fetchBlockScalar(literal: boolean): void {
    this.#dropCandidate();
    this.#keyAllowed = true;
    const context = this.mark();
    const token = new Token(TokenKind.Scalar, this.pos, this.line, this.column);
    token.style = literal ? "literal" : "folded";
    this.pos++;
    const header = scanBlockHeader(this);
    if (typeof header === "string") throw this.#scanError(header, context);
    if (this.#comments && this.source.charCodeAt(this.pos) === 0x23) this.scanLineComment(token.index);
    this.#finishLine("did not find expected comment or line break", context);
    const scalar = scanBlockBody(this, header, this.indent, literal);
    if ("problem" in scalar) throw this.#scanError(scalar.problem, context);
    token.value = scalar.value;
    this.#push(token);
  }

  #fetchQuoted(quote: 0x22 | 0x27): void {
    const isCandidate = this.#saveCandidate();
    this.#keyAllowed = false;
    const context = this.mark();
    const token = new Token(TokenKind.Scalar, this.pos, this.line, this.column);
    token.style = quote === 0x27 ? "single" : "double";
    const scalar = scanQuoted(this, quote);
    if ("problem" in scalar) throw this.#scanError(scalar.problem, context);
    token.value = scalar.value;
    this.#pushCandidate(token, isCandidate);
  }

  #fetchPlain(): void {
    const isCandidate = this.#saveCandidate();
    this.#keyAllowed = false;
    const token = new Token(TokenKind.Scalar, this.pos, this.line, this.pos - this.lineStart);
    const scalar = scanPlain(this, this.indent + 1, this.flowLevel > 0);
    if (typeof scalar === "string") throw this.#scanError(scalar, token);
    token.value = scalar.value;
    if (scalar.endsLine) this.#keyAllowed = true;
    this.#pushCandidate(token, isCandidate);
  }

  // Implicit keys

  /** Notes that an implicit key may begin at the cursor. Returns whether it may. */
  #saveCandidate(): boolean {
    if (!this.#keyAllowed) return false;
    this.#dropCandidate();
    this.#candidates.begin(this.mark(), this.flowLevel === 0 && this.indent === this.column);
    return true;
  }

  #pushCandidate(token: Token, isCandidate: boolean): void {
    this.#push(token);
    if (isCandidate) attachKey(this.#candidates.current, token);
  }

  #dropCandidate(): void {
    const candidate = this.#candidates.current;
    if (candidate.possible) this.#discard(candidate);
  }

  #isValid(candidate: KeyCandidate): boolean {
    if (!candidate.possible) return false;
    if (candidate.mark.line >= this.line && candidate.mark.index + MAX_KEY_LENGTH >= this.pos) return true;
    this.#discard(candidate);
    return false;
  }

  #discard(candidate: KeyCandidate): void {
    if (candidate.required) throw this.#scanError("could not find expected ':'", candidate.mark);
    discardKey(candidate);
  }

  #isStillKey(token: Token): boolean {
    const candidate = this.#candidates.ownerOf(token);
    if (candidate !== undefined) return this.#isValid(candidate);
    token.mayBeKey = false;
    return false;
  }

  // Indentation

  /** Opens a block at a column if it lies deeper than the current one. */
  #rollIndent(column: number): boolean {
    if (this.flowLevel > 0 || this.indent >= column) return false;
    this.#indents.push(this.indent);
    this.indent = column;
    if (this.#indents.length > this.#maxDepth) throw depthExceeded(this.#maxDepth, this.line + 1, column + 1);
    return true;
  }

  /** Closes the blocks that lie deeper than a column. */
  #unrollIndent(column: number, scanIndex: number): void {
    if (this.flowLevel > 0) return;
    let endIndex = scanIndex - 1;
    while (this.indent > column) {
      endIndex = this.blockEnd(endIndex);
      this.#push(new Token(TokenKind.BlockEnd, endIndex, this.line, this.column));
      this.indent = this.#indents.pop() ?? -1;
    }
  }
}
