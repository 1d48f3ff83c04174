import { NonceMemory } from "./cipher.ts";
import { formatTime } from "./clock-time.ts";
import { decryptDocuments, encryptDocuments, sealMac, verifyMac } from "./crypt.ts";
import { SopsError } from "./errors.ts";
import { createDataKey, lockDataKey, type LockOptions, unlockDataKey, type UnlockOptions } from "./keys/data-key.ts";
import type { KeyGroup } from "./keys/master-key.ts";
import { embedMetadata, extractMetadata, hasMetadata } from "./metadata/embed.ts";
import { formatVersion, type Metadata } from "./metadata/metadata.ts";
import type { Random } from "./random.ts";
import type { DataKey } from "./secret.ts";
import { defaultSelection, type Selection } from "./selection.ts";
import type { Format, StoreOptions } from "./stores/store.ts";
import { stores } from "./stores/stores.ts";
import { encodeText } from "./tree/text.ts";
import type { Branch } from "./tree/tree.ts";

/** Text, or bytes for what may not be text. */
export type Input = string | Uint8Array;

/** A document that was decrypted, with what is needed to encrypt it again. It holds plain text: keep it in memory. */
export interface OpenDocument {
  readonly format: Format;
  readonly documents: readonly Branch[];
  readonly metadata: Metadata;
  readonly dataKey: DataKey;
  /** Lets unchanged values keep their ciphertext. */
  readonly memory: NonceMemory;
}

export interface OpenOptions extends UnlockOptions {
  /**
   * `verify` (default) refuses a document that was changed after encryption. `ignore` still authenticates each encrypted
   * value at its place, but plain values, and values that were taken away, go unnoticed.
   */
  readonly mac?: "verify" | "ignore" | undefined;
}

export interface SealOptions extends StoreOptions {
  /** The time that the document says it was changed at. */
  readonly now: Date;
  readonly random?: Random | undefined;
}

export interface EncryptDocumentOptions extends LockOptions, SealOptions {
  /** One group, or several among which the data key is split. */
  readonly keyGroups: readonly KeyGroup[];
  /** How many groups are needed to decrypt; 0 or absent for all. */
  readonly shamirThreshold?: number | undefined;
  /** Which values are encrypted; by default all but those below a key that ends with `_unencrypted`. */
  readonly selection?: Selection | undefined;
  readonly macOnlyEncrypted?: boolean | undefined;
}

/** Reads plain documents. @throws SopsError `Malformed`, `Unsupported` */
export function parsePlain(input: Input, format: Format): Branch[] {
  return stores[format].parse(toBytes(input));
}

/** Writes plain documents, in the format they came in or another. @throws SopsError `Unsupported` */
export function formatPlain(documents: readonly Branch[], format: Format, options: StoreOptions = {}): Uint8Array {
  return stores[format].format(documents, options);
}

/** Whether a document carries SOPS metadata. @throws SopsError `Malformed`, `Unsupported` */
export function isEncryptedDocument(input: Input, format: Format): boolean {
  const store = stores[format];
  if (store.singleValue) {
    // Anything may be a plain binary document, also what is no JSON.
    try {
      return store.parseEncrypted(toBytes(input)).some((document) => hasMetadata(document, store.layout));
    } catch (error) {
      if (error instanceof SopsError) return false;
      throw error;
    }
  }
  return store.parseEncrypted(toBytes(input)).some((document) => hasMetadata(document, store.layout));
}

/** Reads the metadata without decrypting anything. @throws SopsError `NotEncrypted`, `InvalidMetadata` */
export function readDocumentMetadata(input: Input, format: Format): Metadata {
  const store = stores[format];
  return extractMetadata(store.parseEncrypted(toBytes(input)), store.layout).metadata;
}

/** Decrypts a document into memory. @throws SopsError of most codes, see there. */
export async function openDocument(input: Input, format: Format, options: OpenOptions): Promise<OpenDocument> {
  const store = stores[format];
  const { documents, metadata } = extractMetadata(store.parseEncrypted(toBytes(input)), store.layout);
  const dataKey = await unlockDataKey(metadata.keyGroups, metadata.shamirThreshold, options);
  const memory = new NonceMemory();
  const { documents: plain, mac } = decryptDocuments(documents, metadata, dataKey, memory);
  if (options.mac !== "ignore") verifyMac(mac, metadata.mac, dataKey, metadata.lastModified);
  return { format, documents: plain, metadata, dataKey, memory };
}

