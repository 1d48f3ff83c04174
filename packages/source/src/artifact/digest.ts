import { createHash, type Hash } from "node:crypto";
import { ArtifactError } from "./errors.ts";

/** How artifacts are identified. BLAKE3, which Flux offers too, is not part of Node's crypto and is refused. */
export type DigestAlgorithm = "sha256" | "sha384" | "sha512";

const hexLengths: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha384: 96, sha512: 128 };

export interface Digest {
  readonly algorithm: DigestAlgorithm;
  readonly hex: string;
}

function isAlgorithm(text: string): text is DigestAlgorithm {
  return Object.hasOwn(hexLengths, text);
}

/** Reads the name of an algorithm. Throws `UnsupportedDigest`. */
export function parseDigestAlgorithm(text: string): DigestAlgorithm {
  if (isAlgorithm(text)) return text;
  const offered = Object.keys(hexLengths).join(", ");
  throw new ArtifactError("UnsupportedDigest", `digest algorithm ${JSON.stringify(text)} is not one of ${offered}`);
}

/** Reads `sha256:<hex>`. Throws `UnsupportedDigest`. */
export function parseDigest(text: string): Digest {
  const colon = text.indexOf(":");
  const algorithm = parseDigestAlgorithm(text.slice(0, Math.max(colon, 0)));
  const hex = text.slice(colon + 1);
  if (!/^[0-9a-f]+$/.test(hex) || hex.length !== hexLengths[algorithm]) {
    throw new ArtifactError("UnsupportedDigest", `digest ${JSON.stringify(text)} is malformed`);
  }
  return { algorithm, hex };
}

export function formatDigest(algorithm: DigestAlgorithm, hash: Hash): string {
  return `${algorithm}:${hash.digest("hex")}`;
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
  return formatDigest(algorithm, createHash(algorithm).update(bytes));
}
