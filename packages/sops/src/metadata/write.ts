import type { KeyGroup, MasterKey } from "../keys/master-key.ts";
import { type Branch, branch, entry, type Entry, list, type Value } from "../tree/tree.ts";
import type { Metadata } from "./metadata.ts";

/** Writes metadata as a tree with sorted fields; what is empty and may be left out is. */
export function writeMetadata(metadata: Metadata): Branch {
  const { keyGroups, selection } = metadata;
  const fields = new Map<string, Value>();
  if (keyGroups.length === 1) addKeys(fields, keyGroups[0] ?? []);
  else {
    const groups = keyGroups.map((group) => {
      const keys = new Map<string, Value>([
        ["age", list([])],
        ["hc_vault", list([])],
      ]);
      addKeys(keys, group);
      return toBranch(keys);
    });
    fields.set("key_groups", list(groups));
  }
  if (metadata.shamirThreshold > 0) fields.set("shamir_threshold", BigInt(metadata.shamirThreshold));
  fields.set("lastmodified", metadata.lastModified);
  fields.set("mac", metadata.mac);
  if (selection !== undefined) fields.set(selection.field, selection.pattern);
  if (metadata.macOnlyEncrypted) fields.set("mac_only_encrypted", true);
  fields.set("version", metadata.version);
  return toBranch(fields);
}

function addKeys(fields: Map<string, Value>, group: KeyGroup): void {
  for (const type of new Set(group.map((key) => key.type))) {
    const ofType = group.filter((key) => key.type === type);
    fields.set(type, list(ofType.map((key) => toBranch(new Map(fieldsOf(key))))));
  }
}

function fieldsOf(key: MasterKey): Array<[string, Value]> {
  if (key.type === "age") {
    return [
      ["recipient", key.recipient],
      ["enc", key.enc],
    ];
  }
  return [["created_at", key.createdAt], ["enc", key.enc], ...ownFields(key)];
}

function ownFields(key: Exclude<MasterKey, { type: "age" }>): Array<[string, Value]> {
  switch (key.type) {
    case "pgp":
      return [["fp", key.fingerprint]];
    case "gcp_kms":
      return [["resource_id", key.resourceId]];
    case "hckms":
      return [["key_id", key.keyId]];
    case "azure_kv":
      return [
        ["vault_url", key.vaultUrl],
        ["name", key.name],
        ["version", key.version],
      ];
    case "hc_vault":
      return [
        ["vault_address", key.vaultAddress],
        ["engine_path", key.enginePath],
        ["key_name", key.keyName],
      ];
    case "kms": {
      const fields: Array<[string, Value]> = [
        ["arn", key.arn],
        ["aws_profile", key.awsProfile],
      ];
      if (key.role !== "") fields.push(["role", key.role]);
      const context = Object.entries(key.context);
      if (context.length > 0) fields.push(["context", toBranch(new Map(context))]);
      return fields;
    }
  }
}

function toBranch(fields: ReadonlyMap<string, Value>): Branch {
  const names = [...fields.keys()].sort();
  const entries: Entry[] = names.map((name) => entry(name, fields.get(name) ?? null));
  return branch(entries);
}
