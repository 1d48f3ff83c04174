import type { JsonObject, JsonValue, MappingNode, Node } from "@sluice/yaml";
import { scalarValue } from "./scalar-value.ts";

/** Turns a tree into plain values. Keys become own properties whatever they are called. */
export function toPlainObject(node: MappingNode): JsonObject {
  const object: JsonObject = {};
  for (const { key, value } of node.pairs) {
    const name = key.kind === "scalar" ? key.value : "";
    if (name === "__proto__") {
      Object.defineProperty(object, name, {
        value: toPlain(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else object[name] = toPlain(value);
  }
  return object;
}

/** Turns any tree into a plain value. */
export function toPlain(node: Node): JsonValue {
  switch (node.kind) {
    case "scalar":
      return scalarValue(node);
    case "mapping":
      return toPlainObject(node);
    case "sequence":
      return node.items.map(toPlain);
    case "alias":
      return toPlain(node.target);
  }
}
