import { createPrivateKey, type KeyObject } from "node:crypto";
import { FunctionError } from "../errors.ts";
import { messageOf } from "@sluice/errors";

/** Kinds of keys that can be generated. */
export type KeyKind = "rsa-2048" | "rsa-4096" | "ecdsa" | "ed25519";

export function encodePem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString("base64")
    .replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

interface PemBlock {
  readonly label: string;
  readonly bytes: Buffer;
}

export function decodePem(text: string): PemBlock | undefined {
  const match = /-----BEGIN ([^-\n]+)-----\n([A-Za-z0-9+/=\n\r]*)-----END \1-----/.exec(text);
  if (match === null) return undefined;
  return { label: match[1] ?? "", bytes: Buffer.from(match[2] ?? "", "base64") };
}

/** A key as Go's functions write it: each kind in its traditional form. */
export function privateKeyPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return encodePem("RSA PRIVATE KEY", key.export({ type: "pkcs1", format: "der" }));
    case "ec":
      return encodePem("EC PRIVATE KEY", key.export({ type: "sec1", format: "der" }));
    default:
      return encodePem("PRIVATE KEY", key.export({ type: "pkcs8", format: "der" }));
  }
}

/** Reads a private key. Throws `FunctionError`. */
export function parsePrivateKey(text: string): KeyObject {
  const block = decodePem(text);
  if (block === undefined) throw new FunctionError("no PEM data in input");
  const { label, bytes } = block;
  if (label !== "PRIVATE KEY" && !label.endsWith(" PRIVATE KEY"))
    throw new FunctionError(`no private key data in PEM block of type ${label}`);
  const types: Readonly<Record<string, "pkcs8" | "pkcs1" | "sec1">> = {
    "PRIVATE KEY": "pkcs8",
    "RSA PRIVATE KEY": "pkcs1",
    "EC PRIVATE KEY": "sec1",
  };
  const type = types[label];
  if (type === undefined) throw new FunctionError(`invalid private key type ${label.slice(0, -" PRIVATE KEY".length)}`);
  try {
    return createPrivateKey({ key: bytes, format: "der", type });
  } catch (error) {
    throw new FunctionError(`parsing private key from PEM: ${messageOf(error)}`, { cause: error });
  }
}
