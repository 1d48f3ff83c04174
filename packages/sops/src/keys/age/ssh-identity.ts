import { constants, createPrivateKey, type KeyObject, privateDecrypt } from "node:crypto";
import type { Identity, Stanza } from "age-encryption";
import { SopsError } from "../../errors.ts";
import { toMontgomery, toScalar, x25519 } from "./curve25519.ts";
import { integerField, SshReader, writeFields } from "./ssh-wire.ts";
import { ed25519WrappingKey, fingerprintOf, openFileKey, rsaLabel } from "./ssh-stanza.ts";

/** Reads an SSH private key in OpenSSH's, PKCS #1 or PKCS #8 PEM. @throws SopsError `PassphraseProtected`, `InvalidKey` */
export function parseSshIdentity(pem: string): Identity {
  try {
    const match = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(pem);
    if (match?.[1] !== undefined) return parseOpenSsh(Buffer.from(match[1], "base64"));
    if (/ENCRYPTED/.test(pem)) throw passphraseProtected();
    return fromKeyObject(createPrivateKey(pem));
  } catch (error) {
    if (error instanceof SopsError) throw error;
    throw new SopsError("InvalidKey", "not a valid SSH private key; Ed25519 and RSA can be used");
  }
}

function parseOpenSsh(bytes: Uint8Array): Identity {
  const magic = "openssh-key-v1\0";
  if (Buffer.from(bytes.subarray(0, magic.length)).toString("latin1") !== magic) throw new RangeError("not OpenSSH");
  const outer = new SshReader(bytes.subarray(magic.length));
  if (outer.readText() !== "none") throw passphraseProtected();
  outer.readBytes();
  outer.readBytes();
  if (outer.readUint32() !== 1) throw new RangeError("more than one key");
  outer.readBytes();
  const reader = new SshReader(outer.readBytes());
  if (reader.readUint32() !== reader.readUint32()) throw new RangeError("damaged");
  const type = reader.readText();
  if (type === "ssh-ed25519") {
    const publicKey = reader.readBytes();
    return ed25519Identity(reader.readBytes().subarray(0, 32), publicKey);
  }
  if (type !== "ssh-rsa") throw new RangeError("other type");
  const [n, e, d, inverse, p, q] = Array.from({ length: 6 }, () => reader.readInteger());
  return fromKeyObject(rsaKey({ n, e, d, inverse, p, q }));
}

type Integers = Record<"n" | "e" | "d" | "inverse" | "p" | "q", Uint8Array | undefined>;

/** OpenSSH leaves out the two exponents that follow from the others. */
function rsaKey({ n, e, d, inverse, p, q }: Integers): KeyObject {
  const reduced = (prime: Uint8Array | undefined): Uint8Array => {
    const text = (toBigInt(d) % (toBigInt(prime) - 1n)).toString(16);
    return Buffer.from(text.padStart(text.length + (text.length % 2), "0"), "hex");
  };
  const values = { n, e, d, p, q, dp: reduced(p), dq: reduced(q), qi: inverse };
  const key: Record<string, string> = { kty: "RSA" };
  for (const [name, value] of Object.entries(values)) key[name] = encodeUrl(value ?? new Uint8Array());
  return createPrivateKey({ key, format: "jwk" });
}

function fromKeyObject(key: KeyObject): Identity {
  const jwk = key.export({ format: "jwk" });
  const bytes = (value: string | undefined): Uint8Array => Buffer.from(value ?? "", "base64url");
  if (key.asymmetricKeyType === "ed25519") return ed25519Identity(bytes(jwk.d), bytes(jwk.x));
  if (key.asymmetricKeyType !== "rsa") throw new RangeError("other type");
  const sshKey = writeFields(["ssh-rsa", integerField(bytes(jwk.e)), integerField(bytes(jwk.n))]);
  return rsaIdentity(key, sshKey);
}

function ed25519Identity(seed: Uint8Array, publicKey: Uint8Array): Identity {
  const sshKey = writeFields(["ssh-ed25519", publicKey]);
  const scalar = toScalar(seed);
  const theirPoint = toMontgomery(publicKey);
  return {
    unwrapFileKey: (stanzas) =>
      firstOf(stanzas, "ssh-ed25519", sshKey, ({ args, body }) => {
        const share = Buffer.from(args[2] ?? "", "base64");
        if (args.length !== 3 || share.length !== 32) return undefined;
        const key = ed25519WrappingKey({ secret: x25519(scalar, share), sshKey, share, theirPoint });
        return openFileKey(key, body);
      }),
  };
}

function rsaIdentity(key: KeyObject, sshKey: Uint8Array): Identity {
  return {
    unwrapFileKey: (stanzas) =>
      firstOf(stanzas, "ssh-rsa", sshKey, ({ body }) => {
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        try {
          return privateDecrypt({ key, padding, oaepHash: "sha256", oaepLabel: Buffer.from(rsaLabel) }, body);
        } catch {
          // The fingerprint is short: the stanza may be for another key.
          return undefined;
        }
      }),
  };
}

function firstOf(
  stanzas: readonly Stanza[],
  type: string,
  sshKey: Uint8Array,
  open: (stanza: Stanza) => Uint8Array | undefined,
): Uint8Array | null {
  const fingerprint = fingerprintOf(sshKey);
  for (const stanza of stanzas) {
    if (stanza.args[0] !== type || stanza.args[1] !== fingerprint) continue;
    const fileKey = open(stanza);
    if (fileKey !== undefined) return fileKey;
  }
  return null;
}

function passphraseProtected(): SopsError {
  return new SopsError("PassphraseProtected", "the SSH key is protected by a passphrase; only plain keys can be used");
}

function toBigInt(bytes: Uint8Array | undefined): bigint {
  return BigInt(`0x${Buffer.from(bytes ?? new Uint8Array()).toString("hex") || "0"}`);
}

function encodeUrl(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
