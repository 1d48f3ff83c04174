import { createCipheriv, createDecipheriv } from "node:crypto";
import { SopsError } from "./errors.ts";
import { type Random, systemRandom } from "./random.ts";
import type { DataKey } from "./secret.ts";
import { leafBytes } from "./tree/leaf-bytes.ts";
import { decodeBase64, encodeBase64, tryDecodeText } from "./tree/text.ts";
import { type Comment, comment, isComment, type Leaf } from "./tree/tree.ts";

type Plain = Exclude<Leaf, null> | Comment;

const NONCE_SIZE = 32;
const TAG_SIZE = 16;
const shape = /^ENC\[AES256_GCM,data:([^,\]]+),iv:([^,\]]+),tag:([^,\]]+),type:([^,\]]+)\]$/;

/**
 * The nonces of decrypted values, so that a value that comes back unchanged is written with the ciphertext it had and
 * an edit shows up in Git as what it is. Reuse is safe for exactly that case: same key, same place, same plain text.
 */
export class NonceMemory {
  readonly #nonces = new Map<string, Uint8Array>();

  remember(type: string, plain: Uint8Array, aad: string, nonce: Uint8Array): void {
    if (nonce.length === NONCE_SIZE) this.#nonces.set(memoryKey(type, plain, aad), nonce);
  }

  recall(type: string, plain: Uint8Array, aad: string): Uint8Array | undefined {
    return this.#nonces.get(memoryKey(type, plain, aad));
  }
}

export interface EncryptOptions {
  readonly memory?: NonceMemory | undefined;
  readonly random?: Random | undefined;
}

/** Whether a text looks like an encrypted value. */
export function isEncryptedValue(text: string): boolean {
  return text.startsWith("ENC[AES256_GCM,") && text.endsWith("]");
}

/**
 * Encrypts one value as `ENC[AES256_GCM,…]`. What is empty stays empty: its length could not be hidden anyway.
 * @param aad Binds the value to its place: the path, each key followed by a colon.
 */
export function encryptValue(plain: Plain, key: DataKey, aad: string, options: EncryptOptions = {}): string {
  const bytes = isComment(plain) ? leafBytes(plain.text) : leafBytes(plain);
  if (bytes.length === 0) return "";
  const type = typeName(plain);
  const nonce = options.memory?.recall(type, bytes, aad) ?? (options.random ?? systemRandom)(NONCE_SIZE);
  const cipher = createCipheriv("aes-256-gcm", key.reveal(), nonce, { authTagLength: TAG_SIZE });
  cipher.setAAD(Buffer.from(aad));
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const fields = [sealed, nonce, cipher.getAuthTag()].map(encodeBase64);
  return `ENC[AES256_GCM,data:${fields[0]},iv:${fields[1]},tag:${fields[2]},type:${type}]`;
}

/**
 * Decrypts one value; an empty text is itself.
 * @throws SopsError `ValueNotEncrypted` for any other text, `DecryptionFailed` when it was not encrypted with this key
 * for this place.
 */
export function decryptValue(text: string, key: DataKey, aad: string, memory?: NonceMemory): Plain {
  if (text === "") return "";
  const at = placeName(aad);
  const [data, nonce, tag, type] = parseEncrypted(text, at);
  let plain: Uint8Array;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.reveal(), nonce, { authTagLength: TAG_SIZE });
    decipher.setAAD(Buffer.from(aad));
    decipher.setAuthTag(tag);
    plain = Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    throw new SopsError(
      "DecryptionFailed",
      `${at}: value was changed or moved after encryption, or belongs to another data key`,
    );
  }
  memory?.remember(type, plain, aad, nonce);
  return toPlain(plain, type, at);
}

function parseEncrypted(
  text: string,
  at: string,
): [data: Uint8Array, nonce: Uint8Array, tag: Uint8Array, type: string] {
  const match = shape.exec(text);
  if (match === null) {
    throw new SopsError("ValueNotEncrypted", `${at}: expected an encrypted value, found something else`);
  }
  const [data, nonce, tag] = match.slice(1, 4).map(decodeBase64);
  // OpenSSL would accept a tag cut to four bytes, which can be guessed.
  if (data === undefined || nonce === undefined || tag?.length !== TAG_SIZE) {
    throw new SopsError("ValueNotEncrypted", `${at}: the encrypted value is damaged`);
  }
  return [data, nonce, tag, match[4] ?? ""];
}

function toPlain(bytes: Uint8Array, type: string, at: string): Plain {
  const text = tryDecodeText(bytes);
  if (type === "str" || type === "bytes") return text ?? bytes;
  if (text !== undefined) {
    if (type === "comment") return comment(text);
    if (type === "int" && /^[+-]?\d+$/.test(text)) return BigInt(text);
    if (type === "float") {
      const value = parseFloatText(text);
      if (value !== undefined) return value;
    }
    if (type === "bool" && /^(?:True|true|TRUE|1|t|T)$/.test(text)) return true;
    if (type === "bool" && /^(?:False|false|FALSE|0|f|F)$/.test(text)) return false;
    if (type === "time" && /^\d{4,}-\d\d-\d\dT/.test(text)) return { kind: "time", text };
  }
  throw new SopsError("Unsupported", `${at}: the value is not of the type that is written beside it`);
}

function parseFloatText(text: string): number | undefined {
  if (text === "NaN") return Number.NaN;
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function typeName(plain: Plain): string {
  if (typeof plain === "string" || plain instanceof Uint8Array) return "str";
  if (typeof plain === "bigint") return "int";
  if (typeof plain === "number") return "float";
  return typeof plain === "boolean" ? "bool" : plain.kind;
}

/** `a:b:` as a person writes it: `a.b`. */
function placeName(aad: string): string {
  const path = aad.replace(/:$/, "");
  return path === "" ? "document" : path.replaceAll(":", ".");
}

function memoryKey(type: string, plain: Uint8Array, aad: string): string {
  return `${type}\0${encodeBase64(plain)}\0${aad}`;
}
