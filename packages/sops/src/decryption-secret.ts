import { parse, YamlError } from "@sluice/yaml";
import { SopsError } from "./errors.ts";
import type { AwsCredentials } from "./keys/cloud/aws-signature.ts";
import type { AzureClientSecret } from "./keys/cloud/azure-key-vault.ts";
import { Secret } from "./secret.ts";
import { decodeText } from "./tree/text.ts";

/** What a Kubernetes Secret for decryption holds. */
export interface DecryptionKeys {
  /** Texts of age identity files, by the names of their keys. */
  readonly ageIdentities: readonly Secret<string>[];
  /** PGP private keys, armored or not. */
  readonly pgpKeys: readonly Secret<Uint8Array>[];
  readonly vaultToken: Secret<string> | undefined;
  readonly aws: AwsCredentials | undefined;
  readonly azure: AzureClientSecret | undefined;
  /** The key file of a Google service account. */
  readonly gcp: Secret<string> | undefined;
}

/**
 * Sorts the decoded entries of a Secret by Flux's names: `*.agekey`, `*.asc`, `sops.vault-token`, `sops.aws-kms`,
 * `sops.azure-kv`, `sops.gcp-kms`. Others are ignored.
 * @throws SopsError `InvalidKey` naming the entry.
 */
export function readDecryptionSecret(entries: Readonly<Record<string, Uint8Array>>): DecryptionKeys {
  const names = Object.keys(entries).sort();
  const withSuffix = (suffix: string): string[] => names.filter((name) => name.endsWith(suffix));
  const textOf = (name: string): string => {
    try {
      return decodeText(entries[name] ?? new Uint8Array());
    } catch {
      throw new SopsError("InvalidKey", `${name}: not text`);
    }
  };
  const find = <T>(name: string, read: (text: string) => T): T | undefined =>
    Object.hasOwn(entries, name) ? read(textOf(name)) : undefined;
  return {
    ageIdentities: withSuffix(".agekey").map((name) => new Secret(textOf(name))),
    pgpKeys: withSuffix(".asc").map((name) => new Secret(entries[name] ?? new Uint8Array())),
    vaultToken: find("sops.vault-token", (text) => new Secret(text.trim())),
    aws: find("sops.aws-kms", readAws),
    azure: find("sops.azure-kv", readAzure),
    gcp: find("sops.gcp-kms", (text) => new Secret(text)),
  };
}

function readAws(text: string): AwsCredentials {
  const fields = readFields("sops.aws-kms", text);
  const accessKeyId = fields["aws_access_key_id"];
  const secretAccessKey = fields["aws_secret_access_key"];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new SopsError("InvalidKey", "sops.aws-kms: aws_access_key_id and aws_secret_access_key are needed");
  }
  const token = fields["aws_session_token"];
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: token === undefined ? undefined : new Secret(token),
  };
}

/** Service principals with a secret, in both spellings; certificates and managed identities are refused, not ignored. */
function readAzure(text: string): AzureClientSecret {
  const fields = readFields("sops.azure-kv", text);
  const tenantId = fields["tenantId"] ?? fields["tenant"];
  const clientId = fields["clientId"] ?? fields["appId"];
  const clientSecret = fields["clientSecret"] ?? fields["password"];
  if (tenantId === undefined || clientId === undefined || clientSecret === undefined) {
    throw new SopsError("InvalidKey", "sops.azure-kv: tenantId, clientId and clientSecret are needed");
  }
  return { tenantId, clientId, clientSecret: new Secret(clientSecret), authorityHost: fields["authorityHost"] };
}

function readFields(name: string, text: string): Readonly<Record<string, string | undefined>> {
  const fields = new Map<string, string>();
  try {
    const value = parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SopsError("InvalidKey", "");
    for (const [key, field] of Object.entries(value)) {
      if ((typeof field === "string" && field !== "") || typeof field === "number") fields.set(key, String(field));
    }
  } catch (error) {
    if (!(error instanceof YamlError || error instanceof SopsError)) throw error;
    // The parser's message could quote the secret.
    throw new SopsError("InvalidKey", `${name}: not a YAML mapping`);
  }
  return Object.fromEntries(fields);
}
