import { formatNode, type Node, parseDocument, YamlError } from "@sluice/yaml";
import { KustomizeError, withPrefix } from "../errors.ts";
import { compileGoRegExp } from "../regular-expression.ts";
import { fieldOf, findPair, getField } from "./fields.ts";
import { asMapping, asSequence } from "./kind-error.ts";
import { isListSelector, splitListSelector } from "./lookup.ts";
import { makeMapping, makeScalar, makeSequence } from "./make.ts";

/** A place in a tree: the node there, and how to put another in. */
export interface Slot {
  readonly node: Node;
  readonly put: (node: Node) => void;
}

/** The kind of node to make where the path leads nowhere; nothing is made without. */
export type CreateKind = "scalar" | "mapping" | "sequence" | undefined;

/**
 * Finds all places that a path leads to: field names, indexes, `[field=expression]` and `*`. Throws where the path does
 * not fit the kinds of the nodes.
 */
export function matchPath(root: Slot, path: readonly string[], create: CreateKind): Slot[] {
  const [part, ...rest] = path;
  if (part === undefined) return [root];
  if (/^\+?\d+$/.test(part)) return matchIndex(root, Number(part), rest, create);
  if (isListSelector(part)) return matchElements(root, part, rest, create, false);
  if (part === "*") return slotsOf(root.node).flatMap((slot) => matchPath(slot, rest, create));
  return matchField(root, part, rest, create);
}

function slotsOf(node: Node): Slot[] {
  const list = asSequence(node);
  if (list === undefined) return [];
  return list.items.map((item, index) => ({
    node: item,
    put(other) {
      list.items[index] = other;
    },
  }));
}

function makeFor(next: string | undefined, create: Exclude<CreateKind, undefined>): Node {
  if (next === undefined || next === "") return makeKind(create);
  return isListSelector(next) || /^\+?\d+$/.test(next) ? makeKind("sequence") : makeKind("mapping");
}

function makeKind(kind: Exclude<CreateKind, undefined>): Node {
  if (kind === "scalar") return makeScalar("");
  return kind === "mapping" ? makeMapping() : makeSequence();
}

function matchIndex(root: Slot, index: number, rest: readonly string[], create: CreateKind): Slot[] {
  const list = asSequence(root.node);
  if (list !== undefined && create !== undefined && list.items.length === index)
    list.items.push(makeFor(rest[0], create));
  const slot = slotsOf(root.node)[index];
  if (slot === undefined) {
    const count = list?.items.length ?? 0;
    throw new KustomizeError("InvalidReplacement", `index ${index} specified but only ${count} elements found`);
  }
  return matchPath(slot, rest, create);
}

function matchElements(
  root: Slot,
  part: string,
  rest: readonly string[],
  create: CreateKind,
  isCreated: boolean,
): Slot[] {
  const { name, value } = splitListSelector(part);
  const found: Slot[] = [];
  for (const slot of slotsOf(root.node)) {
    const tested = name === "" ? slot.node : fieldOf(slot.node, name);
    if (tested === undefined || !compileGoRegExp(value).test(formatNode(tested).trim())) continue;
    // The elements of a list of scalars end the path, whatever follows.
    if (name === "") found.push(slot);
    else found.push(...matchPath(slot, rest, create));
  }
  if (found.length > 0 || create === undefined) return found;
  if (isCreated) throw new KustomizeError("InvalidReplacement", `created element does not match "${part}"`);
  const list = asSequence(root.node);
  if (list === undefined) return [];
  list.items.push(name === "" ? makeScalar(value) : makeMapping([[name, makeScalar(value)]]));
  return matchElements(root, part, rest, create, true);
}

function matchField(root: Slot, name: string, rest: readonly string[], create: CreateKind): Slot[] {
  const mapping = asMapping(root.node);
  if (getField(root.node, name) === undefined) {
    if (create === undefined || mapping === undefined) return [];
    mapping.pairs.push({ key: makeScalar(name), value: makeFor(rest[0], create) });
  }
  const pair = mapping === undefined ? undefined : findPair(mapping, name);
  if (pair === undefined) return [];
  if (pair.value.kind === "scalar" && rest.length > 0) return matchInText(pair.value.value, rest, create);
  return matchPath(
    {
      node: pair.value,
      put(other) {
        pair.value = other;
      },
    },
    rest,
    create,
  );
}

/** A path that goes on inside a text finds places in a copy: what is put there is lost, as in kustomize. */
function matchInText(text: string, rest: readonly string[], create: CreateKind): Slot[] {
  const parsed = parseText(text);
  if (parsed === undefined) throw new KustomizeError("InvalidReplacement", "text holds no structure");
  return matchPath(rootSlot(parsed), rest, create);
}

function parseText(text: string): Node | undefined {
  try {
    return parseDocument(text);
  } catch (thrown) {
    if (!(thrown instanceof YamlError)) throw thrown;
    throw withPrefix(new KustomizeError("InvalidReplacement", thrown.message, { cause: thrown }), "structured data");
  }
}

/** The place of a tree's root, which stays where it is. */
export function rootSlot(node: Node): Slot {
  return {
    node,
    put() {
      throw new KustomizeError("InvalidReplacement", "the root of an object cannot be replaced");
    },
  };
}
