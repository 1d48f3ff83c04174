import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type CustomResourceDefinition,
  gitRepositoryCrd,
  kustomizationCrd,
  type UnstructuredObject,
} from "@sluice/api";
import { type RunningControllers, startControllers } from "@sluice/controllers";
import { type ApiClient, createClient, type Exchange, loadRestConfig } from "@sluice/kube";
import { type GitServer, serveGitRepositories } from "@sluice/source";
import { type ApiServer, type ServerName, startServer } from "./api-server.ts";

const namespace = "flux-system";
const kustomizationKind = { group: "kustomize.toolkit.fluxcd.io", version: "v1", kind: "Kustomization" };
const sourceKind = { group: "source.toolkit.fluxcd.io", version: "v1", kind: "GitRepository" };
/** Far longer than anything takes that works. */
const UNTIL_TIMEOUT_MS = 180_000;
const definitionKind = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };

/** A cluster in another process, and a directory for whatever the benchmark needs beside it. */
export class Rig {
  readonly directory: string;
  readonly client: ApiClient;
  readonly #server: ApiServer;
  #git: GitServer | undefined;
  #controllers: RunningControllers | undefined;
  #onExchange: (exchange: Exchange) => void = () => {};

  private constructor(directory: string, server: ApiServer, client: (rig: () => Rig) => ApiClient) {
    this.directory = directory;
    this.#server = server;
    this.client = client(() => this);
  }

