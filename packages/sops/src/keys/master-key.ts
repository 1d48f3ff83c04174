/** What every master key in a document has. */
interface KeyBase {
  /** The data key, or this group's share of it, encrypted with this key; empty until that is done. */
  readonly enc: string;
}

interface DatedKey extends KeyBase {
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface AgeKey extends KeyBase {
  readonly type: "age";
  /** `age1…`, `age1pq1…`, `ssh-ed25519 …` or `ssh-rsa …` */
  readonly recipient: string;
}

export interface PgpKey extends DatedKey {
  readonly type: "pgp";
  readonly fingerprint: string;
}

export interface AwsKmsKey extends DatedKey {
  readonly type: "kms";
  readonly arn: string;
  /** A role to assume first; empty for none. */
  readonly role: string;
  readonly context: Readonly<Record<string, string>>;
  readonly awsProfile: string;
}

export interface GcpKmsKey extends DatedKey {
  readonly type: "gcp_kms";
  /** `projects/…/locations/…/keyRings/…/cryptoKeys/…` */
  readonly resourceId: string;
}

export interface AzureKeyVaultKey extends DatedKey {
  readonly type: "azure_kv";
  readonly vaultUrl: string;
  readonly name: string;
  readonly version: string;
}

export interface VaultTransitKey extends DatedKey {
  readonly type: "hc_vault";
  readonly vaultAddress: string;
  readonly enginePath: string;
  readonly keyName: string;
}

export interface HuaweiKmsKey extends DatedKey {
  readonly type: "hckms";
  readonly keyId: string;
}

/** A key that can unlock a document, or its group's share: the public half as the document names it. */
export type MasterKey = AgeKey | PgpKey | AwsKmsKey | GcpKmsKey | AzureKeyVaultKey | VaultTransitKey | HuaweiKmsKey;
export type MasterKeyType = MasterKey["type"];

/** Any key of a group unlocks the group. */
export type KeyGroup = readonly MasterKey[];

/** The name of a key in messages, and what tells two keys apart. */
export function nameOf(key: MasterKey): string {
  switch (key.type) {
    case "age":
      return key.recipient;
    case "pgp":
      return key.fingerprint;
    case "kms":
      return awsName(key);
    case "gcp_kms":
      return key.resourceId;
    case "azure_kv":
      return `${key.vaultUrl}/keys/${key.name}/${key.version}`;
    case "hc_vault":
      return `${key.vaultAddress}/v1/${key.enginePath}/keys/${key.keyName}`;
    case "hckms":
      return key.keyId;
  }
}

function awsName({ arn, role, context, awsProfile }: AwsKmsKey): string {
  const pairs = Object.entries(context).map(([name, value]) => `${name}:${value}`);
  const parts = [role === "" ? arn : `${arn}+${role}`];
  if (pairs.length > 0 || awsProfile !== "") parts.push(pairs.sort().join(","));
  if (awsProfile !== "") parts.push(awsProfile);
  return parts.join("|");
}

export function isSameKey(left: MasterKey, right: MasterKey): boolean {
  return left.type === right.type && nameOf(left) === nameOf(right);
}
