import type { MappingNode, Node, ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatText } from "../format/scalar-text.ts";
import { formatFloat } from "@sluice/yaml";
import { formatGoFloat } from "../go-format.ts";
import { isJsonObject, type Json } from "../json.ts";
import { makeMapping, makeNull, makeScalar, makeSequence } from "./make.ts";
import { resolvePlain } from "./resolve.ts";
import { type ScalarValue, scalarValue } from "./scalar-value.ts";

/**
 * How values look after a detour: `json` is a JSON text read as YAML (strings quoted), `yaml` is a Go map printed as
 * YAML and read again (all numbers are floats: a million is `1e+06`).
 */
export type Detour = "json" | "yaml";

/** The tree as it comes back from a detour through JSON. Throws `NotSerializable` for what has no form there. */
export function throughJson(node: Node, detour: Detour, inFlow = false): Node {
  switch (node.kind) {
    case "scalar":
      return valueNode(scalarValue(node, inFlow), detour);
    case "sequence":
      return makeSequence(node.items.map((item) => throughJson(item, detour, inFlow || node.flow)));
    case "mapping":
      return mappingThroughJson(node, detour, inFlow || node.flow);
    case "alias":
      return throughJson(node.target, detour, inFlow);
  }
}

function mappingThroughJson(node: MappingNode, detour: Detour, inFlow: boolean): MappingNode {
  const mapping = makeMapping();
  const index = new Map<string, number>();
  for (const { key, value } of node.pairs) {
    const name = keyName(key);
    const entry = {
      key: makeScalar(name, "!!str", detour === "json" ? "double" : "plain"),
      value: throughJson(value, detour, inFlow),
    };
    if (index.has(name)) {
      throw new KustomizeError(
        "NotSerializable",
        `yaml: unmarshal errors:\n  mapping key ${JSON.stringify(name)} already defined`,
      );
    }
    index.set(name, mapping.pairs.push(entry) - 1);
  }
  return mapping;
}

function keyName(key: Node): string {
  if (key.kind === "scalar") {
    if (key.tag === "!!str" || key.style !== "plain" || key.tag === "!!merge") return key.value;
    if (key.tag === "" && resolvePlain(key.value, "1.2").tag === "!!str") return key.value;
  }
  throw new KustomizeError("NotSerializable", "json: unsupported type: map[interface {}]interface {}");
}

/** A JSON value as a tree. */
export function jsonNode(value: Json, detour: Detour): Node {
  if (Array.isArray(value)) return makeSequence(value.map((each) => jsonNode(each, detour)));
  if (isJsonObject(value)) {
    const mapping = makeMapping();
    for (const [key, each] of Object.entries(value)) {
      mapping.pairs.push({ key: makeScalar(key, "!!str"), value: jsonNode(each, detour) });
    }
    return mapping;
  }
  return valueNode(value, detour);
}

function valueNode(value: ScalarValue, detour: Detour): ScalarNode {
  if (value === null) return makeNull();
  if (typeof value === "string") return detour === "json" ? makeScalar(value, "!!str", "double") : printedString(value);
  return typeof value === "boolean" ? makeScalar(String(value), "!!bool") : numberNode(value, detour);
}

function numberNode(value: number | bigint, detour: Detour): ScalarNode {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new KustomizeError("NotSerializable", `json: unsupported value: ${formatGoFloat(value)}`);
  }
  const text = detour === "json" ? String(value) : formatFloat(Number(value));
  return makeScalar(text, /^-?\d+$/.test(text) ? "!!int" : "!!float");
}

const oldBooleans: ReadonlySet<string> = new Set(
  ["y", "yes", "on", "n", "no", "off"].flatMap((word) => [
    word,
    word.toUpperCase(),
    word.slice(0, 1).toUpperCase() + word.slice(1),
  ]),
);

/** A string with the quoting that Go's printer gives it: later values take it over. */
function printedString(value: string): ScalarNode {
  if (value.includes("\n")) return makeScalar(value, "!!str", "literal");
  const printed = oldBooleans.has(value) ? `"` : formatText(value, { column: 0, indent: 0, isKey: true });
  const style = printed.startsWith(`"`) ? "double" : printed.startsWith("'") && value[0] !== "'" ? "single" : "plain";
  return makeScalar(value, "!!str", style);
}
