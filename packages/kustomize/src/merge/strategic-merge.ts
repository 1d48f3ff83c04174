import type { MappingNode, Node, SequenceNode } from "@sluice/yaml";
import { fieldOf, getField, setField } from "../node/fields.ts";
import { NodeKindError } from "../node/kind-error.ts";
import { makeNull, makeScalar, makeSequence } from "../node/make.ts";
import { isMissingOrNull, isNilOrEmpty, isNull, textOf } from "../node/test.ts";
import { findElement } from "../node/lookup.ts";
import type { OpenApi, ResourceSchema } from "../schema/open-api.ts";
import { takeDirective } from "./directive.ts";
import { completeTuples, distinctTuples, elementTuples, narrowKeys, type Tuple } from "./element-keys.ts";
import { removeElements, setElement } from "./elements.ts";

/**
 * Merges a strategic merge patch into a tree, in place, and returns the result; `undefined` when the patch deletes it
 * all. Lists merge by the keys that the schema of the kind names; new elements come first. The patch is used up: its
 * parts end in the result.
 */
export function strategicMerge(target: MappingNode, patch: MappingNode, openApi: OpenApi): Node | undefined {
  return new Merger(openApi).merge(target, patch, undefined)?.node;
}

/** A merged value; `keepNull` marks a null of the target that the patch did not speak of. */
interface Merged {
  readonly node: Node;
  readonly keepNull: boolean;
}

function merged(node: Node | undefined): Merged | undefined {
  return node === undefined ? undefined : { node, keepNull: false };
}

class Merger {
  readonly #openApi: OpenApi;

  constructor(openApi: OpenApi) {
    this.#openApi = openApi;
  }

  merge(target: Node | undefined, patch: Node | undefined, known: ResourceSchema | undefined): Merged | undefined {
    const schema = known ?? this.#schemaOf(target) ?? this.#schemaOf(patch);
    const first = isMissingOrNull(target) ? patch : target;
    const kind = first === undefined || isNull(first) ? undefined : first.kind;
    if (kind !== undefined) {
      for (const node of [target, patch]) {
        if (node !== undefined && !isNull(node) && node.kind !== kind) throw new NodeKindError(node, kind);
      }
    }
    switch (kind) {
      case undefined:
      case "mapping":
        return this.#mergeMapping(target, patch, schema);
      case "sequence":
        return schema?.mergesElements === true ? this.#mergeElements(target, patch, schema) : merged(patch ?? target);
      case "scalar":
        return merged(patch ?? target);
      case "alias":
        return undefined;
    }
  }

  /** Objects inside objects (templates of custom resources) bring their schema with them. */
  #schemaOf(node: Node | undefined): ResourceSchema | undefined {
    if (node?.kind !== "mapping") return undefined;
    const kind = fieldOf(node, "kind");
    const apiVersion = fieldOf(node, "apiVersion");
    if (isNilOrEmpty(kind) || isNilOrEmpty(apiVersion) || textOf(kind) === "" || textOf(apiVersion) === "")
      return undefined;
    return this.#openApi.schemaOf(textOf(apiVersion), textOf(kind));
  }

  #mergeMapping(
    target: Node | undefined,
    patch: Node | undefined,
    schema: ResourceSchema | undefined,
  ): Merged | undefined {
    const start = startOfMapping(target, patch);
    if (start === undefined || start.node.kind !== "mapping") return start;
    const result = start.node;
    if (patch === undefined) {
      this.#tidy(result, schema);
      return start;
    }
    for (const name of fieldNames(result, patch)) {
      const value = this.merge(fieldOf(result, name), fieldOf(patch, name), schema?.field(name));
      setField(result, name, value?.node, { keepNull: value?.keepNull ?? false, keyStyle: keyStyle(patch, name) });
    }
    return start;
  }

  /** Where the patch says nothing, empty values go and keyed lists lose duplicates all the same. */
  #tidy(mapping: MappingNode, schema: ResourceSchema | undefined): void {
    let changed = false;
    for (const pair of mapping.pairs) {
      const { value } = pair;
      if (value.kind === "scalar") changed ||= value.tag === "!!null" && value.value === "";
      else {
        const name = pair.key.kind === "scalar" ? pair.key.value : "";
        const result = this.merge(value, undefined, schema?.field(name));
        if (result === undefined) changed = true;
        else pair.value = result.node;
      }
    }
    if (changed) mapping.pairs = mapping.pairs.filter(({ value }) => !(isNull(value) && textIn(value) === ""));
  }

  #mergeElements(target: Node | undefined, patch: Node | undefined, schema: ResourceSchema): Merged | undefined {
    const start = startOfList(target, patch);
    if (start?.kind !== "sequence") return merged(start);
    const sources = [patch, start].filter((each): each is SequenceNode => each?.kind === "sequence");
    const keys = schema.mergeKeys;
    const tuples =
      keys.length === 0
        ? distinctTuples(sources.flatMap((each) => each.items.map((item) => [textIn(item)])))
        : elementTuples(sources, keys);
    const list = this.#putTogether(start, patch, schema, keys.length === 0 ? [""] : keys, tuples);
    return isMissingOrNull(list) ? undefined : merged(list);
  }

  #putTogether(
    target: SequenceNode,
    patch: Node | undefined,
    schema: ResourceSchema,
    keys: readonly string[],
    found: readonly Tuple[],
  ): SequenceNode {
    const tuples = keys.length > 1 ? completeTuples(found) : found;
    const elementSchema = schema.elements();
    const added = makeSequence();
    let used: { readonly keys: readonly string[]; readonly values: Tuple } = { keys: [], values: [] };
    for (const tuple of tuples) {
      if (tuple.length === 0) continue;
      used = narrowKeys(tuples, tuple, keys);
      const value = this.#mergeElement(target, patch, used, elementSchema);
      if (isMissingOrNull(value) || (value?.kind === "mapping" && value.pairs.length === 0)) {
        removeElements(target, used.keys, used.values);
        continue;
      }
      if (value === undefined) continue;
      restoreKeys(value, used.keys, used.values);
      setElement(added, value, used.keys, used.values);
    }
    return tuples.length > 0 ? appendRest(added, target, used.keys) : target;
  }

  #mergeElement(
    target: SequenceNode,
    patch: Node | undefined,
    { keys, values }: { readonly keys: readonly string[]; readonly values: Tuple },
    schema: ResourceSchema | undefined,
  ): Node | undefined {
    const own = narrowKeys([values], values, keys);
    const inTarget = findElement(target, own.keys, own.values);
    const inPatch = patch?.kind === "sequence" ? findElement(patch, own.keys, own.values) : undefined;
    return this.merge(inTarget, inPatch, schema)?.node;
  }
}

