import type { JsonObject, JsonValue, MappingNode, Node, ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatGoFloat } from "../go-format.ts";
import { duplicateKey, jsonKey } from "./json-key.ts";
import { textThroughJson } from "./json-text.ts";
import { scalarValue } from "./scalar-value.ts";

/**
 * Turns an object into plain values. Keys become own properties whatever they are called. Throws `NotSerializable` for
 * what has no form in JSON.
 */
export function toPlainObject(node: MappingNode): JsonObject {
  return plainMapping(node, node.flow, true);
}

/** Turns any tree into a plain value, with the same exceptions. */
export function toPlain(node: Node, inFlow = false): JsonValue {
  switch (node.kind) {
    case "scalar":
      return plainScalar(node, inFlow);
    case "mapping":
      return plainMapping(node, inFlow || node.flow, false);
    case "sequence":
      return node.items.map((item) => toPlain(item, inFlow || node.flow));
    case "alias":
      return toPlain(node.target, inFlow);
  }
}

function plainMapping({ pairs }: MappingNode, inFlow: boolean, isRoot: boolean): JsonObject {
  const object: JsonObject = {};
  for (const { key, value } of pairs) {
    const name = textThroughJson(jsonKey(key, isRoot));
    if (Object.hasOwn(object, name)) throw duplicateKey(name);
    const plain = toPlain(value, inFlow);
    if (name === "__proto__") {
      Object.defineProperty(object, name, { value: plain, enumerable: true, configurable: true, writable: true });
    } else object[name] = plain;
  }
  return object;
}

function plainScalar(node: ScalarNode, inFlow: boolean): JsonValue {
  const value = scalarValue(node, inFlow);
  if (typeof value === "string") return textThroughJson(value);
  if (typeof value !== "number" || Number.isFinite(value)) return value === 0 ? 0 : value;
  throw new KustomizeError("NotSerializable", `json: unsupported value: ${formatGoFloat(value)}`);
}
