import { type JsonValue, parse, YamlError } from "@sluice/yaml";
import { formatTime } from "./clock-time.ts";
import { SopsError } from "./errors.ts";
import { parseKeys } from "./keys/parse-keys.ts";
import { isSameKey, type KeyGroup, type MasterKey } from "./keys/master-key.ts";
import { compilePattern } from "./pattern/matcher.ts";
import { findSelection, type Selection, selectionFields } from "./selection.ts";
import type { Format } from "./stores/store.ts";

/** What `.sops.yaml` says about a new file. */
export interface CreationRule {
  readonly keyGroups: readonly KeyGroup[];
  readonly shamirThreshold: number;
  readonly selection: Selection | undefined;
  readonly macOnlyEncrypted: boolean;
}

type Fields = Readonly<Record<string, JsonValue>>;

/**
 * The first rule of a `.sops.yaml` whose `path_regex` matches, or that has none.
 * @param config The file's text.
 * @param path Relative to the file's folder, with forward slashes.
 * @returns `undefined` when the file has no rules at all.
 * @throws SopsError `InvalidRule` for a rule that makes no sense, `NoMatchingRule` where none matches, `InvalidKey`
 */
export function findCreationRule(config: string, path: string, now: Date): CreationRule | undefined {
  const rules = readConfig(config)["creation_rules"];
  if (rules === undefined || rules === null) return undefined;
  for (const rule of items(rules, "creation_rules")) {
    const fields = asFields(rule, "creation_rules");
    if (matches(text(fields, "path_regex"), path)) return readRule(fields, formatTime(now));
  }
  throw new SopsError("NoMatchingRule", `.sops.yaml: no creation rule matches ${path}`);
}

/** The indentation that a `.sops.yaml` asks for; `undefined` for the format's own. */
export function findStoreIndent(config: string, format: Format): number | undefined {
  const stores = readConfig(config)["stores"];
  if (stores === undefined || stores === null) return undefined;
  const store = asFields(stores, "stores")[format === "binary" ? "json_binary" : format];
  if (store === undefined || store === null) return undefined;
  const indent = asFields(store, `stores.${format}`)["indent"];
  if (indent === undefined) return undefined;
  if (typeof indent !== "number" || !Number.isInteger(indent) || indent < -1 || indent > 100) {
    throw new SopsError("InvalidRule", ".sops.yaml: indent is not a small number");
  }
  if (indent === -1) return undefined;
  return format === "yaml" && indent === 0 ? undefined : indent;
}

function readConfig(config: string): Fields {
  try {
    return asFields(parse(config) ?? {}, "the file");
  } catch (error) {
    if (error instanceof YamlError) throw new SopsError("InvalidRule", `.sops.yaml: ${error.message}`);
    throw error;
  }
}

function matches(pattern: string, path: string): boolean {
  if (pattern === "") return true;
  try {
    return compilePattern(pattern)(path);
  } catch (error) {
    if (error instanceof SyntaxError) throw new SopsError("InvalidRule", `.sops.yaml: path_regex: ${error.message}`);
    throw error;
  }
}

function readRule(fields: Fields, createdAt: string): CreationRule {
  const groups = fields["key_groups"];
  const keyGroups =
    groups === undefined || groups === null || items(groups, "key_groups").length === 0
      ? [readFlatGroup(fields, createdAt)]
      : items(groups, "key_groups").map((group) => distinct(readGroup(asFields(group, "key_groups"), createdAt)));
  return {
    keyGroups,
    shamirThreshold: typeof fields["shamir_threshold"] === "number" ? fields["shamir_threshold"] : 0,
    selection: findSelection(new Map(selectionFields.map((field) => [field, text(fields, field)]))),
    macOnlyEncrypted: fields["mac_only_encrypted"] === true,
  };
}

/** Keys directly in a rule: comma-separated texts, or lists of them. */
function readFlatGroup(fields: Fields, createdAt: string): MasterKey[] {
  return parseKeys({
    createdAt,
    age: texts(fields, "age"),
    pgp: texts(fields, "pgp"),
    kms: texts(fields, "kms"),
    awsProfile: text(fields, "aws_profile"),
    gcpKms: texts(fields, "gcp_kms"),
    azureKv: texts(fields, "azure_keyvault"),
    hcVault: texts(fields, "hc_vault_transit_uri"),
  });
}

/** Keys of a group: lists, where clouds have fields of their own; `merge` takes in further groups. */
function readGroup(fields: Fields, createdAt: string): MasterKey[] {
  const objects = (field: string): Fields[] => items(fields[field] ?? [], field).map((item) => asFields(item, field));
  return [
    ...objects("merge").flatMap((group) => readGroup(group, createdAt)),
    ...parseKeys({ createdAt, age: texts(fields, "age"), pgp: texts(fields, "pgp") }),
    ...objects("kms").map((key): MasterKey => ({
      type: "kms",
      arn: text(key, "arn"),
      role: text(key, "role"),
      context: Object.fromEntries(
        Object.keys(asFields(key["context"] ?? {}, "context")).map((name) => [
          name,
          text(asFields(key["context"] ?? {}, "context"), name),
        ]),
      ),
      awsProfile: text(key, "aws_profile"),
      createdAt,
      enc: "",
    })),
    ...objects("gcp_kms").flatMap((key) => parseKeys({ createdAt, gcpKms: [text(key, "resource_id")] })),
    ...objects("hckms").map((key): MasterKey => ({ type: "hckms", keyId: text(key, "key_id"), createdAt, enc: "" })),
    ...objects("azure_keyvault").map((key): MasterKey => ({
      type: "azure_kv",
      vaultUrl: text(key, "vaultUrl"),
      name: text(key, "key"),
      version: text(key, "version"),
      createdAt,
      enc: "",
    })),
    ...parseKeys({ createdAt, hcVault: texts(fields, "hc_vault") }),
  ];
}

function distinct(group: readonly MasterKey[]): MasterKey[] {
  return group.filter((key, index) => group.findIndex((other) => isSameKey(key, other)) === index);
}

function texts(fields: Fields, field: string): string[] {
  const value = fields[field];
  if (value === undefined || value === null) return [];
  const written = Array.isArray(value) ? value : [value];
  return written
    .flatMap((item) => {
      if (typeof item !== "string") throw new SopsError("InvalidRule", `.sops.yaml: ${field} is not a text`);
      return item.split(",").map((part) => part.trim());
    })
    .filter((part) => part !== "");
}

function text(fields: Fields, field: string): string {
  const value = fields[field];
  if (value === undefined || value === null) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new SopsError("InvalidRule", `.sops.yaml: ${field} is not a text`);
}

function items(value: JsonValue, field: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  throw new SopsError("InvalidRule", `.sops.yaml: ${field} is not a list`);
}

function asFields(value: JsonValue, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SopsError("InvalidRule", `.sops.yaml: ${what} is not a mapping`);
}
