import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  type CreationRule,
  findCreationRule,
  findSelection,
  findStoreIndent,
  type Format,
  type KeyGroup,
  parseKeys,
  selectionFields,
} from "@sluice/sops";
import { CliError, usageError } from "../../errors.ts";
import type { SopsInvocation } from "./sops-invocation.ts";

interface Config {
  readonly folder: string;
  readonly text: string;
}

/** `.sops.yaml`, as named or from a file's folder upwards. */
export function findConfig({ flags, io }: SopsInvocation, file: string): Config | undefined {
  const named = flags.config === "" ? io.env["SOPS_CONFIG"] : flags.config;
  if (named !== undefined && named !== "") {
    const found = path.resolve(io.cwd, named);
    if (!existsSync(found)) throw new CliError("NotFound", `${found} is not there`);
    return { folder: path.dirname(found), text: readFileSync(found, "utf8") };
  }
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, ".sops.yaml");
    if (existsSync(candidate)) return { folder, text: readFileSync(candidate, "utf8") };
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** The creation rule for a file; `undefined` where there is no `.sops.yaml` with rules. */
export function ruleFor(invocation: SopsInvocation, file: string): CreationRule | undefined {
  const config = findConfig(invocation, file);
  if (config === undefined) return undefined;
  const relative = path.relative(config.folder, file).split(path.sep).join("/");
  return findCreationRule(config.text, relative.startsWith("../") ? file : relative, new Date(invocation.io.now()));
}

/** Columns per level for a file's output: what was asked for, what `.sops.yaml` says, or the format's own. */
export function indentFor(invocation: SopsInvocation, file: string, format: Format): number | undefined {
  if (invocation.isSet("indent")) return invocation.flags.indent;
  const config = findConfig(invocation, file);
  return config === undefined ? undefined : findStoreIndent(config.text, format);
}

/** How a file is to be encrypted: keys from flags and the environment come before those of the creation rule. */
export function encryptionFor(invocation: SopsInvocation, file: string): CreationRule {
  const { flags } = invocation;
  const own = keysOfFlags(invocation);
  const rule = own.length === 0 ? ruleFor(invocation, file) : undefined;
  const keyGroups = own.length === 0 ? (rule?.keyGroups ?? []) : [own];
  if (keyGroups.length === 0) {
    throw usageError("no keys: name some with --age or another flag, or write a .sops.yaml with creation rules");
  }
  const selection = findSelection(
    new Map(selectionFields.map((field) => [field, String(flags[field.replaceAll("_", "-") as keyof typeof flags])])),
  );
  return {
    keyGroups,
    shamirThreshold: invocation.isSet("shamir-secret-sharing-threshold")
      ? flags["shamir-secret-sharing-threshold"]
      : (rule?.shamirThreshold ?? 0),
    selection: selection ?? rule?.selection,
    macOnlyEncrypted: flags["mac-only-encrypted"] || (rule?.macOnlyEncrypted ?? false),
  };
}

function keysOfFlags({ flags, io }: SopsInvocation): KeyGroup {
  const given = (flag: readonly string[], variable: string): string[] =>
    (flag.length > 0 ? flag : (io.env[variable] ?? "").split(","))
      .map((part) => part.trim())
      .filter((part) => part !== "");
  return parseKeys({
    createdAt: new Date(io.now()).toISOString().replace(/\.\d+Z$/, "Z"),
    age: given(flags.age, "SOPS_AGE_RECIPIENTS"),
    pgp: given(flags.pgp, "SOPS_PGP_FP"),
    kms: given(flags.kms, "SOPS_KMS_ARN"),
    awsProfile: flags["aws-profile"],
    encryptionContext: Object.fromEntries(
      flags["encryption-context"].map((pair) => [pair.slice(0, pair.indexOf(":")), pair.slice(pair.indexOf(":") + 1)]),
    ),
    gcpKms: given(flags["gcp-kms"], "SOPS_GCP_KMS_IDS"),
    azureKv: given(flags["azure-kv"], "SOPS_AZURE_KEYVAULT_URLS"),
    hcVault: given(flags["hc-vault-transit"], "SOPS_VAULT_URIS"),
  });
}
