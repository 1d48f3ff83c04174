/**
 * Documents encrypted as SOPS encrypts them: values are hidden, structure and names stay readable, and a MAC ties it
 * all together.
 * @example
 * ```ts
 * const { identity, recipient } = await generateAgeIdentity();
 * const services = [createAgeKeyService([new Secret(identity)])];
 * const encrypted = await encryptDocument("password: hunter2\n", "yaml", {
 *   keyGroups: [[{ type: "age", recipient, enc: "" }]],
 *   services,
 *   now: new Date(),
 * });
 * await decryptDocument(encrypted, "yaml", { services }); // the bytes of "password: hunter2\n"
 * ```
 * @packageDocumentation
 */
export { isEncryptedValue } from "./cipher.ts";
export { type CreationRule, findCreationRule, findStoreIndent } from "./creation-rules.ts";
export { type DecryptionKeys, readDecryptionSecret } from "./decryption-secret.ts";
export {
  decryptDocument,
  encryptDocument,
  type EncryptDocumentOptions,
  encryptPlain,
  formatPlain,
  type Input,
  isEncryptedDocument,
  type OpenDocument,
  openDocument,
  type OpenOptions,
  parsePlain,
  readDocumentMetadata,
  rotateDocument,
  sealDocument,
  type SealOptions,
  updateKeys,
} from "./document.ts";
export { SopsError, type SopsErrorCode } from "./errors.ts";
export { ageRecipientOf, createAgeKeyService, generateAgeIdentity } from "./keys/age/age.ts";
export { parseAgeIdentities } from "./keys/age/identities.ts";
export { defaultDecryptionOrder, type LockOptions, unlockDataKey, type UnlockOptions } from "./keys/data-key.ts";
export type { AwsCredentials } from "./keys/cloud/aws-signature.ts";
export { type AwsKmsOptions, createAwsKmsKeyService } from "./keys/cloud/aws-kms.ts";
export {
  type AzureClientSecret,
  azureClientSecretToken,
  type AzureKeyVaultOptions,
  createAzureKeyVaultKeyService,
  currentAzureKeyVersion,
} from "./keys/cloud/azure-key-vault.ts";
export { createGcpKmsKeyService, type GcpKmsOptions, gcpServiceAccountToken } from "./keys/cloud/gcp-kms.ts";
export type { Fetch, HttpRequest, Now } from "./keys/cloud/http.ts";
export { createVaultTransitKeyService, parseVaultUri, type VaultTransitOptions } from "./keys/cloud/vault-transit.ts";
export { parseKeys, type WrittenKeys } from "./keys/parse-keys.ts";
export { createPgpKeyService, type PgpEngine } from "./keys/pgp.ts";
export { type KeyService, keyServiceFor, type SingleKeyService } from "./keys/key-service.ts";
export {
  type AgeKey,
  type AwsKmsKey,
  type AzureKeyVaultKey,
  type GcpKmsKey,
  type HuaweiKmsKey,
  isSameKey,
  type KeyGroup,
  type MasterKey,
  type MasterKeyType,
  nameOf,
  type PgpKey,
  type VaultTransitKey,
} from "./keys/master-key.ts";
export type { Metadata } from "./metadata/metadata.ts";
export { decryptObject, isEncryptedObject, macOf } from "./object.ts";
export { type DataKey, Secret } from "./secret.ts";
export { findSelection, type Selection, selectionFields } from "./selection.ts";
export type { Format, StoreOptions } from "./stores/store.ts";
export { formatForPath, looksEncrypted } from "./stores/stores.ts";
export { type Branch, findValue, isBranch, isComment, isList, type Value } from "./tree/tree.ts";
export { getAt, parseJsonValue, parseValuePath, removeAt, setAt, type ValuePath } from "./tree/value-path.ts";
