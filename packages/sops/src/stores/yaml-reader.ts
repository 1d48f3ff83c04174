import { type Node, parseDocuments, resolveTag, type ScalarNode, toJS, YamlError } from "@sluice/yaml";
import { SopsError } from "../errors.ts";
import { decodeBase64, tryDecodeText } from "../tree/text.ts";
import {
  type Branch,
  branch,
  type Comment,
  comment,
  type Entry,
  entry,
  type Leaf,
  list,
  type Value,
} from "../tree/tree.ts";

const INT64_MAX = (1n << 63n) - 1n;
/** Values that aliases may expand to, all in all. */
const MAX_VALUES = 1_000_000;
/** Nodes put their comments either here or are given them by their parent. */
type CommentOwner = "node" | "parent";

/**
 * Reads all documents of a text. Anchors, tags and styles are lost, as in `sops`: aliases become copies.
 * @throws SopsError `Malformed` for what is not YAML, `Unsupported` for documents that are not mappings, keys that are
 * not strings and integers beyond 64 bits.
 */
export function readYaml(text: string): Branch[] {
  try {
    const reader = new YamlReader();
    return parseDocuments(text).map((root) => reader.readDocument(root));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    // Go's messages can quote the text, which may be a secret.
    const place = error.line > 0 ? ` at line ${error.line}, column ${error.column}` : "";
    throw new SopsError("Malformed", `YAML: ${error.code}${place}`);
  }
}

class YamlReader {
  #values = 0;

  readDocument(root: Node): Branch {
    const items: Array<Entry | Comment> = [...commentsOf(root.documentHeadComment)];
    this.#readRoot(root, items);
    items.push(...commentsOf(root.documentFootComment));
    return branch(items);
  }

  #readRoot(root: Node, items: Array<Entry | Comment>): void {
    if (root.kind === "mapping") this.#readEntries(root, items, "node");
    else if (root.kind === "alias") this.#readRoot(root.target, items);
    else if (root.kind === "scalar" && root.tag === "!!null") {
      // An empty document is an empty mapping.
      items.push(...commentsOf(root.headComment), ...commentsOf(root.lineComment), ...commentsOf(root.footComment));
    } else throw new SopsError("Unsupported", "a YAML document must be a mapping to be encrypted");
  }

  #readEntries(node: Node & { kind: "mapping" }, items: Array<Entry | Comment>, owner: CommentOwner): void {
    if (owner === "node") items.push(...commentsOf(node.headComment), ...commentsOf(node.lineComment));
    const seen = new Set<string>();
    for (const { key, value } of node.pairs) {
      items.push(...commentsOf(key.headComment), ...commentsOf(key.lineComment));
      const isLeaf = value.kind === "scalar" || value.kind === "alias";
      if (isLeaf) items.push(...commentsOf(value.headComment), ...commentsOf(value.lineComment, true));
      const name = keyText(key);
      if (seen.has(name)) {
        throw new SopsError("Malformed", `YAML: the key ${JSON.stringify(name)} occurs twice, at line ${key.line}`);
      }
      seen.add(name);
      items.push(entry(name, this.#readValue(value, isLeaf ? "parent" : "node")));
      if (isLeaf) items.push(...commentsOf(value.footComment));
      items.push(...commentsOf(key.footComment));
    }
    if (owner === "node") items.push(...commentsOf(node.footComment));
  }

  #readValue(node: Node, owner: CommentOwner): Value {
    if (++this.#values > MAX_VALUES) throw new SopsError("Unsupported", `more than ${MAX_VALUES} values`);
    if (node.kind === "alias") return this.#readValue(node.target, "node");
    if (node.kind === "scalar") return readScalar(node);
    if (node.kind === "mapping") {
      const items: Array<Entry | Comment> = [];
      this.#readEntries(node, items, owner);
      return branch(items);
    }
    const items: Array<Value | Comment> = [];
    if (owner === "node") items.push(...commentsOf(node.headComment), ...commentsOf(node.lineComment));
    for (const item of node.items) {
      items.push(...commentsOf(item.headComment), ...commentsOf(item.lineComment, true));
      items.push(this.#readValue(item, "parent"), ...commentsOf(item.footComment));
    }
    if (owner === "node") items.push(...commentsOf(node.footComment));
    return list(items);
  }
}

function commentsOf(text: string | undefined, inline = false): Comment[] {
  if (text === undefined || text === "") return [];
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => comment(line.slice(1), inline));
}

function keyText(key: Node): string {
  const node = key.kind === "alias" ? key.target : key;
  // `sops` would lose the name of a merge key, and then refuse the document.
  const isText = node.kind === "scalar" && (node.tag === "!!str" || !node.tag.startsWith("!!"));
  if (isText && node.value !== "<<") return node.value;
  throw new SopsError("Unsupported", `YAML: the key at line ${key.line} is not a string; merge keys cannot be used`);
}

function readScalar(node: ScalarNode): Leaf {
  if (node.tag === "!!binary") {
    const bytes = decodeBase64(node.value.replaceAll(/\s/g, ""));
    if (bytes === undefined) throw new SopsError("Malformed", `YAML: invalid !!binary at line ${node.line}`);
    return tryDecodeText(bytes) ?? bytes;
  }
  if (node.tag === "!!float" && resolveTag(node.value) === "!!float" && /(?:inf|nan)$/i.test(node.value)) {
    if (/nan$/i.test(node.value)) return Number.NaN;
    return node.value.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const value = toJS(node);
  if (typeof value === "number") return node.tag === "!!int" ? BigInt(value) : value;
  if (typeof value === "bigint") {
    if (value > INT64_MAX) throw new SopsError("Unsupported", `YAML: integer beyond 64 bits at line ${node.line}`);
    return value;
  }
  if (typeof value === "string" && node.tag === "!!timestamp") return { kind: "time", text: value };
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  throw new TypeError("a scalar has a plain value");
}
