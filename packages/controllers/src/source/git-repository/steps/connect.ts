import { type GitRepository, type GroupVersionKind, type KubernetesObject, isNotFound } from "@sluice/api";
import type { Reader } from "@sluice/kube";
import { type GitClient, type GitRemote, gitCredentialsFrom, proxyFrom, type SecretData } from "@sluice/source";
import { GitRepositoryError } from "../errors.ts";

const secretGvk: GroupVersionKind = { group: "", version: "v1", kind: "Secret" };

interface Secret extends KubernetesObject {
  readonly data?: SecretData;
}

async function readSecret(client: Reader, namespace: string, name: string, signal: AbortSignal): Promise<SecretData> {
  try {
    const secret = await client.get<Secret>(secretGvk, { namespace, name }, { signal });
    return secret.data ?? {};
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const message = `failed to get secret '${namespace}/${name}': ${error.message}`;
    throw new GitRepositoryError("SecretNotFound", message, { cause: error });
  }
}

/** Finds out where the repository is and what opens it. */
export async function connect(
  client: Reader,
  git: GitClient,
  object: GitRepository,
  signal: AbortSignal,
): Promise<GitRemote> {
  const { spec } = object;
  const { namespace = "" } = object.metadata;
  const url = git.parseUrl(spec.url);
  const name = spec.secretRef?.name;
  const data = name === undefined ? undefined : await readSecret(client, namespace, name, signal);
  if (data !== undefined && Object.hasOwn(data, "githubAppID")) {
    throw new GitRepositoryError(
      "InvalidProviderConfiguration",
      `secretRef '${namespace}/${name}' has github app data but provider is not set to github`,
    );
  }
  const credentials = gitCredentialsFrom(url, data, `${namespace}/${name}`);
  const proxyName = spec.proxySecretRef?.name;
  if (proxyName === undefined || (url.transport !== "http" && url.transport !== "https")) return { url, credentials };
  const proxy = proxyFrom(await readSecret(client, namespace, proxyName, signal), `${namespace}/${proxyName}`);
  return { url, credentials: { ...credentials, proxy } };
}
