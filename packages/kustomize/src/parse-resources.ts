import { type MappingNode, type Node, parseDocument } from "@sluice/yaml";
import { YamlError } from "@sluice/yaml";
import { messageOf } from "@sluice/errors";
import { KustomizeError, rephrase } from "./errors.ts";
import { deAnchor } from "./node/de-anchor.ts";
import { fieldOf } from "./node/fields.ts";
import { throughJson } from "./node/normalize.ts";
import { isNilOrEmpty, isNull, textOf } from "./node/test.ts";
import type { ParseCache } from "./parse-cache.ts";

/** What kustomize calls a text that is no YAML; the word is part of its messages. */
const malformed = "MalformedYAMLError";

/**
 * Reads the objects of a text: documents split at `---` lines, lists expanded, aliases resolved.
 * Throws `MalformedYAML`, or `InvalidResource` for what is no Kubernetes object.
 */
export function parseResources(text: string, cache?: ParseCache): MappingNode[] {
  const documents = cache === undefined ? readDocuments(text) : cache.get(text, readDocuments);
  return expandLists(documents.flatMap(keepResource));
}

/** Whether the error says that a text is no YAML at all. */
export function isMalformedYaml(thrown: unknown): boolean {
  return thrown instanceof KustomizeError && thrown.message.includes(malformed);
}

/** Names the file in errors about its YAML. */
export function inFile<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    if (!isMalformedYaml(thrown)) throw thrown;
    throw rephrase(thrown, `${messageOf(thrown)} in File: ${path}`);
  }
}

function readDocuments(text: string): Node[] {
  const chunks = splitDocuments(text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text);
  const documents: Node[] = [];
  for (const chunk of chunks) {
    const document = parseChunk(chunk);
    if (document === undefined || isNull(document)) continue;
    const items = chunks.length === 1 ? listItems(document) : undefined;
    if (items === undefined) documents.push(document);
    else documents.push(...items);
  }
  return /[&]|<</.test(text) ? documents.map(deAnchor) : documents;
}

function parseChunk(chunk: string): Node | undefined {
  try {
    return parseDocument(chunk, { comments: false });
  } catch (thrown) {
    if (!(thrown instanceof YamlError)) throw thrown;
    const code = thrown.code === "LimitExceeded" ? "LimitExceeded" : "MalformedYAML";
    throw new KustomizeError(code, `${malformed}: ${thrown.message}`, { cause: thrown });
  }
}

/** Splits at lines that begin with `---`, each piece but the last ending in a line break. */
function splitDocuments(text: string): string[] {
  if (text === "") return [];
  const chunks: string[] = [];
  let start = 0;
  for (const match of text.matchAll(/\n---.*\n/g)) {
    const rest = match[0].slice(4).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      throw new KustomizeError("InvalidResource", `invalid document separator: ${match[0].trim()}`);
    }
    chunks.push(`${text.slice(start, match.index)}\n`);
    start = match.index + match[0].length;
  }
  chunks.push(text.slice(start));
  return chunks;
}

/** The items of a document that is a `List` and nothing else. */
function listItems(document: Node): readonly Node[] | undefined {
  const kind = textOf(fieldOf(document, "kind"));
  if (kind !== "List" && kind !== "ResourceList") return undefined;
  const items = fieldOf(document, "items");
  if (items === undefined && fieldOf(document, "functionConfig") === undefined) return undefined;
  return items?.kind === "sequence" ? items.items : [];
}

/** Keeps what is an object, drops what is empty, refuses the rest. */
function keepResource(node: Node): MappingNode[] {
  if (isNilOrEmpty(node)) return [];
  checkMetadata(node);
  return node.kind === "mapping" ? [node] : [];
}

/** Throws `InvalidResource` unless the node has a kind and, lists excepted, a name. */
export function checkMetadata(node: Node): void {
  const meta = describeMetadata(node);
  if (meta.isMissing) throw new KustomizeError("InvalidResource", "missing Resource metadata");
  if (meta.kind === "")
    throw new KustomizeError("InvalidResource", `missing kind in object ${meta.text}`, { field: "kind" });
  if (!meta.kind.endsWith("List") && meta.name === "") {
    throw new KustomizeError("InvalidResource", `missing metadata.name in object ${meta.text}`, {
      field: "metadata.name",
    });
  }
}

function describeMetadata(node: Node): {
  readonly isMissing: boolean;
  readonly kind: string;
  readonly name: string;
  readonly text: string;
} {
  const present = (of: Node | undefined, field: string): Node | undefined => {
    const value = fieldOf(of, field);
    return isNilOrEmpty(value) ? undefined : value;
  };
  const apiVersion = present(node, "apiVersion");
  const kind = present(node, "kind");
  const metadata = present(node, "metadata");
  const name = present(metadata, "name");
  const namespace = present(metadata, "namespace");
  const labels = present(metadata, "labels");
  const annotations = present(metadata, "annotations");
  const isMissing = [apiVersion, kind, name, namespace, labels, annotations].every((each) => each === undefined);
  const header = `{${textOf(apiVersion)} ${textOf(kind)}}`;
  const names = `{${textOf(name)} ${textOf(namespace)}}`;
  const text = `{${header} {${names} ${describeMap(labels)} ${describeMap(annotations)}}}`;
  return { isMissing, kind: textOf(kind), name: name?.kind === "scalar" ? name.value : "", text };
}

function describeMap(node: Node | undefined): string {
  if (node?.kind !== "mapping") return "map[]";
  const entries = node.pairs.map(({ key, value }) => [textOf(key), textOf(value)] as const);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `map[${sorted.map(([key, value]) => `${key}:${value}`).join(" ")}]`;
}

/** Puts the items of lists (`ConfigMapList`, …) in place of the list, at the end, as kustomize does. */
function expandLists(nodes: readonly MappingNode[]): MappingNode[] {
  if (!nodes.some((node) => textOf(fieldOf(node, "kind")).endsWith("List"))) return [...nodes];
  const queue = [...nodes];
  const result: MappingNode[] = [];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const kind = textOf(fieldOf(node, "kind"));
    const items = kind.endsWith("List") ? fieldOf(node, "items") : undefined;
    if (items === undefined) result.push(node);
    else if (items.kind === "sequence")
      queue.push(...items.items.flatMap((item) => keepResource(throughJson(item, "json"))));
    else if (!isNull(items)) {
      const found = items.kind === "mapping" ? "map[string]interface {}" : "string";
      throw new KustomizeError("InvalidResource", `expected array in ${kind}/items, but found ${found}`);
    }
  }
  return result;
}
