import { YamlError } from "../errors.ts";
import type { MappingNode, Node, ScalarNode, ScalarStyle, SequenceNode } from "../node.ts";
import { isBreak, isWord } from "../parse/characters.ts";
import { resolveImplicitTag } from "../resolve/resolve-tag.ts";
import { Output } from "./output.ts";
import { PendingComments } from "./pending-comments.ts";
import { analyzeScalar, type ScalarAnalysis } from "./scalar-analysis.ts";
import { ScalarWriter } from "./scalar-writer.ts";
import { tagText } from "./tag-text.ts";

export interface EmitterOptions {
  /** Columns per level of mappings, 2 to 9. */
  readonly indent: number;
  /** Whether the `- ` of a sequence inside a mapping counts as its indentation. */
  readonly compactSequences: boolean;
}

/** The place of a node in its parent. */
type Place = "root" | "item" | "key" | "value" | "flowItem" | "flowKey" | "flowValue";

/** Longest implicit key, in UTF-8 bytes. */
const MAX_SIMPLE_KEY = 128;
/** Deeper trees are taken for cyclic. */
const MAX_DEPTH = 1500;

/** Writes node trees as go-yaml v3's encoder does. */
export class Emitter {
  readonly #out = new Output();
  readonly #comments = new PendingComments(this.#out);
  readonly #scalars: ScalarWriter;
  readonly #indent: number;
  readonly #compact: boolean;
  #flowLevel = 0;
  #depth = 0;
  #documents = 0;

  constructor(options: EmitterOptions) {
    this.#indent = options.indent < 2 || options.indent > 9 ? 2 : options.indent;
    this.#compact = options.compactSequences;
    this.#scalars = new ScalarWriter(this.#out, Number.POSITIVE_INFINITY, this.#indent);
  }

  get text(): string {
    return this.#out.text;
  }

  /** Writes one document, after a `---` line unless it is the first. */
  writeDocument(root: Node, headComment: string, footComment: string): void {
    const out = this.#out;
    this.#comments.setHead(headComment);
    if (this.#documents++ > 0) {
      out.writeIndent();
      out.writeIndicator("---", true, false, false);
      out.writeIndent();
    }
    if (this.#comments.hasHead) {
      this.#comments.writeHead();
      out.writeBreak();
    }
    this.#comments.begin(root, "");
    this.#comments.writeHead();
    this.#open(root, "root", false);
    this.#comments.writeLine();
    this.#comments.writeFoot();
    this.#close(root, "root");
    this.#comments.setFoot(footComment);
    out.footIndent = 0;
    this.#comments.writeFoot();
    out.footIndent = -1;
    out.writeIndent();
  }

  // Nodes

