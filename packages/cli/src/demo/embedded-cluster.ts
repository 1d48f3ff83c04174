import { join } from "node:path";
import type { UnstructuredObject } from "@sluice/api";
import { startApiServer } from "@sluice/apiserver";
import { createClient, loadRestConfig, ResourceManager, systemClock } from "@sluice/kube";
import type { ApiClient } from "@sluice/kube";
import { installManifests } from "../install/manifests.ts";
import { SLUICE_VERSION } from "../version.ts";
import type { FleetCluster } from "./fleet-repository.ts";
import { controllerIdentities, standInDefinitions } from "./stand-ins.ts";
import { secretsOf } from "./sync-manifest.ts";

/** A cluster of the demo: an API server of its own, with Flux's kinds installed. */
export interface EmbeddedCluster {
  readonly name: string;
  readonly directory: string;
  readonly server: string;
  /** A file that only the user may read. */
  readonly kubeconfig: string;
  readonly client: ApiClient;
  close(): Promise<void>;
}

/** How the sources of a cluster log in to the Git server. */
export interface GitLogin {
  readonly username: string;
  readonly password: string;
}

const FIELD_MANAGER = "flux";

/** Starts a cluster that keeps what it knows in `directory`. */
export async function startCluster(name: string, directory: string, signal: AbortSignal): Promise<EmbeddedCluster> {
  const server = await startApiServer({
    dataDirectory: join(directory, "cluster"),
    contextName: name.replaceAll("/", "-"),
    workloads: true,
  });
  try {
    signal.throwIfAborted();
    const kubeconfig = join(directory, "kubeconfig");
    await server.writeKubeconfig(kubeconfig);
    const client = createClient(await loadRestConfig({ path: kubeconfig, env: {} }));
    const close = async (): Promise<void> => {
      await client.close();
      await server.close();
    };
    return { name, directory, server: server.url, kubeconfig, client, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Installs Flux's kinds; `forAnyFleet` also what other people's fleets expect beside them. */
export async function installKinds(
  { client }: EmbeddedCluster,
  { forAnyFleet, signal }: { readonly forAnyFleet: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const manifests = installManifests({
    namespace: "flux-system",
    version: SLUICE_VERSION,
    logLevel: "info",
    watchAllNamespaces: true,
    networkPolicy: false,
    clusterDomain: "cluster.local",
    tolerationKeys: [],
  });
  const others = forAnyFleet ? [...standInDefinitions(), ...controllerIdentities("flux-system")] : [];
  await apply(client, [...manifests, ...others], signal);
}

/** Gives a cluster what it follows: the sync manifest of its directory, and the login that its sources name. */
export async function bootstrapCluster(
  { client }: EmbeddedCluster,
  { sync }: FleetCluster,
  login: GitLogin,
  signal: AbortSignal,
): Promise<void> {
  const secrets = secretsOf(sync).map((metadata): UnstructuredObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    data: { username: base64(login.username), password: base64(login.password) },
  }));
  await apply(client, [...secrets, ...sync.objects], signal);
}

async function apply(client: ApiClient, objects: readonly UnstructuredObject[], signal: AbortSignal): Promise<void> {
  const manager = new ResourceManager(client, {
    owner: { fieldManager: FIELD_MANAGER, labels: {} },
    clock: systemClock,
  });
  await manager.applyAll(objects, { signal });
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