/** The mapping to merge into: the target's, or the patch's where there is none; nothing when the patch deletes it. */
function startOfMapping(target: Node | undefined, patch: Node | undefined): Merged | undefined {
  if (isMissingOrNull(target)) {
    if (patch !== undefined && !isNull(patch) && takeDirective(patch) === "delete") return undefined;
    if (patch === undefined && target?.kind === "scalar" && target.value !== "") {
      return { node: { ...makeNull(), value: target.value }, keepNull: true };
    }
    return merged(patch);
  }
  if (isNull(patch)) return undefined;
  switch (takeDirective(patch)) {
    case "delete":
      return undefined;
    case "replace":
      return merged(patch);
    case "merge":
      return merged(target);
  }
}

function startOfList(target: Node | undefined, patch: Node | undefined): Node | undefined {
  if (isMissingOrNull(target)) return patch;
  if (isNull(patch)) return undefined;
  switch (takeDirective(patch)) {
    case "delete":
      return undefined;
    case "replace":
      return patch;
    case "merge":
      return target;
  }
}

function fieldNames(target: MappingNode, patch: Node | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const mapping of [target, patch]) {
    if (mapping?.kind !== "mapping") continue;
    for (const { key } of mapping.pairs) if (key.kind === "scalar") names.add(key.value);
  }
  return names;
}

/** New fields keep the quotes of the patch's key. */
function keyStyle(
  patch: Node | undefined,
  name: string,
): "plain" | "single" | "double" | "literal" | "folded" | undefined {
  if (patch?.kind !== "mapping") return undefined;
  const key = patch.pairs.find((pair) => pair.key.kind === "scalar" && pair.key.value === name)?.key;
  return key?.kind === "scalar" ? key.style : undefined;
}

/** A merged element has the values that it was found by. */
function restoreKeys(element: Node, keys: readonly string[], values: Tuple): void {
  if (element.kind !== "mapping") return;
  for (const [index, key] of keys.entries()) {
    const value = values[index] ?? "";
    if (value !== "" && key !== "" && fieldOf(element, key) === undefined) setField(element, key, makeScalar(value));
  }
}

/** Appends the target's elements to those that the patch brought or changed; what is there already is replaced in its place. */
function appendRest(list: SequenceNode, rest: SequenceNode, keys: readonly string[]): SequenceNode {
  for (const item of rest.items) {
    if (keys[0] === "") {
      setElement(list, item, [""], [textIn(item)]);
      continue;
    }
    const values: string[] = [];
    for (const key of keys) {
      const value = getField(item, key);
      if (value === undefined) list.items.push(item);
      else values.push(textIn(value));
    }
    if (keys.length > 1) removeElements(list, keys, values);
    setElement(list, item, keys, values);
  }
  return list;
}

function textIn(node: Node): string {
  return node.kind === "scalar" ? node.value : "";
}
