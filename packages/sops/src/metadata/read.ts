import { SopsError } from "../errors.ts";
import type { KeyGroup, MasterKey } from "../keys/master-key.ts";
import { defaultSelection, findSelection, selectionFields } from "../selection.ts";
import { decimalText } from "../tree/leaf-bytes.ts";
import { type Branch, findValue, isBranch, isComment, isList, type Value } from "../tree/tree.ts";
import type { Metadata } from "./metadata.ts";

type Reader = (fields: Branch) => MasterKey;

/** How each kind of key is written, in the order in which a group's keys are tried. */
const keyReaders: ReadonlyArray<readonly [field: MasterKey["type"], read: Reader]> = [
  [
    "kms",
    (from) => ({
      type: "kms",
      arn: text(from, "arn"),
      role: text(from, "role"),
      context: readContext(findValue(from, "context")),
      awsProfile: text(from, "aws_profile"),
      ...dated(from),
    }),
  ],
  ["gcp_kms", (from) => ({ type: "gcp_kms", resourceId: text(from, "resource_id"), ...dated(from) })],
  ["hckms", (from) => ({ type: "hckms", keyId: text(from, "key_id"), ...dated(from) })],
  [
    "azure_kv",
    (from) => ({
      type: "azure_kv",
      vaultUrl: text(from, "vault_url"),
      name: text(from, "name"),
      version: text(from, "version"),
      ...dated(from),
    }),
  ],
  [
    "hc_vault",
    (from) => ({
      type: "hc_vault",
      vaultAddress: text(from, "vault_address"),
      enginePath: text(from, "engine_path"),
      keyName: text(from, "key_name"),
      ...dated(from),
    }),
  ],
  ["pgp", (from) => ({ type: "pgp", fingerprint: text(from, "fp"), ...dated(from) })],
  ["age", (from) => ({ type: "age", recipient: text(from, "recipient"), enc: text(from, "enc") })],
];

/** @throws SopsError `InvalidMetadata` when something needed is missing, `InvalidRule` for contradicting selections. */
export function readMetadata(from: Branch): Metadata {
  const selection = findSelection(new Map(selectionFields.map((field) => [field, text(from, field)])));
  return {
    keyGroups: readKeyGroups(from),
    shamirThreshold: count(from, "shamir_threshold"),
    lastModified: readTime(from, "lastmodified"),
    mac: text(from, "mac"),
    selection: selection ?? defaultSelection,
    macOnlyEncrypted: flag(from, "mac_only_encrypted"),
    version: text(from, "version"),
  };
}

function readKeyGroups(from: Branch): KeyGroup[] {
  const single = readGroup(from);
  if (single.length > 0) return [single];
  const groups = branches(findValue(from, "key_groups"), "key_groups").map(readGroup);
  if (groups.length === 0) throw new SopsError("InvalidMetadata", "metadata: no keys");
  return groups;
}

function readGroup(from: Branch): MasterKey[] {
  return keyReaders.flatMap(([field, read]) => branches(findValue(from, field), field).map(read));
}

function branches(value: Value | undefined, field: string): Branch[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw new SopsError("InvalidMetadata", `metadata: ${field} is not a list`);
  return value.items
    .filter((item) => !isComment(item))
    .map((item) => {
      if (isBranch(item)) return item;
      throw new SopsError("InvalidMetadata", `metadata: ${field} has an item that is not a mapping`);
    });
}

function dated(from: Branch): { createdAt: string; enc: string } {
  return { createdAt: readTime(from, "created_at"), enc: text(from, "enc") };
}

function readContext(value: Value | undefined): Record<string, string> {
  if (value === undefined || !isBranch(value)) return {};
  return Object.fromEntries(
    value.entries.flatMap((item) => (item.kind === "entry" ? [[item.key, text(value, item.key)]] : [])),
  );
}

/** Dates in the form that the MAC is bound to: no fractions, `Z` for UTC. */
function readTime(from: Branch, field: string): string {
  const written = text(from, field);
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(written);
  if (match === null) throw new SopsError("InvalidMetadata", `metadata: ${field} is not a time in RFC 3339`);
  const zone = match[2] ?? "Z";
  return `${match[1]}${/^[+-]00:00$/.test(zone) ? "Z" : zone}`;
}

function text(from: Branch, field: string): string {
  const value = findValue(from, field);
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return decimalText(value);
  if (!(value instanceof Uint8Array) && value.kind === "time") return value.text;
  throw new SopsError("InvalidMetadata", `metadata: ${field} is not a text`);
}

function count(from: Branch, field: string): number {
  const written = text(from, field);
  if (written === "") return 0;
  const value = Number(written);
  if (Number.isInteger(value) && value >= 0 && value <= 255) return value;
  throw new SopsError("InvalidMetadata", `metadata: ${field} is not a small number`);
}

function flag(from: Branch, field: string): boolean {
  return /^(?:true|1|t)$/i.test(text(from, field));
}
