import type { MappingNode, ScalarNode } from "@sluice/yaml";
import { ensureMapping, setField } from "../node/fields.ts";
import { makeString } from "../node/make.ts";

/** The value of one key of a generated object: text, or bytes that are no UTF-8. */
export type DataValue = string | Uint8Array;

/** Adds entries to `data`, or to `binaryData` where a value is no text; sorted by key. */
export function addConfigMapData(
  node: MappingNode,
  values: ReadonlyMap<string, DataValue>,
  intoBinaryData = false,
): void {
  for (const key of [...values.keys()].toSorted()) {
    const value = values.get(key) ?? "";
    const isBinary = intoBinaryData || typeof value !== "string";
    setField(ensureMapping(node, isBinary ? "binaryData" : "data"), key, dataScalar(value));
  }
}

/** Adds entries to a Secret's `data`, in base64, sorted by key. */
export function addSecretData(node: MappingNode, values: ReadonlyMap<string, DataValue>): void {
  const data = ensureMapping(node, "data");
  for (const key of [...values.keys()].toSorted()) {
    const value = values.get(key) ?? "";
    setField(data, key, makeString(encodeBase64(typeof value === "string" ? new TextEncoder().encode(value) : value)));
  }
}

function dataScalar(value: DataValue): ScalarNode {
  return makeString(typeof value === "string" ? value : encodeBase64(value));
}

const lineLength = 70;

/** Base64 as Go's YAML writes binaries: in lines of 70 as soon as there are more than 70 characters. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = toBase64(bytes);
  if (text.length < lineLength) return text;
  let out = "";
  for (let start = 0; start < text.length; start += lineLength) out += `${text.slice(start, start + lineLength)}\n`;
  return out;
}

const chunk = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += chunk) {
    binary += String.fromCharCode(...bytes.subarray(start, start + chunk));
  }
  return btoa(binary);
}
