import type { KeyObject } from "node:crypto";
import type { KeyKind } from "../crypto/pem.ts";

/** What functions take from outside: without it they are pure. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Random bytes, for passwords and serial numbers. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** The name of the local time zone. Default `UTC`. */
  readonly timeZone?: string;
  /** Makes private keys. Default Node's generator, the one thing here that brings its own randomness. */
  readonly generateKey?: (kind: KeyKind) => KeyObject;
}
