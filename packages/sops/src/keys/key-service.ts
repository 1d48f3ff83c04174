import { messageOf } from "@sluice/errors";
import { SopsError } from "../errors.ts";
import type { MasterKey, MasterKeyType } from "./master-key.ts";

/**
 * Whoever can use master keys of some types: identities in memory, a cloud's API, a `gpg` that the caller runs.
 *
 * Failures are {@link SopsError}s whose messages can be shown; everything else that is thrown is taken for a failure
 * of the service, except when `signal` is aborted.
 */
export interface KeyService {
  readonly types: readonly MasterKeyType[];
  /** Decrypts `key.enc`. */
  decrypt(key: MasterKey, signal?: AbortSignal): Promise<Uint8Array>;
  /** Encrypts a data key or share; the result becomes `enc`. */
  encrypt(key: MasterKey, plain: Uint8Array, signal?: AbortSignal): Promise<string>;
}

/** What a service of one type has to do; {@link keyServiceFor} makes a service of it. */
export interface SingleKeyService<Type extends MasterKeyType> {
  decrypt(key: Extract<MasterKey, { type: Type }>, signal?: AbortSignal): Promise<Uint8Array>;
  encrypt(key: Extract<MasterKey, { type: Type }>, plain: Uint8Array, signal?: AbortSignal): Promise<string>;
}

/** Makes a service for one type of key from functions that know that type only. */
export function keyServiceFor<Type extends MasterKeyType>(type: Type, service: SingleKeyService<Type>): KeyService {
  const isOfType = (key: MasterKey): key is Extract<MasterKey, { type: Type }> => key.type === type;
  return {
    types: [type],
    decrypt(key, signal) {
      if (!isOfType(key)) throw new TypeError(`a service for ${type} was given a key of ${key.type}`);
      return service.decrypt(key, signal);
    },
    encrypt(key, plain, signal) {
      if (!isOfType(key)) throw new TypeError(`a service for ${type} was given a key of ${key.type}`);
      return service.encrypt(key, plain, signal);
    },
  };
}

/** Turns anything that a service threw into an error with a code. */
export function serviceFailure(thrown: unknown): SopsError {
  if (thrown instanceof SopsError) return thrown;
  return new SopsError("KeyServiceFailed", messageOf(thrown), { cause: thrown });
}
