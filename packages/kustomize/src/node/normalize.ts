import type { MappingNode, Node, ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatText } from "../format/scalar-text.ts";
import { formatFloat } from "@sluice/yaml";
import { formatGoFloat } from "../go-format.ts";
import { isJsonObject, type Json } from "../json.ts";
import { duplicateKey, jsonKey } from "./json-key.ts";
import { makeMapping, makeNull, makeScalar, makeSequence } from "./make.ts";
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
      return mappingThroughJson(node, detour, { inFlow: inFlow || node.flow, isRoot: false });
    case "alias":
      return throughJson(node.target, detour, inFlow);
  }
}

/** The same for an object as a whole, whose own keys may be other scalars than strings. */
export function objectThroughJson(node: MappingNode, detour: Detour): MappingNode {
  return mappingThroughJson(node, detour, { inFlow: node.flow, isRoot: true });
}

function mappingThroughJson(
  node: MappingNode,
  detour: Detour,
  { inFlow, isRoot }: { readonly inFlow: boolean; readonly isRoot: boolean },
): MappingNode {
  const keyStyle = detour === "json" ? "double" : "plain";
  const names = new Set<string>();
  const pairs = node.pairs.map(({ key, value }) => {
    const name = jsonKey(key, isRoot);
    if (names.has(name)) throw duplicateKey(name);
    names.add(name);
    return { key: makeScalar(name, "!!str", keyStyle), value: throughJson(value, detour, inFlow) };
  });
  return { ...makeMapping(), pairs };
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
