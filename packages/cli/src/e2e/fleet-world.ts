import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import type { TestContext } from "node:test";
import {
  findCondition,
  gitRepositoryGvk,
  kustomizationGvk,
  type GitRepository,
  type GroupVersionKind,
  type Kustomization,
  type KustomizationSpec,
  type ObjectKey,
  type UnstructuredObject,
} from "@sluice/api";
import { startApiServer, type ApiServer, type ApiServerOptions } from "@sluice/apiserver";
import { startControllers, type ControllerFlags, type RunningControllers } from "@sluice/controllers";
import { createClient, loadRestConfig, MetricsRegistry, type ApiClient, type CoreEvent } from "@sluice/kube";
import { serveGitRepositories, type GitServer, type GitServerOptions } from "@sluice/source";
import { GitFixture, type FakeClock, type FixtureEntry } from "@sluice/testing";
import { runCommand, type Ran, type World } from "../test-world.ts";
import { awaitObject } from "./await-object.ts";

export const NAMESPACE = "flux-system";
/** Below the shortest timeout that an attempt may have. */
const STEP_MS = 20_000;
const LOGIN = { username: "git", password: "a password of the test" };

export interface FleetWorldOptions {
  readonly server?: ApiServerOptions;
  readonly git?: GitServerOptions;
  readonly flags?: ControllerFlags;
  /** Of the controllers. Default: the system's. */
  readonly clock?: FakeClock;
  /** Default: start them. */
  readonly controllers?: boolean;
}

/** A Git server, a cluster with Flux's kinds, and the controllers: the whole product in one process. */
export class FleetWorld {
  readonly directory: string;
  /** The repository `fleet-infra` of the Git server. */
  readonly repository: GitFixture;
  readonly server: ApiServer;
  readonly client: ApiClient;
  readonly kubeconfig: string;
  git: GitServer;
  readonly #options: FleetWorldOptions;
  readonly #metrics = new MetricsRegistry();
  #controllers: RunningControllers | undefined;

  private constructor(
    directory: string,
    { git, server, client }: { git: GitServer; server: ApiServer; client: ApiClient },
    options: FleetWorldOptions,
  ) {
    this.directory = directory;
    this.repository = new GitFixture(join(directory, "git"), "fleet-infra");
    this.git = git;
    this.server = server;
    this.client = client;
    this.kubeconfig = join(directory, "kubeconfig");
    this.#options = options;
  }

