import type { JsonObject, JsonValue, MappingNode, Node } from "@sluice/yaml";
import { scalarValue } from "./scalar-value.ts";

/** Turns a tree into plain values. Keys become own properties whatever they are called. */
export function toPlainObject(node: MappingNode, inFlow = false): JsonObject {
  const flow = inFlow || node.flow;
  const object: JsonObject = {};
  for (const { key, value } of node.pairs) {
    const name = key.kind === "scalar" ? key.value : "";
    if (name === "__proto__") {
      Object.defineProperty(object, name, {
        value: toPlain(value, flow),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else object[name] = toPlain(value, flow);
  }
  return object;
}

/** Turns any tree into a plain value. */
export function toPlain(node: Node, inFlow = false): JsonValue {
  switch (node.kind) {
    case "scalar":
      return scalarValue(node, inFlow);
    case "mapping":
      return toPlainObject(node, inFlow);
    case "sequence":
      return node.items.map((item) => toPlain(item, inFlow || node.flow));
    case "alias":
      return toPlain(node.target, inFlow);
  }
}
