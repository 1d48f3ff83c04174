import { createHash, timingSafeEqual } from "node:crypto";
import { decryptValue, encryptValue, type EncryptOptions, type NonceMemory } from "./cipher.ts";
import { SopsError } from "./errors.ts";
import type { Metadata } from "./metadata/metadata.ts";
import type { DataKey } from "./secret.ts";
import { compileSelection, type Selector } from "./selection.ts";
import { leafBytes } from "./tree/leaf-bytes.ts";
import { type Branch, type Comment, isComment, type Leaf } from "./tree/tree.ts";
import { walk } from "./tree/walk.ts";

/** What of the metadata decides how values are treated. */
export type Rules = Pick<Metadata, "selection" | "macOnlyEncrypted">;

// A MAC over encrypted values only must never equal one over all values; this is the SHA-256 of "sops".
const onlyEncryptedStart = createHash("sha256").update("sops").digest();

/** Gathers values into the MAC: SHA-512 over their bytes, in order, without what stands between them. */
class MacBuilder {
  readonly #hash = createHash("sha512");
  readonly #onlyEncrypted: boolean;

  constructor(onlyEncrypted: boolean) {
    this.#onlyEncrypted = onlyEncrypted;
    if (onlyEncrypted) this.#hash.update(onlyEncryptedStart);
  }

  add(leaf: Exclude<Leaf, null>, isEncrypted: boolean): void {
    if (isEncrypted || !this.#onlyEncrypted) this.#hash.update(leafBytes(leaf));
  }

  finish(): string {
    return this.#hash.digest("hex").toUpperCase();
  }
}

export interface Crypted {
  readonly documents: Branch[];
  /** Over the plain values. Close to being a hash of secrets: not for logs. */
  readonly mac: string;
}

/** Encrypts the values and comments that the rules select. @throws SopsError `InvalidRule` */
export function encryptDocuments(
  documents: readonly Branch[],
  rules: Rules,
  key: DataKey,
  options: EncryptOptions = {},
): Crypted {
  const isSelected = selectorOf(rules);
  const mac = new MacBuilder(rules.macOnlyEncrypted);
  const encrypted = documents.map((document) =>
    walk(document, (leaf, place) => {
      const isToEncrypt = isSelected(place, isComment(leaf));
      if (!isComment(leaf)) mac.add(leaf, isToEncrypt);
      if (!isToEncrypt) return leaf;
      const text = encryptValue(leaf, key, aadOf(place.path), options);
      // Once written it would say about itself that it is not encrypted.
      if (isComment(leaf) && !isSelected({ ...place, comments: [...place.comments, [text]] }, false)) {
        throw new SopsError("InvalidRule", "the comment's regular expression also matches encrypted comments");
      }
      return text;
    }),
  );
  return { documents: encrypted, mac: mac.finish() };
}

/**
 * Decrypts what {@link encryptDocuments} encrypted. Comments that cannot be decrypted are kept: old versions did not
 * encrypt them.
 * @throws SopsError `ValueNotEncrypted` where the rules demand an encrypted value, `DecryptionFailed`
 */
export function decryptDocuments(
  documents: readonly Branch[],
  rules: Rules,
  key: DataKey,
  memory?: NonceMemory,
): Crypted {
  const isSelected = selectorOf(rules);
  const mac = new MacBuilder(rules.macOnlyEncrypted);
  const decrypted = documents.map((document) =>
    walk(document, (leaf, place) => {
      const isEncrypted = isSelected(place, isComment(leaf));
      const aad = aadOf(place.path);
      if (isComment(leaf)) return isEncrypted ? (decryptComment(leaf.text, key, aad, memory) ?? leaf) : leaf;
      if (isEncrypted && typeof leaf !== "string") {
        throw new SopsError("ValueNotEncrypted", `${place.path.join(".")}: expected an encrypted value`);
      }
      const plain = isEncrypted && typeof leaf === "string" ? decryptValue(leaf, key, aad, memory) : leaf;
      if (!isComment(plain)) mac.add(plain, isEncrypted);
      return plain;
    }),
  );
  return { documents: decrypted, mac: mac.finish() };
}

/** Encrypts the MAC for the metadata. */
export function sealMac(mac: string, key: DataKey, lastModified: string, options: EncryptOptions = {}): string {
  return encryptValue(mac, key, lastModified, options);
}

/** @throws SopsError `MacMismatch`, which never says what was found and what was expected: both are hashes of secrets. */
export function verifyMac(mac: string, sealed: string, key: DataKey, lastModified: string): void {
  let stored: unknown;
  try {
    stored = decryptValue(sealed, key, lastModified);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError("MacMismatch", "the MAC does not belong to this document's data key and time of change");
  }
  const isEqual = typeof stored === "string" && stored.length === mac.length;
  if (!isEqual || !timingSafeEqual(Buffer.from(stored as string), Buffer.from(mac))) {
    throw new SopsError("MacMismatch", "MAC mismatch: values were added, removed or changed after encryption");
  }
}

/** Only what was a comment may come back as one: the rest would bypass the MAC. */
function decryptComment(text: string, key: DataKey, aad: string, memory?: NonceMemory): Comment | undefined {
  try {
    const plain = decryptValue(text, key, aad, memory);
    return typeof plain === "object" && isComment(plain) ? plain : undefined;
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}

function selectorOf({ selection }: Rules): Selector {
  return selection === undefined ? () => true : compileSelection(selection);
}

/** The path as it is bound to each value. */
function aadOf(path: readonly string[]): string {
  return `${path.join(":")}:`;
}