  static async start(options: { readonly workloads?: boolean; readonly server?: ServerName } = {}): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), "sluice-bench-"));
    const { workloads = false, server: name = "embedded" } = options;
    const server = await startServer(name, { directory, workloads });
    const config = await loadRestConfig({ path: server.kubeconfigPath });
    return new Rig(directory, server, (rig) =>
      createClient(config, { onExchange: (exchange) => rig().#onExchange(exchange) }),
    );
  }

  get kubeconfigPath(): string {
    return this.#server.kubeconfigPath;
  }

  /** Calls back for every request that {@link client} makes from now on. */
  observe(onExchange: (exchange: Exchange) => void): void {
    this.#onExchange = onExchange;
  }

  /** Resident memory of the API server's process, in bytes; of the embedded one only. */
  serverMemory(): Promise<number> {
    return this.#server.memory();
  }

  /** Makes the kinds known that controllers need, and the namespace in which the benchmarks work. */
  async installKinds(): Promise<void> {
    const options = { fieldManager: "bench" };
    await this.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, options);
    const definitions = [gitRepositoryCrd, kustomizationCrd, ...otherSourceDefinitions()];
    for (const crd of definitions as unknown as UnstructuredObject[]) {
      await this.client.create(crd, options);
      await this.#until(definitionKind, crd.metadata.name, (object) => condition(object, "Established") === "True");
    }
  }

  /** Starts all controllers in this process, with the kinds they need. */
  async startControllers(): Promise<void> {
    await this.installKinds();
    this.#controllers = await startControllers({ client: this.client, directory: join(this.directory, "controllers") });
  }

  /** Puts files into a new Git repository and serves it. Returns its URL. */
  async serveRepository(files: ReadonlyMap<string, string>): Promise<string> {
    const work = join(this.directory, "work");
    await mkdir(work);
    git(work, "init", "--quiet", "--initial-branch=main");
    await commit(work, files);
    await mkdir(join(this.directory, "repositories"));
    git(this.directory, "clone", "--quiet", "--bare", work, "repositories/fleet");
    this.#git = await serveGitRepositories(join(this.directory, "repositories"));
    return `${this.#git.url}/fleet`;
  }

  /** Commits files to the repository that is served. Returns the revision as a source has it. */
  async push(files: ReadonlyMap<string, string>): Promise<string> {
    const work = join(this.directory, "work");
    await commit(work, files);
    git(work, "push", "--quiet", join(this.directory, "repositories/fleet"), "main");
    return `main@sha1:${git(work, "rev-parse", "HEAD").trim()}`;
  }

  /** Creates a GitRepository and waits until nothing stands in the way of Kustomizations of it. */
  async createSource(url: string): Promise<void> {
    const source: UnstructuredObject = {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name: "fleet", namespace },
      spec: { interval: "1h", url, ref: { branch: "main" } },
    };
    await this.client.create(source);
    await this.#until(sourceKind, "fleet", (object) => condition(object, "Ready") === "True");
  }

  async createKustomization(name: string, path: string, spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const kustomization: UnstructuredObject = {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name, namespace },
      spec: {
        interval: "1h",
        path,
        prune: true,
        wait: true,
        timeout: "5m",
        sourceRef: { kind: "GitRepository", name: "fleet" },
        ...spec,
      },
    };
    await this.client.create(kustomization);
  }

  /**
   * Waits until so many Kustomizations are Ready at once, and have applied the revision if one is given. Fails when
   * that takes longer than `timeoutMs`.
   */
  async untilAllReady(
    count: number,
    options: { readonly revision?: string; readonly timeoutMs: number },
  ): Promise<void> {
    const { revision, timeoutMs } = options;
    const ready = new Set<string>();
    const stop = AbortSignal.timeout(timeoutMs);
    let latest = "";
    try {
      for await (const event of this.client.watch(kustomizationKind, { namespace, signal: stop })) {
        if (event.type === "BOOKMARK") continue;
        const { name } = event.object.metadata;
        const status = (event.object["status"] ?? {}) as { readonly lastAppliedRevision?: string };
        const isCurrent = revision === undefined || status.lastAppliedRevision === revision;
        if (isCurrent && condition(event.object, "Ready") === "True") ready.add(name);
        else ready.delete(name);
        if (ready.size === count) return;
        latest = JSON.stringify(status);
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    }
    throw new Error(`${ready.size} of ${count} Kustomizations became Ready, the last that changed: ${latest}`);
  }

  untilReady(name: string): Promise<void> {
    return this.#until(kustomizationKind, name, (object) => condition(object, "Ready") === "True");
  }

  /** Tells the source that there is something to fetch, as a webhook would. */
  async notifySource(token: string): Promise<void> {
    const body = { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": token } } };
    await this.client.patch(sourceKind, { namespace, name: "fleet" }, { type: "merge", body });
  }

  /** Asks for a reconciliation and waits until it was handled. */
  async reconcile(name: string, token: string): Promise<void> {
    const body = { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": token } } };
    await this.client.patch(kustomizationKind, { namespace, name }, { type: "merge", body });
    await this.#until(kustomizationKind, name, (object) => {
      const status = object["status"] as { lastHandledReconcileAt?: string } | undefined;
      return status?.lastHandledReconcileAt === token && condition(object, "Ready") === "True";
    });
  }

  async stop(): Promise<void> {
    await this.#controllers?.stop();
    await this.#git?.close();
    await this.client.close();
    await this.#server.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #until(
    kind: typeof kustomizationKind,
    name: string,
    holds: (object: UnstructuredObject) => boolean,
  ): Promise<void> {
    const scope = kind.kind === "CustomResourceDefinition" ? {} : { namespace };
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(UNTIL_TIMEOUT_MS)]);
    const events = this.client.watch(kind, { ...scope, fieldSelector: `metadata.name=${name}`, signal });
    try {
      for await (const event of events) if (event.type !== "BOOKMARK" && holds(event.object)) return;
    } finally {
      stop.abort();
    }
    throw new Error(`${kind.kind}/${name} is not as awaited, its watch has ended`);
  }
}

/** Flux's controllers wait for every kind of source to exist, whether it is used or not. */
function otherSourceDefinitions(): CustomResourceDefinition[] {
  const plurals: Readonly<Record<string, string>> = {
    Bucket: "buckets",
    ExternalArtifact: "externalartifacts",
    HelmChart: "helmcharts",
    HelmRepository: "helmrepositories",
    OCIRepository: "ocirepositories",
  };
  const group = "source.toolkit.fluxcd.io";
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } as const;
  return Object.entries(plurals).map(([kind, plural]) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }],
    },
  }));
}

function condition(object: UnstructuredObject, type: string): string | undefined {
  const status = object["status"] as { conditions?: { type: string; status: string }[] } | undefined;
  return status?.conditions?.find((each) => each.type === type)?.status;
}

async function commit(work: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), text);
  }
  git(work, "add", ".");
  git(work, "commit", "--quiet", "--message=all");
}

function git(cwd: string, ...args: string[]): string {
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@sluice.invalid"];
  return execFileSync("git", [...identity, ...args], { cwd, stdio: "pipe", encoding: "utf8" });
}
