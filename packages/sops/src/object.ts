import type { JsonObject, JsonValue } from "@sluice/yaml";
import { decryptDocuments, verifyMac } from "./crypt.ts";
import { SopsError } from "./errors.ts";
import type { OpenOptions } from "./document.ts";
import { unlockDataKey } from "./keys/data-key.ts";
import { extractMetadata } from "./metadata/embed.ts";
import { encodeBase64 } from "./tree/text.ts";
import { type Branch, branch, entry, isBranch, isComment, isList, list, type Value } from "./tree/tree.ts";

/** Whether an object that was already parsed, such as a Kubernetes resource, carries SOPS metadata with a MAC. */
export function isEncryptedObject(value: unknown): value is JsonObject {
  if (!isObject(value) || !Object.hasOwn(value, "sops")) return false;
  const { sops } = value;
  return isObject(sops) && Object.hasOwn(sops, "mac") && typeof sops["mac"] === "string" && sops["mac"] !== "";
}

/** The encrypted MAC, which tells one encrypted document from every other; `undefined` where there is none. */
export function macOf(value: unknown): string | undefined {
  if (!isEncryptedObject(value)) return undefined;
  const { sops } = value;
  const mac = isObject(sops) ? sops["mac"] : undefined;
  return typeof mac === "string" ? mac : undefined;
}

/**
 * Decrypts an object and takes its metadata away. The MAC covers plain values and the order of all, so it is verified
 * only when asked for: whoever built the object may have added labels or sorted fields.
 * @throws SopsError
 */
export async function decryptObject(object: JsonObject, options: OpenOptions): Promise<JsonObject> {
  const { documents, metadata } = extractMetadata([toBranch(object)], "mapping");
  const dataKey = await unlockDataKey(metadata.keyGroups, metadata.shamirThreshold, options);
  const { documents: plain, mac } = decryptDocuments(documents, metadata, dataKey);
  if (options.mac === "verify") verifyMac(mac, metadata.mac, dataKey, metadata.lastModified);
  const [root] = plain;
  if (root === undefined) throw new SopsError("Malformed", "nothing was decrypted");
  return fromBranch(root);
}

function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toBranch(object: Readonly<Record<string, JsonValue>>): Branch {
  return branch(Object.entries(object).map(([key, value]) => entry(key, toValue(value))));
}

function toValue(value: JsonValue): Value {
  if (Array.isArray(value)) return list(value.map(toValue));
  if (isObject(value)) return toBranch(value);
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  return value;
}

function fromBranch(from: Branch): JsonObject {
  const object: Record<string, JsonValue> = {};
  for (const item of from.entries) {
    if (item.kind === "comment") continue;
    // A field named __proto__ is a field like any other.
    Object.defineProperty(object, item.key, {
      value: fromValue(item.value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}

function fromValue(value: Value): JsonValue {
  if (isBranch(value)) return fromBranch(value);
  if (isList(value)) return value.items.filter((item): item is Value => !isComment(item)).map(fromValue);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uint8Array) return encodeBase64(value);
  return typeof value === "object" && value !== null ? value.text : value;
}
