import { SopsError } from "../errors.ts";
import { parseVaultUri } from "./cloud/vault-transit.ts";
import type { MasterKey } from "./master-key.ts";

/** Master keys as flags and creation rules write them, each list without commas. */
export interface WrittenKeys {
  /** RFC 3339. */
  readonly createdAt: string;
  readonly age?: readonly string[];
  readonly pgp?: readonly string[];
  /** ARNs, with `+arn:…` for a role. */
  readonly kms?: readonly string[];
  readonly encryptionContext?: Readonly<Record<string, string>>;
  readonly awsProfile?: string;
  readonly gcpKms?: readonly string[];
  readonly azureKv?: readonly string[];
  readonly hcVault?: readonly string[];
}

const azureShape = /^(https:\/\/[^/]+)\/keys\/([^/]+)(?:\/([^/]*))?$/;

/** Reads keys that have no data key yet. @throws SopsError `InvalidKey` */
export function parseKeys(written: WrittenKeys): MasterKey[] {
  const dated = { createdAt: written.createdAt, enc: "" };
  return [
    ...(written.age ?? []).map((recipient): MasterKey => ({ type: "age", recipient: recipient.trim(), enc: "" })),
    ...(written.pgp ?? []).map((fingerprint): MasterKey => ({
      type: "pgp",
      fingerprint: fingerprint.replaceAll(" ", ""),
      ...dated,
    })),
    ...(written.kms ?? []).map((text): MasterKey => {
      const compact = text.replaceAll(" ", "");
      const at = compact.indexOf("+arn:");
      return {
        type: "kms",
        arn: at === -1 ? compact : compact.slice(0, at),
        role: at === -1 ? "" : compact.slice(at + 1),
        context: written.encryptionContext ?? {},
        awsProfile: written.awsProfile ?? "",
        ...dated,
      };
    }),
    ...(written.gcpKms ?? []).map((resourceId): MasterKey => ({
      type: "gcp_kms",
      resourceId: resourceId.replaceAll(" ", ""),
      ...dated,
    })),
    ...(written.azureKv ?? []).map((url): MasterKey => {
      const [, vaultUrl, name, version = ""] = azureShape.exec(url.trim()) ?? [];
      if (vaultUrl === undefined || name === undefined) {
        throw new SopsError("InvalidKey", "not the URL of an Azure key, https://vault/keys/name/version");
      }
      return { type: "azure_kv", vaultUrl, name, version, ...dated };
    }),
    ...(written.hcVault ?? []).map((uri): MasterKey => ({ type: "hc_vault", ...parseVaultUri(uri), ...dated })),
  ];
}
