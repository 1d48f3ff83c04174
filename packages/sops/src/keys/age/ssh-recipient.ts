import { constants, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { type Recipient, Stanza } from "age-encryption";
import { SopsError } from "../../errors.ts";
import { toMontgomery, x25519 } from "./curve25519.ts";
import { SshReader } from "./ssh-wire.ts";
import { ed25519WrappingKey, encodeUnpadded, fingerprintOf, rsaLabel, sealFileKey } from "./ssh-stanza.ts";

const MIN_RSA_BYTES = 256;

/** Reads `ssh-ed25519 AAAA…` or `ssh-rsa AAAA…`. @throws SopsError `InvalidKey` */
export function parseSshRecipient(text: string): Recipient {
  const [type, encoded = ""] = text.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  try {
    const reader = new SshReader(blob);
    if (reader.readText() === type) {
      if (type === "ssh-ed25519") return ed25519Recipient(blob, reader.readBytes());
      if (type === "ssh-rsa") return rsaRecipient(blob, reader.readInteger(), reader.readInteger());
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new SopsError("InvalidKey", "not a valid SSH public key; ssh-ed25519 and ssh-rsa can be used");
}

function ed25519Recipient(sshKey: Uint8Array, publicKey: Uint8Array): Recipient {
  const theirPoint = toMontgomery(publicKey);
  return {
    wrapFileKey(fileKey) {
      const ephemeral = randomBytes(32);
      const share = x25519(ephemeral);
      const key = ed25519WrappingKey({ secret: x25519(ephemeral, theirPoint), sshKey, share, theirPoint });
      const args = ["ssh-ed25519", fingerprintOf(sshKey), encodeUnpadded(share)];
      return [new Stanza(args, sealFileKey(key, fileKey))];
    },
  };
}

function rsaRecipient(sshKey: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Recipient {
  if (modulus.length < MIN_RSA_BYTES) throw new SopsError("InvalidKey", "the RSA key is shorter than 2048 bits");
  const jwk = { kty: "RSA", n: encodeUrl(modulus), e: encodeUrl(exponent) };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return {
    wrapFileKey(fileKey) {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const body = publicEncrypt({ key, padding, oaepHash: "sha256", oaepLabel: Buffer.from(rsaLabel) }, fileKey);
      return [new Stanza(["ssh-rsa", fingerprintOf(sshKey)], body)];
    },
  };
}

function encodeUrl(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
