import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gitRepositoryCrd, kustomizationCrd, type UnstructuredObject } from "@sluice/api";
import { type RunningControllers, startControllers } from "@sluice/controllers";
import { type ApiClient, createClient, type Exchange, loadRestConfig } from "@sluice/kube";
import { type GitServer, serveGitRepositories } from "@sluice/source";

const namespace = "flux-system";
const kustomizationKind = { group: "kustomize.toolkit.fluxcd.io", version: "v1", kind: "Kustomization" };
const definitionKind = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };

/** A cluster in another process, and a directory for whatever the benchmark needs beside it. */
export class Rig {
  readonly directory: string;
  readonly client: ApiClient;
  readonly #server: ChildProcess;
  #git: GitServer | undefined;
  #controllers: RunningControllers | undefined;
  #onExchange: (exchange: Exchange) => void = () => {};

  private constructor(directory: string, server: ChildProcess, client: (rig: () => Rig) => ApiClient) {
    this.directory = directory;
    this.#server = server;
    this.client = client(() => this);
  }

  static async start(options: { readonly workloads?: boolean } = {}): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), "sluice-bench-"));
    const kubeconfig = join(directory, "kubeconfig");
    const script = new URL("server.ts", import.meta.url).pathname;
    const server = fork(script, [kubeconfig, ...(options.workloads === true ? ["--workloads"] : [])]);
    await answer(server);
    const config = await loadRestConfig({ path: kubeconfig });
    return new Rig(directory, server, (rig) =>
      createClient(config, { onExchange: (exchange) => rig().#onExchange(exchange) }),
    );
  }

  /** Calls back for every request that {@link client} makes from now on. */
  observe(onExchange: (exchange: Exchange) => void): void {
    this.#onExchange = onExchange;
  }

  /** Resident memory of the API server's process, in bytes. */
  async serverMemory(): Promise<number> {
    const reply = answer(this.#server);
    this.#server.send("memory");
    return ((await reply) as { rss: number }).rss;
  }

  /** Starts all controllers in this process, with the kinds they need. */
  async startControllers(): Promise<void> {
    const options = { fieldManager: "bench" };
    await this.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, options);
    for (const crd of [gitRepositoryCrd, kustomizationCrd] as unknown as UnstructuredObject[]) {
      await this.client.create(crd, options);
      await this.#until(definitionKind, crd.metadata.name, (object) => condition(object, "Established") === "True");
    }
    this.#controllers = await startControllers({ client: this.client, directory: join(this.directory, "controllers") });
  }

  /** Puts files into a new Git repository and serves it. Returns its URL. */
  async serveRepository(files: ReadonlyMap<string, string>): Promise<string> {
    const work = join(this.directory, "work");
    for (const [path, text] of files) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await writeFile(join(work, path), text);
    }
    const git = (cwd: string, ...args: string[]): void => {
      execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@sluice.invalid", ...args], {
        cwd,
        stdio: "pipe",
      });
    };
    git(work, "init", "--quiet", "--initial-branch=main");
    git(work, "add", ".");
    git(work, "commit", "--quiet", "--message=all");
    await mkdir(join(this.directory, "repositories"));
    git(this.directory, "clone", "--quiet", "--bare", work, "repositories/fleet");
    this.#git = await serveGitRepositories(join(this.directory, "repositories"));
    return `${this.#git.url}/fleet`;
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
    const kind = { group: "source.toolkit.fluxcd.io", version: "v1", kind: "GitRepository" };
    await this.#until(kind, "fleet", (object) => condition(object, "Ready") === "True");
  }

  async createKustomization(name: string, path: string): Promise<void> {
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
      },
    };
    await this.client.create(kustomization);
  }

  untilReady(name: string): Promise<void> {
    return this.#until(kustomizationKind, name, (object) => condition(object, "Ready") === "True");
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
    const ended = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.disconnect();
    await ended;
    await rm(this.directory, { recursive: true, force: true });
  }

  async #until(
    kind: typeof kustomizationKind,
    name: string,
    holds: (object: UnstructuredObject) => boolean,
  ): Promise<void> {
    const scope = kind.kind === "CustomResourceDefinition" ? {} : { namespace };
    const stop = new AbortController();
    const events = this.client.watch(kind, { ...scope, fieldSelector: `metadata.name=${name}`, signal: stop.signal });
    try {
      for await (const event of events) if (event.type !== "BOOKMARK" && holds(event.object)) return;
    } finally {
      stop.abort();
    }
    throw new Error(`the watch on ${kind.kind}/${name} ended`);
  }
}

function condition(object: UnstructuredObject, type: string): string | undefined {
  const status = object["status"] as { conditions?: { type: string; status: string }[] } | undefined;
  return status?.conditions?.find((each) => each.type === type)?.status;
}

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the API server's process ended with ${code ?? "a signal"}`)));
  });
}
