import { type KeyService, keyServiceFor } from "./key-service.ts";

/** What runs OpenPGP for us: this package starts no programs. */
export interface PgpEngine {
  /** Decrypts an armored message with whatever secret keys there are. */
  decrypt(message: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Encrypts for one fingerprint and armors the result. */
  encrypt(plain: Uint8Array, fingerprint: string, signal?: AbortSignal): Promise<string>;
}

/** Uses PGP keys through an engine of the caller, such as `gpg` with a home of its own. */
export function createPgpKeyService(engine: PgpEngine): KeyService {
  return keyServiceFor("pgp", {
    decrypt: ({ enc }, signal) => engine.decrypt(enc, signal),
    encrypt: ({ fingerprint }, plain, signal) => engine.encrypt(plain, fingerprint, signal),
  });
}
