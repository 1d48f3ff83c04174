import { Buffer } from "node:buffer";
import { formatKey, isNotFound, type Kustomization, type ObjectKey, type UnstructuredObject } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { Clock, Reader } from "@sluice/kube";
import {
  azureClientSecretToken,
  createAgeKeyService,
  createAwsKmsKeyService,
  createAzureKeyVaultKeyService,
  createGcpKmsKeyService,
  createVaultTransitKeyService,
  type DecryptionKeys,
  type Fetch,
  gcpServiceAccountToken,
  type KeyService,
  readDecryptionSecret,
  SopsError,
} from "@sluice/sops";
import { KustomizationError } from "../errors.ts";

export interface DecryptionOptions {
  readonly client: Reader;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where the keys are for who names no Secret; only its age identities are used. */
  readonly sopsAgeSecret?: ObjectKey | undefined;
}

/**
 * What a Kustomization may decrypt with: the keys of the Secret that it names, in its own namespace. `undefined` when it
 * does not ask for decryption. They are read at every attempt, so that a key that is taken away is gone.
 * @throws KustomizationError `DecryptionFailed`
 */
export async function loadDecryptionKeys(
  object: Kustomization,
  options: DecryptionOptions,
): Promise<readonly KeyService[] | undefined> {
  const { decryption } = object.spec;
  if (decryption === undefined) return undefined;
  const own = decryption.secretRef;
  const key =
    own === undefined ? options.sopsAgeSecret : { namespace: object.metadata.namespace ?? "", name: own.name };
  if (key === undefined) return [];
  const at = `decryption secret '${formatKey(key)}'`;
  try {
    const secret = await options.client.get({ group: "", version: "v1", kind: "Secret" }, key, {
      signal: options.signal,
    });
    const keys = readDecryptionSecret(entriesOf(secret));
    if (own === undefined) return [createAgeKeyService(keys.ageIdentities)];
    return servicesOf(keys, options.clock);
  } catch (cause) {
    if (!isNotFound(cause) && !(cause instanceof SopsError)) throw cause;
    throw new KustomizationError("DecryptionFailed", `${at} cannot be used: ${messageOf(cause)}`, { cause });
  }
}

function servicesOf(keys: DecryptionKeys, clock: Clock): KeyService[] {
  const now = (): Date => new Date(clock.now());
  const { aws, azure, gcp, vaultToken } = keys;
  const services = [createAgeKeyService(keys.ageIdentities)];
  if (aws !== undefined) {
    services.push(createAwsKmsKeyService({ fetch: fetchOnce, now, credentials: () => Promise.resolve(aws) }));
  }
  if (azure !== undefined) {
    const accessToken = azureClientSecretToken(azure, { fetch: fetchOnce, now });
    services.push(createAzureKeyVaultKeyService({ fetch: fetchOnce, accessToken }));
  }
  if (gcp !== undefined) {
    const accessToken = gcpServiceAccountToken(gcp, { fetch: fetchOnce, now });
    services.push(createGcpKmsKeyService({ fetch: fetchOnce, accessToken }));
  }
  if (vaultToken !== undefined) {
    services.push(createVaultTransitKeyService({ fetch: fetchOnce, token: () => Promise.resolve(vaultToken) }));
  }
  return services;
}

/** Requests carry credentials for one host: a redirect is an answer like any other. */
const fetchOnce: Fetch = async (url, { method, headers, body, signal }) => {
  // Documents can name a Vault server; this process's own ports are none.
  if (/^(?:localhost|127\.|\[|0\.|169\.254\.)/.test(new URL(url).hostname)) {
    throw new SopsError("InvalidKey", "key services on local addresses are not used");
  }
  return fetch(url, {
    method,
    headers,
    redirect: "manual",
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
  });
};

function entriesOf(secret: UnstructuredObject): Record<string, Uint8Array> {
  const data = secret["data"];
  if (typeof data !== "object" || data === null) return {};
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(typeof value === "string" ? value : "", "base64")]),
  );
}