/** Encrypts an open document, or what has become of it. @throws SopsError `ReservedKey`, `InvalidRule` */
export function sealDocument(open: OpenDocument, options: SealOptions): Uint8Array {
  const { format, dataKey, memory } = open;
  const store = stores[format];
  refuseMetadata(open.documents, format);
  const cipherOptions = { memory, random: options.random };
  const { documents, mac } = encryptDocuments(open.documents, open.metadata, dataKey, cipherOptions);
  const lastModified = formatTime(options.now);
  const sealedMac = sealMac(mac, dataKey, lastModified, { random: options.random });
  const metadata = { ...open.metadata, lastModified, mac: sealedMac, version: formatVersion };
  return store.formatEncrypted(embedMetadata(documents, metadata, store.layout), options);
}

/**
 * Decrypts a document. Both formats of a pair can be chosen, as with `sops --output-type`.
 * @throws SopsError
 */
export async function decryptDocument(
  input: Input,
  format: Format,
  options: OpenOptions & StoreOptions & { readonly outputFormat?: Format | undefined },
): Promise<Uint8Array> {
  const { documents } = await openDocument(input, format, options);
  return formatPlain(documents, options.outputFormat ?? format, options);
}

/** Encrypts a plain document with a new data key. @throws SopsError `AlreadyEncrypted`, `InvalidRule`, … */
export async function encryptDocument(
  input: Input,
  format: Format,
  options: EncryptDocumentOptions & { readonly outputFormat?: Format | undefined },
): Promise<Uint8Array> {
  return encryptPlain(parsePlain(input, format), options.outputFormat ?? format, options);
}

/** Encrypts documents that were already read. @throws SopsError */
export async function encryptPlain(
  documents: readonly Branch[],
  format: Format,
  options: EncryptDocumentOptions,
): Promise<Uint8Array> {
  const { singleValue } = stores[format];
  refuseMetadata(documents, format);
  const dataKey = createDataKey(options.random);
  const shamirThreshold = thresholdFor(options.keyGroups, options.shamirThreshold);
  const metadata: Metadata = {
    keyGroups: await lockDataKey(dataKey, options.keyGroups, shamirThreshold, options),
    shamirThreshold,
    lastModified: formatTime(options.now),
    mac: "",
    selection: singleValue ? undefined : (options.selection ?? defaultSelection),
    macOnlyEncrypted: options.macOnlyEncrypted ?? false,
    version: formatVersion,
  };
  return sealDocument({ format, documents, metadata, dataKey, memory: new NonceMemory() }, options);
}

/**
 * Encrypts an open document with a new data key and perhaps other master keys; every value gets a new ciphertext.
 * @throws SopsError
 */
export async function rotateDocument(
  open: OpenDocument,
  options: LockOptions & SealOptions & { readonly keyGroups?: readonly KeyGroup[] | undefined },
): Promise<Uint8Array> {
  const groups = options.keyGroups ?? open.metadata.keyGroups;
  const dataKey = createDataKey(options.random);
  const shamirThreshold = thresholdFor(groups, open.metadata.shamirThreshold);
  const keyGroups = await lockDataKey(dataKey, groups, shamirThreshold, options);
  const metadata = { ...open.metadata, keyGroups, shamirThreshold };
  return sealDocument({ ...open, metadata, dataKey, memory: new NonceMemory() }, options);
}

/**
 * Gives the data key of a document to other master keys. Values, MAC and time of change stay as they are, so whoever
 * knew the data key still does: see {@link rotateDocument}.
 * @throws SopsError
 */
export async function updateKeys(
  input: Input,
  format: Format,
  options: UnlockOptions &
    LockOptions &
    StoreOptions & { readonly keyGroups: readonly KeyGroup[]; readonly shamirThreshold?: number | undefined },
): Promise<Uint8Array> {
  const store = stores[format];
  const { documents, metadata } = extractMetadata(store.parseEncrypted(toBytes(input)), store.layout);
  const dataKey = await unlockDataKey(metadata.keyGroups, metadata.shamirThreshold, options);
  const shamirThreshold = thresholdFor(options.keyGroups, options.shamirThreshold);
  const keyGroups = await lockDataKey(dataKey, options.keyGroups, shamirThreshold, options);
  return store.formatEncrypted(
    embedMetadata(documents, { ...metadata, keyGroups, shamirThreshold }, store.layout),
    options,
  );
}

/** Without several groups there is nothing to share. */
function thresholdFor(groups: readonly KeyGroup[], wanted = 0): number {
  if (groups.length < 2) return 0;
  return wanted === 0 ? groups.length : wanted;
}

function refuseMetadata(documents: readonly Branch[], format: Format): void {
  const { layout, singleValue } = stores[format];
  if (!singleValue && documents.some((document) => hasMetadata(document, layout))) {
    const name = layout === "prefixed" ? 'keys that begin with "sops_"' : 'the key "sops"';
    throw new SopsError("AlreadyEncrypted", `the document has ${name}: it is already encrypted, or cannot be`);
  }
}

function toBytes(input: Input): Uint8Array {
  return typeof input === "string" ? encodeText(input) : input;
}
