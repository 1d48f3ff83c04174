import { formatNode, type MappingNode, type Node, parseDocument, YamlError } from "@sluice/yaml";
import { KustomizeError, rephrase, withPrefix } from "./errors.ts";
import { splitFieldPath } from "./field-spec.ts";
import { formatDumpOf } from "./format/format-dump.ts";
import { quote } from "./go-format.ts";
import {
  partialGvk,
  type Replacement,
  type ReplacementOptions as ReplacementFieldOptions,
  type Selector,
} from "./kustomization.ts";
import { matchesSelector } from "./label-selector.ts";
import { lookup } from "./node/lookup.ts";
import { copyNode, makeScalar } from "./node/make.ts";
import { type CreateKind, matchPath, rootSlot, type Slot } from "./node/path-matcher.ts";
import { isNilOrEmpty } from "./node/test.ts";
import { formatResId, isSelectedBy, type ResId } from "./res-id.ts";
import type { ResMap } from "./res-map.ts";
import { idsOf, type Resource } from "./resource.ts";
import { SelectorMatcher } from "./selector.ts";
import { messageOf } from "@sluice/errors";

const defaultFieldPath = "metadata.name";

type Target = NonNullable<Replacement["targets"]>[number];

/** Copies values from fields of one resource to fields of others, one replacement after the other. */
export function applyReplacements(resources: ResMap, replacements: readonly Replacement[]): void {
  for (const replacement of replacements) {
    if (
      (replacement.sourceValue === undefined && replacement.source === undefined) ||
      replacement.targets === undefined
    ) {
      throw invalid("replacements must specify a source and at least one target");
    }
    const value = sourceValue(resources.resources, replacement);
    for (const target of replacement.targets) applyToTarget(resources.resources, value, target);
  }
}

function invalid(message: string): KustomizeError {
  return new KustomizeError("InvalidReplacement", message, { field: "replacements" });
}

function toResId(selector: Omit<Selector, "annotationSelector" | "labelSelector">): ResId {
  return {
    ...partialGvk(selector),
    name: selector.name ?? "",
    namespace: selector.namespace ?? "",
    clusterScoped: false,
  };
}

function sourceValue(resources: readonly Resource[], { source, sourceValue: fixed }: Replacement): Node {
  if (fixed !== undefined && source !== undefined) throw invalid("value and resource selectors are mutually exclusive");
  if (fixed !== undefined || source === undefined) return makeScalar(fixed ?? "");
  const node = findSource(resources, source);
  const fieldPath = source.fieldPath || defaultFieldPath;
  let field: Node | undefined;
  try {
    field = lookup(node, splitFieldPath(fieldPath));
  } catch (thrown) {
    throw rephrase(thrown, `error looking up replacement source: ${messageOf(thrown)}`);
  }
  if (field === undefined || isNilOrEmpty(field)) {
    throw invalid(`fieldPath \`${fieldPath}\` is missing for replacement source ${formatResId(toResId(source))}`);
  }
  return refine(field, source.options);
}

function findSource(resources: readonly Resource[], source: NonNullable<Replacement["source"]>): MappingNode {
  const selector = toResId(source);
  const found = resources.filter(({ node }) => idsOf(node).some((id) => isSelectedBy(id, selector)));
  const [only, ...others] = found;
  if (others.length > 0) throw invalid(`multiple matches for selector ${formatSource(source)}`);
  if (only === undefined) throw invalid(`nothing selected by ${formatSource(source)}`);
  return only.node;
}

function formatSource(source: NonNullable<Replacement["source"]>): string {
  const { delimiter = "", index = 0, create = false } = source.options ?? {};
  const options = delimiter === "" && !create ? "" : `${delimiter}(${index}), create=${create}`;
  return [formatResId(toResId(source)), source.fieldPath ?? "", options].filter((part) => part !== "").join(":");
}

/** The part of a text that the options pick. */
function refine(node: Node, options: ReplacementFieldOptions | undefined): Node {
  const delimiter = options?.delimiter ?? "";
  if (delimiter === "") return node;
  if (node.kind !== "scalar") throw invalid("delimiter option can only be used with scalar nodes");
  const text = node.tag === "!!null" ? "" : node.value;
  const index = options?.index ?? 0;
  const part = index < 0 ? undefined : splitText(text, delimiter)[index];
  if (part === undefined) throw invalid(`options.index ${index} is out of bounds for value ${text}`);
  return { ...node, value: part };
}

function splitText(text: string, delimiter: string): string[] {
  return text.split(delimiter);
}

function applyToTarget(resources: readonly Resource[], value: Node, target: Target): void {
  const { select, reject = [] } = target;
  if (select === undefined) throw invalid("target must specify resources to select");
  const selected = compileSelector(select);
  const rejected = reject.map((selector) => ({ selector, matcher: compileSelector(selector) }));
  for (const resource of resources) {
    const ids = idsOf(resource.node);
    if (!matchesMetadata(resource, select)) continue;
    if (reject.some((each) => hasMetadataSelector(each) && matchesMetadata(resource, each))) continue;
    if (
      rejected.some(({ selector, matcher }) => namesSomething(selector) && ids.some((id) => matchesId(matcher, id)))
    ) {
      continue;
    }
    if (ids.some((id) => matchesId(selected, id))) copyToTarget(resource.node, value, target);
  }
}

