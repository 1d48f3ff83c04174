import {
  formatDocuments,
  formatFloat,
  type MappingNode,
  mapping,
  type Node,
  resolveTag,
  scalar,
  sequence,
} from "@sluice/yaml";
import { encodeBase64 } from "../tree/text.ts";
import {
  type Branch,
  type Comment,
  isBranch,
  isComment,
  isList,
  type Leaf,
  type List,
  type Value,
} from "../tree/tree.ts";

/** What `sops` uses unless `.sops.yaml` says otherwise. */
const defaultIndent = 4;

// Old parsers take these for booleans and for times in base 60; Go quotes them for their sake.
const oldBoolean = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Writes documents as Go's encoder does, without the one's anchors and styles. */
export function writeYaml(documents: readonly Branch[], indent: number = defaultIndent): string {
  return formatDocuments(documents.map(toMapping), { indent, compactSequences: false });
}

/** Comments on their way to the node they will be written at. */
class Comments {
  readonly #head: string[] = [];
  readonly #line: string[] = [];

  add(item: Comment): void {
    (item.inline ? this.#line : this.#head).push(item.text);
  }

  takeHead(): string[] {
    return this.#head.splice(0);
  }

  takeLine(): string[] {
    return this.#line.splice(0);
  }
}

function toMapping(from: Branch): MappingNode {
  const node = mapping();
  const comments = new Comments();
  for (const item of from.entries) {
    if (item.kind === "comment") {
      comments.add(item);
      continue;
    }
    // What stands above the first key belongs to the mapping.
    if (node.pairs.length === 0) addHead(node, comments.takeHead());
    const key = stringNode(item.key);
    addHead(key, comments.takeHead());
    const value = toNode(item.value);
    addLine(value, comments.takeLine());
    node.pairs.push({ key, value });
  }
  const rest = [...comments.takeHead(), ...comments.takeLine()];
  const last = node.pairs.at(-1);
  if (last === undefined) addHead(node, rest);
  else addFoot(last.key, rest);
  return node;
}

function toSequence(from: List): Node {
  const node = sequence();
  const comments = new Comments();
  for (const item of from.items) {
    if (isComment(item)) {
      comments.add(item);
      continue;
    }
    if (node.items.length === 0) addHead(node, comments.takeHead());
    const child = toNode(item);
    addHead(child, comments.takeHead());
    addLine(child, comments.takeLine());
    node.items.push(child);
  }
  const rest = [...comments.takeHead(), ...comments.takeLine()];
  const last = node.items.at(-1);
  if (last === undefined) addHead(node, rest);
  else addFoot(last, rest);
  return node;
}

function toNode(value: Value): Node {
  if (isBranch(value)) return toMapping(value);
  if (isList(value)) return toSequence(value);
  return leafNode(value);
}

function leafNode(leaf: Leaf): Node {
  if (leaf instanceof Uint8Array) return binaryNode(leaf);
  if (leaf === null || typeof leaf === "boolean") return scalar(leaf);
  if (typeof leaf === "string") return stringNode(leaf);
  if (typeof leaf === "bigint") return scalar(leaf.toString(), { tag: "!!int", style: "plain" });
  if (typeof leaf === "object") return scalar(leaf.text, { tag: "!!timestamp", style: "plain" });
  // `1.0` is written as `1`, and from then on is an integer for everybody.
  const text = formatFloat(leaf);
  return scalar(text, { tag: resolveTag(text), style: "plain" });
}

function stringNode(text: string): Node {
  if (text.includes("\n")) return scalar(text, { style: "literal" });
  const isPlain = resolveTag(text) === "!!str" && !oldBoolean.test(text) && !base60.test(text);
  return scalar(text, { style: isPlain ? "plain" : "double" });
}

function binaryNode(bytes: Uint8Array): Node {
  const lines = encodeBase64(bytes).match(/.{1,70}/g) ?? [];
  const text = lines.length > 1 ? lines.map((line) => `${line}\n`).join("") : (lines[0] ?? "");
  return { ...scalar(text, { tag: "!!binary", style: lines.length > 1 ? "literal" : "plain" }), explicitTag: true };
}

function addHead(node: Node, lines: readonly string[]): void {
  const text = commentText(lines);
  if (text === "") return;
  node.headComment = node.headComment === undefined ? text : `${text}\n${node.headComment}`;
}

function addLine(node: Node, lines: readonly string[]): void {
  const text = commentText(lines);
  if (text === "") return;
  node.lineComment = node.lineComment === undefined ? text : `${node.lineComment}\n${text}`;
}

function addFoot(node: Node, lines: readonly string[]): void {
  const text = commentText(lines);
  if (text === "") return;
  node.footComment = node.footComment === undefined ? text : `${node.footComment}\n${text}`;
}

function commentText(lines: readonly string[]): string {
  // A comment can hold a line break only where somebody wants to break out of it.
  return lines.map((line) => `#${line.replaceAll("\n", "\n#")}`).join("\n");
}
