import { SopsError } from "../errors.ts";
import { type Random, systemRandom } from "../random.ts";
import { type DataKey, Secret } from "../secret.ts";
import { type KeyService, serviceFailure } from "./key-service.ts";
import { type KeyGroup, type MasterKey, type MasterKeyType, nameOf } from "./master-key.ts";
import { combineShares, splitSecret } from "./shamir.ts";

const DATA_KEY_SIZE = 32;

/** What is local and cheap comes first; the other types keep the order they have in the document. */
export const defaultDecryptionOrder: readonly MasterKeyType[] = ["age", "pgp"];

export interface UnlockOptions {
  readonly services: readonly KeyService[];
  readonly decryptionOrder?: readonly MasterKeyType[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LockOptions {
  readonly services: readonly KeyService[];
  readonly random?: Random | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function createDataKey(random: Random = systemRandom): DataKey {
  return new Secret(random(DATA_KEY_SIZE));
}

/**
 * Recovers the data key with whatever the services can use: one key of the only group, or one of each of as many
 * groups as the threshold says.
 * @throws SopsError `DataKeyUnavailable` naming every key that was tried, and why it did not work.
 */
export async function unlockDataKey(
  groups: readonly KeyGroup[],
  shamirThreshold: number,
  options: UnlockOptions,
): Promise<DataKey> {
  const needed = groups.length === 1 ? 1 : shamirThreshold === 0 ? groups.length : shamirThreshold;
  const shares: Uint8Array[] = [];
  const failures: string[] = [];
  for (const group of groups) {
    if (shares.length === needed) break;
    const share = await unlockGroup(group, options, failures);
    if (share !== undefined) shares.push(share);
  }
  if (shares.length < needed) {
    const what =
      groups.length === 1
        ? "no key can decrypt the data key"
        : `${shares.length} of ${needed} needed key groups can be used`;
    throw new SopsError("DataKeyUnavailable", `${what}: ${failures.join("; ")}`);
  }
  const key = groups.length === 1 ? shares[0] : combineShares(shares);
  if (key?.length !== DATA_KEY_SIZE) {
    throw new SopsError("InvalidMetadata", `the data key has ${key?.length ?? 0} bytes instead of ${DATA_KEY_SIZE}`);
  }
  return new Secret(key);
}

async function unlockGroup(
  group: KeyGroup,
  options: UnlockOptions,
  failures: string[],
): Promise<Uint8Array | undefined> {
  const order = options.decryptionOrder ?? defaultDecryptionOrder;
  const rank = (key: MasterKey): number => {
    const at = order.indexOf(key.type);
    return at === -1 ? order.length : at;
  };
  for (const key of group.toSorted((left, right) => rank(left) - rank(right))) {
    const services = options.services.filter((service) => service.types.includes(key.type));
    if (services.length === 0) failures.push(`${nameOf(key)}: nothing here can use keys of the type ${key.type}`);
    for (const service of services) {
      try {
        return await service.decrypt(key, options.signal);
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.push(`${nameOf(key)}: ${serviceFailure(error).message}`);
      }
    }
  }
  return undefined;
}

/**
 * Encrypts a data key with all keys of all groups, split among them where there are several.
 * @throws SopsError `InvalidRule` for groups that cannot be, `KeyServiceFailed` naming the first key that cannot be used:
 * a document that lacks one of its keys would be noticed only when it is needed.
 */
export async function lockDataKey(
  dataKey: DataKey,
  groups: readonly KeyGroup[],
  shamirThreshold: number,
  options: LockOptions,
): Promise<KeyGroup[]> {
  if (groups.length === 0 || groups.some((group) => group.length === 0)) {
    throw new SopsError("InvalidRule", "there is no key to encrypt the data key with");
  }
  const shares =
    groups.length === 1
      ? [dataKey.reveal()]
      : splitSecret(dataKey.reveal(), {
          shares: groups.length,
          threshold: shamirThreshold === 0 ? groups.length : shamirThreshold,
          random: options.random,
        });
  return Promise.all(
    groups.map((group, index) =>
      Promise.all(group.map((key) => lockShare(key, shares[index] ?? new Uint8Array(), options))),
    ),
  );
}

async function lockShare(key: MasterKey, share: Uint8Array, options: LockOptions): Promise<MasterKey> {
  const failures: SopsError[] = [];
  for (const service of options.services.filter(({ types }) => types.includes(key.type))) {
    try {
      return { ...key, enc: await service.encrypt(key, share, options.signal) };
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(serviceFailure(error));
    }
  }
  const [first] = failures;
  if (first === undefined) {
    throw new SopsError("KeyServiceFailed", `${nameOf(key)}: nothing here can use keys of the type ${key.type}`);
  }
  throw new SopsError(first.code, `${nameOf(key)}: ${first.message}`, { cause: first });
}
