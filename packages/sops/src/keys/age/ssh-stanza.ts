import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { x25519 } from "./curve25519.ts";

/** The labels that keep these uses of the keys apart from all others. */
export const ed25519Label = "age-encryption.org/v1/ssh-ed25519";
export const rsaLabel = "age-encryption.org/v1/ssh-rsa";

const TAG_SIZE = 16;
// Every wrapping key is used once.
const zeroNonce = new Uint8Array(12);

/** The hint in a stanza that tells whose it is: four bytes of the public key's hash. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return encodeUnpadded(createHash("sha256").update(publicKey).digest().subarray(0, 4));
}

/** Both sides know the secret of the exchange; the tweak ties it to the SSH key rather than to its point only. */
export function ed25519WrappingKey(exchange: {
  readonly secret: Uint8Array;
  readonly sshKey: Uint8Array;
  readonly share: Uint8Array;
  readonly theirPoint: Uint8Array;
}): Uint8Array {
  const tweak = derive(new Uint8Array(), exchange.sshKey);
  const secret = x25519(tweak, exchange.secret);
  return derive(secret, Buffer.concat([exchange.share, exchange.theirPoint]));
}

function derive(secret: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, ed25519Label, 32));
}

export function sealFileKey(key: Uint8Array, fileKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv("chacha20-poly1305", key, zeroNonce, { authTagLength: TAG_SIZE });
  return Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

/** `undefined` when it was not sealed with this key. */
export function openFileKey(key: Uint8Array, body: Uint8Array): Uint8Array | undefined {
  if (body.length <= TAG_SIZE) return undefined;
  const decipher = createDecipheriv("chacha20-poly1305", key, zeroNonce, { authTagLength: TAG_SIZE });
  decipher.setAuthTag(body.subarray(-TAG_SIZE));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_SIZE)), decipher.final()]);
  } catch {
    return undefined;
  }
}

export function encodeUnpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
