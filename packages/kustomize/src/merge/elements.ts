import type { Node, SequenceNode } from "@sluice/yaml";
import { getField } from "../node/fields.ts";
import { asScalar } from "../node/kind-error.ts";
import { isMissingOrNull, isNilOrEmpty, textOf } from "../node/test.ts";

/** Removes the elements whose fields have these values, and with them all empty ones. */
export function removeElements(list: SequenceNode, keys: readonly string[], values: readonly string[]): void {
  putElement(list, undefined, keys, values);
}

/**
 * Replaces the elements whose fields have these values, or appends the element when there is none. Empty elements are
 * dropped on the way; an empty value matches whatever the field holds.
 */
export function setElement(
  list: SequenceNode,
  element: Node,
  keys: readonly string[],
  values: readonly string[],
): void {
  putElement(list, element, keys, values);
}

function putElement(
  list: SequenceNode,
  element: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): void {
  const isMappingKey = (keys[0] ?? "") !== "" && (values[0] ?? "") !== "";
  const kept: Node[] = [];
  let found = false;
  for (const item of list.items) {
    if (isMissingOrNull(item) || (item.kind === "mapping" && item.pairs.length === 0)) continue;
    if (item.kind !== "mapping" && isMappingKey) {
      kept.push(item);
    } else if (!matches(item, keys, values)) {
      if (values.length > 0) kept.push(item);
    } else {
      found = true;
      if (element !== undefined) kept.push(element);
    }
  }
  list.items = kept;
  if (element === undefined || isMissingOrNull(element) || found) return;
  list.items.push(element);
}

function matches(item: Node, keys: readonly string[], values: readonly string[]): boolean {
  let last: Node | undefined;
  for (const [index, key] of keys.entries()) {
    // A key without a value repeats the verdict on the key before it.
    if (index < values.length) last = matchField(item, key, values[index] ?? "");
    if (last === undefined) return false;
  }
  return keys.length > 0 || isNilOrEmpty(item);
}

function matchField(item: Node, key: string, value: string): Node | undefined {
  if (key === "") {
    const scalar = asScalar(item);
    return scalar !== undefined && textOf(scalar) === value ? scalar : undefined;
  }
  const field = getField(item, key);
  if (field === undefined || value === "") return field;
  return field.kind === "scalar" && field.value === value ? field : undefined;
}
