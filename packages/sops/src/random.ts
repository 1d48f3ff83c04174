import { randomBytes } from "node:crypto";

/** A source of random bytes. */
export type Random = (sizeBytes: number) => Uint8Array;

/** The operating system's generator: the default wherever keys and nonces are made. Tests pass their own. */
export const systemRandom: Random = (sizeBytes) => randomBytes(sizeBytes);
