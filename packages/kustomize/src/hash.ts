import type { MappingNode, Node } from "@sluice/yaml";
import { formatNode } from "@sluice/yaml";
import { formatDump, quoteJson } from "./format/format-dump.ts";
import { fieldOf, getField } from "./node/fields.ts";
import { sha256Hex } from "./sha256.ts";

const hashLength = 10;
/** Letters that could spell words are replaced, as in Kubernetes' generated names. */
const replacements: ReadonlyMap<string, string> = new Map([
  ["0", "g"],
  ["1", "h"],
  ["3", "k"],
  ["a", "m"],
  ["e", "t"],
]);

/** The suffix that kustomize gives a ConfigMap, a Secret or another object: ten characters of its content's hash. */
export function hashOf(node: MappingNode): string {
  const digest = sha256Hex(new TextEncoder().encode(encode(node))).slice(0, hashLength);
  return digest.replace(/[013ae]/g, (character) => replacements.get(character) ?? character);
}

function encode(node: MappingNode): string {
  const kind = fieldOf(node, "kind");
  switch (kind?.kind === "scalar" ? kind.value : "") {
    case "ConfigMap":
      return encodeFields({
        kind: `"ConfigMap"`,
        data: dataOf(node, "data"),
        binaryData: optionalMap(node, "binaryData"),
      });
    case "Secret":
      return encodeFields({
        kind: `"Secret"`,
        type: dataOf(node, "type"),
        data: dataOf(node, "data"),
        stringData: optionalMap(node, "stringData"),
      });
    default:
      return formatNode(node);
  }
}

function encodeFields(fields: { readonly [name: string]: string | undefined }): string {
  // `name` is looked up at a path that never exists, so it is always empty.
  const all = { ...fields, name: `""` };
  const entries = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `"${name}":${value}`).join(",")}}`;
}

function dataOf(node: MappingNode, field: string): string {
  const value = getField(node, field);
  if (value === undefined) return `""`;
  return encodeValue(value);
}

function optionalMap(node: MappingNode, field: string): string | undefined {
  const value = getField(node, field);
  return value?.kind === "mapping" ? encodeValue(value) : undefined;
}

function encodeValue(value: Node): string {
  if (value.kind === "scalar") return quoteJson(value.value);
  return value.kind === "mapping" ? formatDump(value) : "null";
}
