import type { MappingNode, Node, Pair, ScalarNode } from "@sluice/yaml";
import { asMapping, asScalar } from "./kind-error.ts";
import { makeScalar } from "./make.ts";
import { isMissingOrNull, isNull, isStringScalar } from "./test.ts";
import { isYaml11NonString } from "./yaml11.ts";

/** The first entry with this key. */
export function findPair(mapping: MappingNode, name: string): Pair | undefined {
  const { pairs } = mapping;
  for (let index = 0; index < pairs.length; index++) {
    const pair = pairs[index];
    if (pair !== undefined && pair.key.kind === "scalar" && pair.key.value === name) return pair;
  }
  return undefined;
}

/** The value of a field; `undefined` when it is missing or the node is no mapping. */
export function fieldOf(node: Node | undefined, name: string): Node | undefined {
  return node?.kind === "mapping" ? findPair(node, name)?.value : undefined;
}

/** The value of a field; `undefined` when it is missing or the node is null. Throws for other kinds. */
export function getField(node: Node | undefined, name: string): Node | undefined {
  const mapping = asMapping(node);
  return mapping === undefined ? undefined : findPair(mapping, name)?.value;
}

/** Removes a field and returns its value. Throws when the node is neither a mapping nor null. */
export function clearField(node: Node | undefined, name: string): Node | undefined {
  const mapping = asMapping(node);
  const index = mapping?.pairs.findIndex(({ key }) => key.kind === "scalar" && key.value === name) ?? -1;
  if (mapping === undefined || index < 0) return undefined;
  return mapping.pairs.splice(index, 1)[0]?.value;
}

/** How {@link setField} treats its value. */
export interface SetFieldOptions {
  /** Sets a null value as it is, where otherwise null removes the field. */
  readonly keepNull?: boolean;
  /** How the key is written when the field is new. */
  readonly keyStyle?: ScalarNode["style"] | undefined;
}

/**
 * Sets a field of a mapping, or removes it when the value is nothing or null. A scalar takes over the quoting of the
 * one it replaces, as kustomize does: `5` put in the place of `"4"` becomes `"5"`.
 */
export function setField(
  node: Node | undefined,
  name: string,
  value: Node | undefined,
  options: SetFieldOptions = {},
): void {
  if (value === undefined || (isNull(value) && options.keepNull !== true)) {
    clearField(node, name);
    return;
  }
  const mapping = asMapping(node);
  if (mapping === undefined) return;
  const pair = findPair(mapping, name);
  if (pair === undefined) {
    protectString(value);
    mapping.pairs.push({ key: makeScalar(name, "", options.keyStyle ?? "plain"), value });
    return;
  }
  if (pair.value === value) return;
  if (value.kind === "scalar") value.style = pair.value.kind === "scalar" ? pair.value.style : "plain";
  pair.value = value;
}

/** Quotes what older YAML would not read as a string. */
function protectString(value: Node): void {
  if (value.kind === "scalar" && value.style === "plain" && isStringScalar(value) && isYaml11NonString(value.value)) {
    value.style = "double";
  }
}

/** Gives a scalar another text and tag; quoting stays, comments go. Throws when the node is no scalar. */
export function setScalar(node: Node, value: string, tag = ""): void {
  const scalar = node.kind === "scalar" ? node : asScalar(node);
  if (scalar === undefined) return;
  scalar.value = value;
  scalar.tag = tag;
  scalar.explicitTag = false;
  delete scalar.anchor;
  delete scalar.headComment;
  delete scalar.lineComment;
  delete scalar.footComment;
}

/** The value of a field that may be null or missing, followed through nested mappings; throws for other kinds. */
export function getPath(node: Node, ...path: readonly string[]): Node | undefined {
  let current: Node | undefined = node;
  for (const name of path) current = getField(current, name);
  return current;
}

/** The mapping at the path, made where it is missing; `undefined` when something on the way is null. */
export function ensureMapping(node: Node, ...path: readonly string[]): Node | undefined {
  let current: Node | undefined = node;
  for (const name of path) {
    const mapping = asMapping(current);
    if (mapping === undefined) return undefined;
    let next = findPair(mapping, name)?.value;
    if (next === undefined) {
      next = { kind: "mapping", tag: "", flow: false, pairs: [], line: 0, column: 0 };
      mapping.pairs.push({ key: makeScalar(name), value: next });
    }
    current = next;
  }
  return isMissingOrNull(current) ? undefined : current;
}