  /** Writes a scalar or alias, or what goes before a collection's content. */
  #open(node: Node, place: Place, isSimpleKey: boolean): void {
    if (node.kind === "alias") {
      this.#writeAnchor("*", node.target.anchor ?? "");
      return;
    }
    if (node.kind === "scalar") {
      this.#writeScalar(node, place, isSimpleKey);
      return;
    }
    if (node.anchor) this.#writeAnchor("&", node.anchor);
    this.#writeTag(writtenTag(node));
  }

  /** Writes the content of a collection. */
  #close(node: Node, place: Place): void {
    if (node.kind !== "sequence" && node.kind !== "mapping") return;
    if (++this.#depth > MAX_DEPTH) {
      throw new YamlError("LimitExceeded", `yaml: node is nested deeper than ${MAX_DEPTH} levels`);
    }
    const isFlow = this.#flowLevel > 0 || node.flow;
    const outer = this.#out.indent;
    if (node.kind === "sequence") {
      if (isFlow || node.items.length === 0) this.#flowSequence(node, place);
      else this.#blockSequence(node, place);
    } else if (isFlow || node.pairs.length === 0) this.#flowMapping(node, place);
    else this.#blockMapping(node, place);
    this.#out.indent = outer;
    this.#depth--;
  }

  /** The indentation of what is inside a node at a place. */
  #deeper(place: Place, flow: boolean): number {
    const { indent } = this.#out;
    if (indent < 0) return flow ? this.#indent : 0;
    // Behind a `- ` the content simply goes on; everything else aligns to a multiple of the step.
    if (place === "item") return indent + 2;
    return this.#indent * Math.floor((indent + this.#indent) / this.#indent);
  }

  #blockSequence(node: SequenceNode, place: Place): void {
    const out = this.#out;
    const inMapping = place === "key" || place === "value" || place === "flowKey" || place === "flowValue";
    const compact = this.#compact && inMapping && (out.column === 0 || !out.indention);
    const indents = out.indent >= 0 && place !== "item";
    out.indent = this.#deeper(place, false) - (compact && indents ? 2 : 0);
    for (const item of node.items) {
      this.#comments.begin(item, "");
      this.#comments.writeHead();
      out.writeIndent();
      out.writeIndicator("-", true, false, true);
      this.#open(item, "item", false);
      this.#comments.writeLine();
      this.#comments.writeFoot();
      this.#close(item, "item");
    }
    this.#comments.end(node, "");
  }

  #blockMapping(node: MappingNode, place: Place): void {
    const out = this.#out;
    out.indent = this.#deeper(place, false);
    let tail = "";
    for (const { key, value } of node.pairs) {
      const foot = key.footComment ?? "";
      this.#comments.beginKey(key, tail);
      tail = foot;
      this.#comments.writeHead();
      out.writeIndent();
      this.#comments.holdKeyLine();
      const isSimple = this.#isSimpleKey(key);
      if (!isSimple) out.writeIndicator("?", true, false, true);
      this.#open(key, "key", isSimple);
      this.#close(key, "key");
      this.#comments.begin(value, "");
      if (isSimple) out.writeIndicator(":", false, false, false);
      else {
        out.writeIndent();
        out.writeIndicator(":", true, false, true);
      }
      this.#comments.placeKeyLine(value);
      this.#open(value, "value", false);
      this.#comments.writeLine();
      this.#comments.writeFoot();
      this.#close(value, "value");
    }
    this.#comments.end(node, tail);
    this.#comments.writeHead();
  }

  #flowSequence(node: SequenceNode, place: Place): void {
    const out = this.#out;
    const outer = out.indent;
    out.writeIndicator("[", true, true, false);
    out.indent = this.#deeper(place, true);
    this.#flowLevel++;
    let needsComma = false;
    for (const item of node.items) {
      this.#comments.begin(item, "");
      if (needsComma) out.writeIndicator(",", false, false, false);
      this.#comments.writeHead();
      if (out.column === 0) out.writeIndent();
      needsComma = !this.#comments.hasTrailing();
      this.#open(item, "flowItem", false);
      if (this.#comments.hasTrailing()) out.writeIndicator(",", false, false, false);
      this.#comments.writeLine();
      this.#comments.writeFoot();
      this.#close(item, "flowItem");
    }
    this.#comments.end(node, "");
    this.#flowLevel--;
    out.indent = outer;
    if (out.column === 0) out.writeIndent();
    out.writeIndicator("]", false, false, false);
    this.#comments.writeLine();
    this.#comments.writeFoot();
  }

  #flowMapping(node: MappingNode, place: Place): void {
    const out = this.#out;
    const outer = out.indent;
    out.writeIndicator("{", true, true, false);
    out.indent = this.#deeper(place, true);
    this.#flowLevel++;
    let needsComma = false;
    let tail = "";
    for (const { key, value } of node.pairs) {
      const foot = key.footComment ?? "";
      this.#comments.beginKey(key, tail);
      tail = foot;
      if (needsComma) out.writeIndicator(",", false, false, false);
      this.#comments.writeHead();
      if (out.column === 0) out.writeIndent();
      const isSimple = this.#isSimpleKey(key);
      if (!isSimple) out.writeIndicator("?", true, false, false);
      this.#open(key, "flowKey", isSimple);
      this.#close(key, "flowKey");
      this.#comments.begin(value, "");
      out.writeIndicator(":", !isSimple, false, false);
      needsComma = !this.#comments.hasTrailing();
      this.#open(value, "flowValue", false);
      if (this.#comments.hasTrailing()) out.writeIndicator(",", false, false, false);
      this.#comments.writeLine();
      this.#comments.writeFoot();
      this.#close(value, "flowValue");
    }
    this.#comments.end(node, tail);
    if (needsComma && this.#comments.hasBeforeEnd) out.writeIndicator(",", false, false, false);
    this.#comments.writeHead();
    this.#flowLevel--;
    out.indent = outer;
    out.writeIndicator("}", false, false, false);
    this.#comments.writeLine();
    this.#comments.writeFoot();
  }

  /** Whether a key fits on one line before its `:`. */
  #isSimpleKey(key: Node): boolean {
    if (key.kind === "alias") return byteLength(key.target.anchor ?? "") <= MAX_SIMPLE_KEY;
    let length = byteLength(key.anchor ?? "");
    if (key.kind === "sequence" && key.items.length > 0) return false;
    if (key.kind === "mapping" && key.pairs.length > 0) return false;
    if (key.kind === "scalar") {
      for (let i = 0; i < key.value.length; i++) {
        if (isBreak(key.value.charCodeAt(i))) return false;
      }
      length += byteLength(key.value);
    }
    const { tag } = key.kind === "scalar" ? writtenScalarTag(key) : { tag: writtenTag(key) };
    if (tag !== "") length += tagText(tag).simpleLength;
    return length <= MAX_SIMPLE_KEY;
  }

  // Scalars

  #writeAnchor(indicator: "&" | "*", name: string): void {
    const what = indicator === "&" ? "anchor" : "alias";
    if (name === "") throw new YamlError("Unrepresentable", `yaml: ${what} value must not be empty`);
    for (let i = 0; i < name.length; i++) {
      if (!isWord(name.charCodeAt(i))) {
        throw new YamlError("Unrepresentable", `yaml: ${what} value must contain alphanumerical characters only`);
      }
    }
    this.#out.writeIndicator(indicator, true, false, false);
    this.#out.writeContent(name);
  }

  #writeTag(tag: string): void {
    if (tag === "") return;
    const out = this.#out;
    if (!out.whitespace) out.write(" ");
    out.writeContent(tagText(tag).text);
  }

  #writeScalar(node: ScalarNode, place: Place, isSimpleKey: boolean): void {
    const { value } = node;
    const { tag, mustQuote } = writtenScalarTag(node);
    let { style } = node;
    if (style === "plain") style = value.includes("\n") ? "literal" : mustQuote ? "double" : "plain";
    const analysis = analyzeScalar(value, true);
    style = this.#possibleStyle(style, value, analysis, isSimpleKey);
    if (node.anchor) this.#writeAnchor("&", node.anchor);
    this.#writeTag(tag);
    const out = this.#out;
    const outer = out.indent;
    out.indent = this.#deeper(place, true);
    if (style === "plain") this.#scalars.writePlain(value, !isSimpleKey);
    else if (style === "double") this.#scalars.writeDoubleQuoted(value, !isSimpleKey);
    else if (style === "single") this.#scalars.writeSingleQuoted(value, !isSimpleKey);
    else {
      this.#scalars.writeBlockHeader(style === "literal" ? "|" : ">", value);
      if (this.#comments.hasLine) this.#comments.writeLine();
      else out.writeBreak();
      if (style === "literal") this.#scalars.writeLiteral(value);
      else this.#scalars.writeFolded(value);
    }
    out.indent = outer;
  }

  #possibleStyle(wanted: ScalarStyle, value: string, analysis: ScalarAnalysis, isSimpleKey: boolean): ScalarStyle {
    const inFlow = this.#flowLevel > 0;
    let style = wanted;
    if (isSimpleKey && analysis.multiline) style = "double";
    if (style === "plain") {
      const allowed = inFlow ? analysis.flowPlain : analysis.blockPlain;
      if (!allowed || (value === "" && (inFlow || isSimpleKey))) style = "single";
    }
    if (style === "single" && !analysis.single) style = "double";
    if ((style === "literal" || style === "folded") && (!analysis.block || inFlow || isSimpleKey)) style = "double";
    return style;
  }
}

/** The tag to write in front of a collection: the one asked for, or one that the collection alone would not have. */
function writtenTag(node: MappingNode | SequenceNode): string {
  if (node.explicitTag === true) return node.tag;
  return node.tag === (node.kind === "mapping" ? "!!map" : "!!seq") ? "" : node.tag;
}

/** The same for a scalar. Where quotes say enough, they are used instead. */
function writtenScalarTag(node: ScalarNode): { tag: string; mustQuote: boolean } {
  const { tag } = node;
  if (tag === "" || node.explicitTag === true) return { tag, mustQuote: false };
  const isString = tag === "!!str";
  if (isString && node.style !== "plain") return noTag;
  if (resolveImplicitTag(node.value) === tag) return noTag;
  return isString ? quoted : { tag, mustQuote: false };
}

const noTag = { tag: "", mustQuote: false };
const quoted = { tag: "", mustQuote: true };

function byteLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // The halves of a pair count two bytes each.
    length += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return length;
}
