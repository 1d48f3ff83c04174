import { createHash, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";

const FIELD = (1n << 255n) - 19n;
const privatePrefix = Buffer.from("302e020100300506032b656e04220420", "hex");
const publicPrefix = Buffer.from("302a300506032b656e032100", "hex");
const basePoint = Uint8Array.from([9, ...new Uint8Array(31)]);

/** Multiplies a point by a scalar on Curve25519. @throws Error where the result is no secret: all zeros. */
export function x25519(scalar: Uint8Array, point: Uint8Array = basePoint): Uint8Array {
  const privateKey = createPrivateKey({ key: Buffer.concat([privatePrefix, scalar]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey({ key: Buffer.concat([publicPrefix, point]), format: "der", type: "spki" });
  return diffieHellman({ privateKey, publicKey });
}

/** The Curve25519 point of an Ed25519 public key: u = (1 + y) / (1 - y). @throws RangeError */
export function toMontgomery(publicKey: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(publicKey);
  if (bytes.length !== 32) throw new RangeError("an Ed25519 key has 32 bytes");
  bytes[31] = (bytes[31] ?? 0) & 0x7f;
  const y = BigInt(`0x${Buffer.from(bytes.toReversed()).toString("hex")}`);
  if (y >= FIELD || y === 1n) throw new RangeError("not a point of the curve");
  const u = ((1n + y) * power(FIELD + 1n - y, FIELD - 2n)) % FIELD;
  return Buffer.from(u.toString(16).padStart(64, "0"), "hex").toReversed();
}

/** The Curve25519 scalar of an Ed25519 seed. */
export function toScalar(seed: Uint8Array): Uint8Array {
  return createHash("sha512").update(seed).digest().subarray(0, 32);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % FIELD, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % FIELD) {
    if ((rest & 1n) === 1n) result = (result * square) % FIELD;
  }
  return result;
}
