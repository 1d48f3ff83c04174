import type { MappingNode, Node, ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatGoFloat, quote } from "../go-format.ts";
import { resolvePlain } from "../node/resolve.ts";
import { scalarValue } from "../node/scalar-value.ts";

/** Prints a tree as Go's `%#v` prints the map it decodes to: kustomize shows so what it could not print as YAML. */
export function dumpGo(node: MappingNode): string {
  try {
    return dumpMapping(node, true);
  } catch (thrown) {
    if (thrown instanceof KustomizeError) return "map[string]interface {}(nil)";
    throw thrown;
  }
}

function dump(node: Node): string {
  switch (node.kind) {
    case "mapping":
      return dumpMapping(node, false);
    case "sequence":
      return `[]interface {}{${node.items.map(dump).join(", ")}}`;
    case "alias":
      return dump(node.target);
    case "scalar":
      return dumpScalar(node);
  }
}

function dumpMapping(node: MappingNode, isRoot: boolean): string {
  const isStringMap = isRoot || node.pairs.every(({ key }) => typeof keyValue(key) === "string");
  const keys = new Set<string>();
  const entries = node.pairs.map(({ key, value }) => {
    if (key.kind !== "scalar" || (key.tag === "!!null" && key.value !== ""))
      throw new KustomizeError("NotSerializable", "invalid map key");
    const name = isRoot && key.kind === "scalar" ? quote(key.value) : dump(key);
    if (keys.has(name)) throw new KustomizeError("NotSerializable", "duplicate key");
    keys.add(name);
    return { rank: typeof keyValue(key) === "string" ? 0 : 1, name, text: `${name}:${dump(value)}` };
  });
  entries.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `map[${isStringMap ? "string" : "interface {}"}]interface {}{${entries.map(({ text }) => text).join(", ")}}`;
}

function keyValue(key: Node): unknown {
  if (key.kind !== "scalar") return undefined;
  return key.tag === "" && key.style === "plain" ? resolvePlain(key.value, "1.2").value : scalarValue(key);
}

function dumpScalar(node: ScalarNode): string {
  const value = scalarValue(node);
  if (value === null) return "interface {}(nil)";
  if (typeof value === "string") return quote(value);
  return typeof value === "number" && !Number.isInteger(value) ? formatGoFloat(value) : String(value);
}