function compileSelector(selector: Selector): SelectorMatcher {
  try {
    return new SelectorMatcher(selector);
  } catch (thrown) {
    throw rephrase(thrown, `error creating target selector: ${messageOf(thrown)}`);
  }
}

function matchesId(matcher: SelectorMatcher, id: ResId): boolean {
  return matcher.matchesGvk(id) && matcher.matchesName(id.name) && matcher.matchesNamespace(id.namespace);
}

function matchesMetadata(resource: Resource, { annotationSelector = "", labelSelector = "" }: Selector): boolean {
  return (
    matchesSelector(annotationSelector, () => resource.annotations) &&
    matchesSelector(labelSelector, () => resource.labels)
  );
}

function hasMetadataSelector({ annotationSelector = "", labelSelector = "" }: Selector): boolean {
  return annotationSelector !== "" || labelSelector !== "";
}

function namesSomething({ group, version, kind, name, namespace }: Selector): boolean {
  return [group, version, kind, name, namespace].some((part) => part !== undefined && part !== "");
}

function copyToTarget(node: MappingNode, value: Node, { fieldPaths = [], options }: Target): void {
  const create: CreateKind = options?.create === true && value.kind !== "alias" ? value.kind : undefined;
  for (const fieldPath of fieldPaths.length === 0 ? [defaultFieldPath] : fieldPaths) {
    if (setInStructuredText(node, value, fieldPath, create)) continue;
    const slots = findTargets(node, fieldPath, create);
    for (const slot of slots) setValue(slot, value, options);
  }
}

function findTargets(node: MappingNode, fieldPath: string, create: CreateKind): Slot[] {
  const problem =
    create === undefined
      ? `unable to find field ${quote(fieldPath)} in replacement target`
      : `unable to find or create field ${quote(fieldPath)} in replacement target`;
  let slots: Slot[];
  try {
    slots = matchPath(rootSlot(node), splitFieldPath(fieldPath), create);
  } catch (thrown) {
    throw withPrefix(thrown, problem, { field: fieldPath });
  }
  if (slots.length === 0) throw new KustomizeError("InvalidReplacement", problem, { field: fieldPath });
  return slots;
}

function setValue({ node, put }: Slot, source: Node, options: ReplacementFieldOptions | undefined): void {
  const value = copyNode(source);
  const delimiter = options?.delimiter ?? "";
  if (delimiter !== "") {
    if (node.kind !== "scalar") throw invalid("delimiter option can only be used with scalar nodes");
    const parts = splitText(node.value, delimiter);
    const text = value.kind === "scalar" && value.tag !== "!!null" ? value.value : "";
    const index = options?.index ?? 0;
    if (index < 0) parts.unshift(text);
    else if (index >= parts.length) parts.push(text);
    else parts[index] = text;
    if (value.kind === "scalar") value.value = parts.join(delimiter);
  }
  // A scalar keeps its own tag and quotes: text put into a number must be one.
  if (node.kind === "scalar") node.value = value.kind === "scalar" ? value.value : "";
  else put(value);
}

/**
 * Where the path goes on inside a text that is YAML or JSON, sets the value there and writes the text anew. Whether it
 * could: what goes wrong here is tried again as a plain path.
 */
function setInStructuredText(node: MappingNode, value: Node, fieldPath: string, create: CreateKind): boolean {
  const path = splitFieldPath(fieldPath);
  const found = findStructuredText(node, path);
  if (found === undefined) return false;
  const { scalar, document, rest } = found;
  let slots: Slot[];
  try {
    slots = matchPath(rootSlot(document), rest, create);
  } catch (thrown) {
    if (thrown instanceof KustomizeError) return false;
    throw thrown;
  }
  if (slots.length === 0) return false;
  for (const slot of slots) {
    if (slot.node.kind === "scalar") slot.node.value = value.kind === "scalar" ? value.value : "";
    else slot.put(value);
  }
  const text = printStructured(document, scalar.value);
  if (text === undefined) return false;
  scalar.value = text;
  return true;
}

interface StructuredText {
  readonly scalar: Node & { readonly kind: "scalar"; value: string };
  readonly document: Node;
  readonly rest: readonly string[];
}

function findStructuredText(node: MappingNode, path: readonly string[]): StructuredText | undefined {
  for (let length = 1; length < path.length; length++) {
    const scalar = tryLookup(node, path.slice(0, length));
    if (scalar?.kind !== "scalar") continue;
    try {
      const document = parseDocument(scalar.value);
      return document === undefined ? undefined : { scalar, document, rest: path.slice(length) };
    } catch (thrown) {
      if (!(thrown instanceof YamlError)) throw thrown;
    }
  }
  return undefined;
}

function tryLookup(node: Node, path: readonly string[]): Node | undefined {
  try {
    return lookup(node, path);
  } catch (thrown) {
    if (thrown instanceof KustomizeError) return undefined;
    throw thrown;
  }
}

/** Writes a text anew as it was: JSON compact or indented, everything else as YAML with its comments. */
function printStructured(document: Node, original: string): string | undefined {
  const first = original.trim()[0];
  if (first !== "{" && first !== "[") return formatNode(document).trim();
  try {
    return original.includes("\n") && original.includes("  ") ? formatDumpOf(document, "  ") : formatDumpOf(document);
  } catch (thrown) {
    if (thrown instanceof KustomizeError) return undefined;
    throw thrown;
  }
}
