import { parseDocument, type Node } from "@sluice/yaml";
import type { Json, JsonObject } from "../json/json.ts";
import type { Exchange } from "./exchange.ts";
import { sendBytes } from "./exchange.ts";

/** Answers with JSON bytes turned into YAML. JSON is YAML, so this is the same document. */
export function sendYaml(exchange: Pick<Exchange, "response" | "warnings">, code: number, json: Buffer): void {
  sendBytes(exchange, code, json, "application/yaml");
}

/** Reads the first document of a YAML text as JSON. Throws a `YamlError` for what is not YAML or not JSON. */
export function parseYaml(text: string): Json {
  const root = parseDocument(text, { comments: false });
  return root === undefined ? null : toJson(root);
}

function toJson(node: Node): Json {
  switch (node.kind) {
    case "scalar":
      return scalarToJson(node.tag, node.value);
    case "sequence":
      return node.items.map(toJson);
    case "mapping": {
      const object: JsonObject = {};
      for (const { key, value } of node.pairs) if (key.kind === "scalar") object[key.value] = toJson(value);
      return object;
    }
    case "alias":
      return toJson(node.target);
  }
}

function scalarToJson(tag: string, value: string): Json {
  switch (tag) {
    case "!!null":
      return null;
    case "!!bool":
      return /^(?:true|yes|on|y)$/i.test(value);
    case "!!int":
    case "!!float":
      return Number(value.replaceAll("_", ""));
    default:
      return value;
  }
}