  /** Starts a world that ends with the test. */
  static async start(t: TestContext, options: FleetWorldOptions = {}): Promise<FleetWorld> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-e2e-"));
    const closers: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 })];
    // Hooks run in the order they were registered in; what was opened last is to be closed first.
    t.after(async () => {
      for (const close of closers.toReversed()) await close();
    });
    const server = await startApiServer(options.server);
    closers.push(() => server.close());
    await server.writeKubeconfig(join(directory, "kubeconfig"));
    const client = createClient(await loadRestConfig({ path: join(directory, "kubeconfig"), env: {} }));
    closers.push(() => client.close());
    const git = await serveGitRepositories(join(directory, "git"), { auth: LOGIN, ...options.git });
    const world = new FleetWorld(directory, { git, server, client }, options);
    closers.push(
      () => world.git.close(),
      () => world.stopControllers(),
    );
    const installed = await world.flux("install");
    if (installed.status !== 0) throw new Error(installed.stderr);
    await world.createLogin("flux-system");
    if (options.controllers !== false) await world.startControllers();
    return world;
  }

  /** Where sources find the repository. */
  get url(): string {
    return `${this.git.url}/fleet-infra.git`;
  }

  /** Starts the controllers on the world's storage directory: the one they had before, if they had. */
  async startControllers(): Promise<void> {
    const { clock, flags } = this.#options;
    this.#controllers = await startControllers({
      client: this.client,
      directory: join(this.directory, "sluice"),
      flags: { jitterPercentage: 0, ...flags },
      metrics: this.#metrics,
      ...(clock && { clock }),
    });
  }

  async stopControllers(): Promise<void> {
    await this.#controllers?.stop();
    this.#controllers = undefined;
  }

  /**
   * Moves the controllers' time on, a little at a time: each attempt that becomes due ends before its timeout can come
   * due as well.
   */
  async pass(milliseconds: number): Promise<void> {
    const { clock } = this.#options;
    if (clock === undefined) throw new TypeError("this world runs on the system's clock");
    for (let left = milliseconds; left > 0; left -= STEP_MS) {
      await this.#rest();
      await clock.advance(Math.min(left, STEP_MS));
    }
    await this.#rest();
  }

  /** Waits until no worker is at work: twice in a row, with an answer of the server between. */
  async #rest(): Promise<void> {
    const deadline = AbortSignal.timeout(20_000);
    for (let quiet = 0; quiet < 2;) {
      await this.client.request("GET", "/version", { signal: deadline });
      const isBusy = /^(controller_runtime_active_workers|workqueue_depth)\{[^}]*\} [1-9]/m.test(
        this.#metrics.render(),
      );
      quiet = isBusy ? 0 : quiet + 1;
    }
  }

  /** Ends the Git server. */
  async stopGit(): Promise<void> {
    await this.git.close();
  }

  /** Starts the Git server again, at the same address. */
  async restartGit(options: GitServerOptions = {}): Promise<void> {
    const { port } = this.git;
    this.git = await serveGitRepositories(join(this.directory, "git"), {
      auth: LOGIN,
      ...this.#options.git,
      ...options,
      port,
    });
  }

  /** Runs a command line of the program against the cluster. */
  flux(line: string, world: World = {}): Promise<Ran> {
    return runCommand([...line.split(" "), "--kubeconfig", this.kubeconfig], world);
  }

  /** Creates the Secret with what the Git server wants, or with something else. */
  async createLogin(name: string, login: { readonly [key: string]: string } = LOGIN): Promise<void> {
    const data = Object.fromEntries(Object.entries(login).map(([key, text]) => [key, btoa(text)]));
    const metadata = { name, namespace: NAMESPACE };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, data };
    await this.client.apply<UnstructuredObject>(secret, { fieldManager: "test", force: true });
  }

  /** Commits files (`null` removes one) to `main` and returns `main@sha1:…`. */
  commit(files: Readonly<Record<string, FixtureEntry | null>>): string {
    return `main@sha1:${this.repository.commit(files)}`;
  }

  /** What a file of `main` holds. */
  read(path: string): string {
    return `${this.repository.git("show", `main:${path}`)}\n`;
  }

  /** Whether the cluster holds what an inventory's identifier names. */
  async holds(id: string): Promise<boolean> {
    const [namespace = "", name = "", group = "", kind = ""] = id.split("_");
    const mappings = await this.client.restMapper.mappings();
    const mapping = mappings.find(({ gvk }) => gvk.group === group && gvk.kind === kind);
    // Names of RBAC objects may have colons, which an identifier writes as two underscores; no fixture here has one.
    return mapping !== undefined && this.exists(mapping.gvk, namespace, name);
  }

  /** Follows the repository with a GitRepository. */
  async follow(spec: Partial<GitRepository["spec"]> = {}, name = "fleet-infra"): Promise<void> {
    await this.apply({
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name, namespace: NAMESPACE },
      spec: { interval: "1m", url: this.url, ref: { branch: "main" }, secretRef: { name: "flux-system" }, ...spec },
    });
  }

  /** Applies `./<name>` of the repository, unless told otherwise. */
  async kustomize(name: string, spec: Partial<KustomizationSpec> = {}): Promise<void> {
    await this.apply({
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name, namespace: NAMESPACE },
      spec: {
        interval: "10m",
        prune: true,
        path: `./${name}`,
        sourceRef: { kind: "GitRepository", name: "fleet-infra" },
        ...spec,
      },
    });
  }

  /** What a user does with `kubectl apply`. */
  async apply(object: UnstructuredObject): Promise<void> {
    await this.client.apply(object, { fieldManager: "test", force: true });
  }

  /** Waits for a state of an object, `undefined` for one that does not exist. */
  until(
    gvk: GroupVersionKind,
    key: ObjectKey,
    want: string,
    isSo: (object: UnstructuredObject | undefined) => boolean,
  ): Promise<UnstructuredObject | undefined> {
    return awaitObject(this.client, { gvk, key, want, isSo });
  }

  /** Waits until a Kustomization's Ready is `True ReconciliationSucceeded`, or whatever else, at a revision. */
  async untilReady(name: string, state: string = succeeded, revision?: string): Promise<Kustomization> {
    const found = await this.#untilState(kustomizationGvk, name, state, (object) => {
      const { lastAppliedRevision, lastAttemptedRevision } = (object as unknown as Kustomization).status ?? {};
      return revision === undefined || (state === succeeded ? lastAppliedRevision : lastAttemptedRevision) === revision;
    });
    return found as unknown as Kustomization;
  }

  /** Waits for a state of the GitRepository. */
  async untilFetched(state: string, revision?: string, name = "fleet-infra"): Promise<GitRepository> {
    const found = await this.#untilState(gitRepositoryGvk, name, state, (object) => {
      const { artifact } = (object as unknown as GitRepository).status ?? {};
      return revision === undefined || artifact?.revision === revision;
    });
    return found as unknown as GitRepository;
  }

  async #untilState(
    gvk: GroupVersionKind,
    name: string,
    state: string,
    isSo: (object: UnstructuredObject) => boolean,
  ): Promise<UnstructuredObject | undefined> {
    return this.until(gvk, { namespace: NAMESPACE, name }, state, (object) => {
      if (object === undefined) return false;
      const ready = readyOf(object);
      if (ready === undefined || ready.observedGeneration !== object.metadata.generation) return false;
      return `${ready.status} ${ready.reason}` === state && isSo(object);
    });
  }

  async kustomization(name: string): Promise<Kustomization> {
    return this.client.get<Kustomization>(kustomizationGvk, { namespace: NAMESPACE, name });
  }

  /** Whether an object exists. */
  async exists(gvk: GroupVersionKind, namespace: string, name: string): Promise<boolean> {
    return (await this.client.find(gvk, { namespace, name })) !== undefined;
  }

  /** `Normal ReconciliationSucceeded …` of an object, in no particular order. */
  async events(name: string): Promise<string[]> {
    const { items } = await this.client.list<CoreEvent>({ group: "", version: "v1", kind: "Event" });
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ type, reason, message }) => `${type} ${reason} ${message}`);
  }
}

export const succeeded = "True ReconciliationSucceeded";

/** The Ready condition of any object. */
export function readyOf(object: UnstructuredObject | Kustomization | GitRepository): ReturnType<typeof findCondition> {
  const status = (object as { status?: { conditions?: Parameters<typeof findCondition>[0] } }).status;
  return findCondition(status?.conditions, "Ready");
}

/** The identifiers of a Kustomization's inventory. */
export function inventoryOf(object: Kustomization): string[] {
  return (object.status?.inventory?.entries ?? []).map(({ id }) => id);
}

/** All files below a directory, by their path with `/`. */
export function filesBelow(directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(directory, path).replaceAll(sep, "/")] = readFileSync(path, "utf8");
  }
  return files;
}
