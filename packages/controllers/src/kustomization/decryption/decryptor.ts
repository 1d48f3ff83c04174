import { Buffer } from "node:buffer";
import { ManagedKey, type UnstructuredObject } from "@sluice/api";
import type { FileSystem } from "@sluice/kustomize";
import { formatSubject, referenceOf } from "@sluice/kube";
import {
  type Branch,
  decryptObject,
  findValue,
  type Format,
  formatForPath,
  formatPlain,
  isBranch,
  isComment,
  isEncryptedDocument,
  isEncryptedObject,
  isList,
  type KeyService,
  looksEncrypted,
  openDocument,
  parsePlain,
  SopsError,
  type Value,
} from "@sluice/sops";
import { splitDocuments } from "@sluice/yaml";
import { KustomizationError } from "../errors.ts";
import { DecryptedFiles } from "./decrypted-files.ts";
import { referencedFiles } from "./referenced-files.ts";

const MAX_ENCRYPTED_BYTES = 5 * 1024 * 1024;
/** Shorter texts occur everywhere: hiding them would make messages unreadable and hide nothing. */
const MIN_SECRET_LENGTH = 4;
const MASK = "**SOPS**";

/**
 * Decrypts what a build takes in and what it puts out, with one Kustomization's keys, for one build. MACs are verified
 * on the files as they are in Git, before kustomize changes anything; that is why files are decrypted before the build.
 */
export class Decryptor {
  readonly #services: readonly KeyService[];
  readonly #signal: AbortSignal;
  readonly #secrets = new Set<string>();

  constructor(services: readonly KeyService[], signal: AbortSignal) {
    this.#services = services;
    this.#signal = signal;
  }

  /** The files with plain text in place of every encrypted file that the directory's kustomization leads to. */
  async decryptFiles(files: FileSystem, directory: string): Promise<FileSystem> {
    const plain = new Map<string, Uint8Array>();
    for (const { path, format } of referencedFiles(files, directory)) {
      const content = files.readFile(path);
      const text = Buffer.from(content).toString();
      if (!looksEncrypted(text, format)) continue;
      if (content.length > MAX_ENCRYPTED_BYTES) {
        throw new KustomizationError("DecryptionFailed", `${path}: encrypted files may have at most 5 MiB`);
      }
      plain.set(path, await this.#at(path, () => this.#decryptText(text, format)));
    }
    return plain.size === 0 ? files : new DecryptedFiles(files, plain);
  }

  /** An object without encryption: what is left of it after the build, and what stands encoded in a Secret's data. */
  async decryptBuilt(object: UnstructuredObject): Promise<UnstructuredObject> {
    if (object.metadata.annotations?.[ManagedKey.Decrypt]?.toLowerCase() === "disabled") return object;
    return this.#at(formatSubject(referenceOf(object)), async () => {
      const options = { services: this.#services, mac: "verify", signal: this.#signal } as const;
      const plain = isEncryptedObject(object) ? ((await decryptObject(object, options)) as UnstructuredObject) : object;
      if (plain !== object) this.#rememberObject(plain);
      return this.#decryptData(plain);
    });
  }

  /** Takes what was decrypted, as it is and encoded, out of a message. */
  mask(message: string): string {
    let masked = message;
    for (const secret of this.#secrets) {
      masked = masked.replaceAll(secret, MASK).replaceAll(Buffer.from(secret).toString("base64"), MASK);
    }
    return masked;
  }

  /**
   * The same for an error on its way to a condition: API servers quote the values that they refuse. The error itself is
   * changed, for its class and fields decide what happens next.
   */
  maskError(thrown: unknown): void {
    for (let error = thrown; error instanceof Error; error = error.cause) {
      error.message = this.mask(error.message);
      if (error.stack !== undefined) error.stack = this.mask(error.stack);
    }
  }

  async #decryptData(object: UnstructuredObject): Promise<UnstructuredObject> {
    const data = object["data"];
    if (object.kind !== "Secret" || typeof data !== "object" || data === null) return object;
    const decrypted: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(data)) {
      const text = typeof value === "string" ? Buffer.from(value, "base64").toString() : "";
      const format = key.endsWith(".dockerconfigjson") ? "json" : formatForPath(key);
      decrypted[key] = looksEncrypted(text, format)
        ? Buffer.from(await this.#open(text, format)).toString("base64")
        : value;
    }
    return { ...object, data: decrypted };
  }

  /** Files of several manifests may be one document to SOPS, with one MAC, or a mixture of documents of their own. */
  async #decryptText(text: string, format: Format): Promise<Uint8Array> {
    if (format !== "yaml") return this.#open(text, format);
    const documents = parsePlain(text, format);
    if (documents.some(isOptedOut)) return Buffer.from(text);
    const macs = new Set(documents.map(writtenMac));
    if (macs.size === 1) return macs.has(undefined) ? Buffer.from(text) : this.#open(text, format);
    const parts: string[] = [];
    for (const { text: part } of splitDocuments(text)) {
      parts.push(looksEncrypted(part, format) ? Buffer.from(await this.#open(part, format)).toString() : part);
    }
    return Buffer.from(parts.join("\n---\n"));
  }

  async #open(text: string, format: Format): Promise<Uint8Array> {
    if (format !== "binary" && !isEncryptedDocument(text, format)) return Buffer.from(text);
    const { documents } = await openDocument(text, format, { services: this.#services, signal: this.#signal });
    for (const document of documents) this.#rememberDocument(document);
    return formatPlain(documents, format);
  }

  /** What was encrypted is not told apart from what was plain: a message loses little by either. */
  #rememberDocument(document: Branch): void {
    for (const item of document.entries) {
      if (item.kind === "entry" && !isIdentifying(item.key)) this.#remember(item.value);
    }
  }

  #remember(value: Value): void {
    if (isBranch(value)) {
      for (const item of value.entries) if (item.kind === "entry") this.#remember(item.value);
    } else if (isList(value)) {
      for (const item of value.items) if (!isComment(item)) this.#remember(item);
    } else if (typeof value === "string") {
      for (const line of [value, ...value.split("\n")]) if (line.length >= MIN_SECRET_LENGTH) this.#secrets.add(line);
    }
  }

  #rememberObject(object: UnstructuredObject): void {
    const text = JSON.stringify(object, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
    for (const document of parsePlain(text, "json")) this.#rememberDocument(document);
  }

  async #at<T>(place: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (!(cause instanceof SopsError)) throw cause;
      throw new KustomizationError("DecryptionFailed", `${place}: decryption failed: ${cause.message}`, { cause });
    }
  }
}

/** Messages are about these fields of an object; they are not what anybody encrypts. */
function isIdentifying(key: string): boolean {
  return key === "apiVersion" || key === "kind" || key === "metadata" || key === "type";
}

function writtenMac(document: Branch): Value | undefined {
  const sops = findValue(document, "sops");
  return sops !== undefined && isBranch(sops) ? findValue(sops, "mac") : undefined;
}

function isOptedOut(document: Branch): boolean {
  const metadata = findValue(document, "metadata");
  const annotations = metadata !== undefined && isBranch(metadata) ? findValue(metadata, "annotations") : undefined;
  if (annotations === undefined || !isBranch(annotations)) return false;
  const value = findValue(annotations, ManagedKey.Decrypt);
  return typeof value === "string" && value.toLowerCase() === "disabled";
}
