import type { Node } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { getField } from "./fields.ts";
import { asMapping, asSequence } from "./kind-error.ts";

/** Whether a path part is an index such as `0`. */
export function parseIndex(part: string): number | undefined {
  return /^[+-]?\d+$/.test(part) ? Number(part) : undefined;
}

/** Whether a path part selects list elements, such as `[name=web]`. */
export function isListSelector(part: string): boolean {
  return part.startsWith("[") && part.endsWith("]");
}

/** Splits `[name=web]`; the name is empty where the elements are scalars. */
export function splitListSelector(part: string): { readonly name: string; readonly value: string } {
  const inner = part.slice(1, -1);
  const equals = inner.indexOf("=");
  if (equals < 0) {
    throw new KustomizeError(
      "InvalidField",
      "list path element must contain fieldName=fieldValue for element to match",
    );
  }
  return { name: inner.slice(0, equals), value: inner.slice(equals + 1) };
}

/**
 * Finds the node at a path of field names, indexes, `-` (the last element) and `[name=value]`; `undefined` when there
 * is none. Throws where the path does not fit the kinds of the nodes.
 */
export function lookup(node: Node, path: readonly string[]): Node | undefined {
  let current: Node | undefined = node;
  for (const raw of path) {
    const part = raw.trim();
    if (part === "") continue;
    current = step(current, part);
    if (current === undefined) return undefined;
  }
  return current;
}

function step(node: Node, part: string): Node | undefined {
  const index = parseIndex(part);
  if (index !== undefined) {
    if (index < 0) throw new KustomizeError("InvalidField", `array index ${index} cannot be negative`);
    return asSequence(node)?.items[index];
  }
  if (part === "-") return asSequence(node)?.items.at(-1);
  if (part === "*") throw new KustomizeError("InvalidField", "wildcard is not supported in PathGetter");
  if (isListSelector(part)) {
    const { name, value } = splitListSelector(part);
    return findElement(node, [name], [value]);
  }
  return getField(node, part);
}

/**
 * The first element whose fields have these values; with an empty first key, the first scalar with the first value.
 * Throws when the node is neither a sequence nor null.
 */
export function findElement(
  node: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): Node | undefined {
  const items = asSequence(node)?.items ?? [];
  if (keys.length === 0 || keys[0] === "") {
    const wanted = values[0] ?? "";
    return items.find((item) => (item.kind === "scalar" ? item.value : "") === wanted);
  }
  return items.find((item) => {
    if (item.kind !== "mapping") return false;
    if (keys.length !== values.length) {
      throw new KustomizeError(
        "InvalidField",
        "length of keys must equal length of values when MatchAnyValue is false",
      );
    }
    return keys.every((key, index) => {
      const field = getField(asMapping(item), key);
      return field !== undefined && (field.kind === "scalar" ? field.value : "") === values[index];
    });
  });
}
