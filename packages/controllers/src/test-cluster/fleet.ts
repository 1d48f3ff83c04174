import { hash } from "node:crypto";
import type { TestContext } from "node:test";
import {
  findCondition,
  gitRepositoryCrd,
  gitRepositoryGvk,
  kustomizationCrd,
  kustomizationGvk,
  requestedAtAnnotation,
  type GitRepository,
  type GroupVersionKind,
  type Kustomization,
  type KustomizationSpec,
  type ObjectKey,
  type UnstructuredObject,
} from "@sluice/api";
import type { ApiServerOptions } from "@sluice/apiserver";
import { Manager, ResourceManager, systemClock, type Client, type Clock, type CoreEvent } from "@sluice/kube";
import { ArtifactError } from "@sluice/source";
import { FakeClock } from "@sluice/testing";
import { addKustomizationController, type KustomizationPolicy } from "../kustomization/index.ts";
import { openTestCluster, type TestCluster } from "./test-cluster.ts";

const NAMESPACE = "flux-system";
/** Nothing here takes long; whoever waits longer waits for what will not come. */
const PATIENCE_MS = 30_000;

export interface FleetOptions {
  readonly server?: ApiServerOptions;
  readonly policy?: Partial<KustomizationPolicy>;
  /** Default: as in Flux. */
  readonly maxRetryDelayMs?: number;
  /** Default: a clock that only {@link Fleet.clock} moves. */
  readonly clock?: Clock;
}

/** A running Kustomization controller. */
export interface TestController {
  stop(): Promise<void>;
}

/**
 * A cluster with one GitRepository, whose artifacts the test publishes, and the Kustomization controller at work.
 * Time stands still unless the test moves it: what happens, happens because of a watch.
 */
export class Fleet {
  readonly cluster: TestCluster;
  readonly client: Client;
  readonly clock: FakeClock = new FakeClock(new Date());
  readonly #options: FleetOptions;
  readonly #artifacts = new Map<string, ReadonlyMap<string, string>>();
  readonly #controllers: TestController[] = [];
  #requests = 0;

  private constructor(cluster: TestCluster, options: FleetOptions) {
    this.cluster = cluster;
    this.client = cluster.client;
    this.#options = options;
  }

  /** Starts everything but the controller. */
  static async create(t: TestContext, options: FleetOptions = {}): Promise<Fleet> {
    const cluster = await openTestCluster({ workloads: false, ...options.server });
    const fleet = new Fleet(cluster, options);
    t.after(async () => {
      await fleet.#stopAll();
      await cluster.close();
    });
    const { signal } = new AbortController();
    const manager = new ResourceManager(cluster.client, {
      owner: { fieldManager: "test", labels: {} },
      clock: systemClock,
    });
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    const definitions = [gitRepositoryCrd, kustomizationCrd] as unknown as UnstructuredObject[];
    await manager.applyAll([namespace, ...definitions], { signal });
    return fleet;
  }

  /** Starts everything. */
  static async start(t: TestContext, options: FleetOptions = {}): Promise<Fleet> {
    const fleet = await Fleet.create(t, options);
    await fleet.startController();
    return fleet;
  }

  /** Starts a controller; `client` takes the place of the fleet's own. */
  async startController(client: Client = this.client): Promise<TestController> {
    const clock = this.#options.clock ?? this.clock;
    const manager = new Manager({ client, clock });
    await addKustomizationController(manager, {
      random: () => 0.5,
      ...(this.#options.maxRetryDelayMs !== undefined && {
        minRetryDelayMs: 1,
        maxRetryDelayMs: this.#options.maxRetryDelayMs,
      }),
      ...(this.#options.policy && { policy: this.#options.policy }),
      fetchArtifact: ({ digest }) => {
        const files = this.#artifacts.get(digest);
        if (files === undefined) return Promise.reject(new ArtifactError("ArtifactNotFound", "artifact not found"));
        const encoder = new TextEncoder();
        const entries = [...files].map(([path, text]) => [path, { bytes: encoder.encode(text) }] as const);
        return Promise.resolve(
          new Map(entries.map(([path, { bytes }]) => [path, { bytes, executable: false, mode: 0o600 }])),
        );
      },
    });
    const stopping = new AbortController();
    const running = manager.run(stopping.signal);
    const controller = {
      stop: async () => {
        stopping.abort(new Error("the test is over"));
        await running;
      },
    };
    this.#controllers.push(controller);
    return controller;
  }

  /** Publishes an artifact of the GitRepository `fleet`. */
  async publish(revision: string, files: { readonly [path: string]: string }): Promise<void> {
    const digest = `sha256:${hash("sha256", JSON.stringify([revision, files]), "hex")}`;
    this.#artifacts.set(digest, new Map(Object.entries(files)));
    const metadata = { name: "fleet", namespace: NAMESPACE };
    const spec = { url: "https://git.example.com/fleet", interval: "1m" };
    const repository: GitRepository = {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec,
    };
    await this.client.apply(repository, { fieldManager: "test" });
    const artifact = {
      path: "a.tar.gz",
      url: "http://artifacts.example.com/a.tar.gz",
      revision,
      digest,
      lastUpdateTime: "2026-01-01T00:00:00Z",
    };
    const patch = { type: "merge", body: { status: { artifact } } } as const;
    await this.client.patch(gitRepositoryGvk, metadata, patch, { subresource: "status" });
  }

  /** Forgets all artifacts: downloads answer "not found" from now on. */
  loseArtifacts(): void {
    this.#artifacts.clear();
  }

  /** Creates or changes a Kustomization. By default it prunes and takes `./<name>` of the repository. */
  async kustomize(name: string, spec: Partial<KustomizationSpec> = {}, metadata: object = {}): Promise<Kustomization> {
    const object: Kustomization = {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name, namespace: NAMESPACE, ...metadata },
      spec: {
        interval: "10m",
        prune: true,
        path: `./${name}`,
        sourceRef: { kind: "GitRepository", name: "fleet", namespace: NAMESPACE },
        ...spec,
      },
    };
    return this.client.apply(object, { fieldManager: "test", force: true });
  }

  /** Waits until the Kustomization is in the state that the predicate describes. */
  async until(name: string, description: string, isSo: (object: Kustomization) => boolean): Promise<Kustomization> {
    return this.untilObject(kustomizationGvk, { namespace: NAMESPACE, name }, description, (object) =>
      isSo(object as unknown as Kustomization),
    ) as Promise<unknown> as Promise<Kustomization>;
  }

  /** Waits until `Ready` has the status and reason (`True ReconciliationSucceeded`) for the present generation. */
  async untilReady(name: string, state: string, revision?: string): Promise<Kustomization> {
    return this.until(name, `Ready=${state} ${revision ?? ""}`, (object) => {
      const ready = findCondition(object.status?.conditions, "Ready");
      if (ready === undefined || ready.observedGeneration !== object.metadata.generation) return false;
      if (`${ready.status} ${ready.reason}` !== state) return false;
      return revision === undefined || object.status?.lastAppliedRevision === revision;
    });
  }

  /** Waits for a state of any object. */
  async untilObject(
    gvk: GroupVersionKind,
    key: ObjectKey,
    description: string,
    isSo: (object: UnstructuredObject) => boolean,
  ): Promise<UnstructuredObject> {
    const { namespace = "", name } = key;
    let last: UnstructuredObject | undefined;
    const selection = { fieldSelector: `metadata.name=${name}`, ...(namespace !== "" && { namespace }) };
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      const list = await this.client.list(gvk, { ...selection, signal: patience });
      [last] = list.items;
      if (last !== undefined && isSo(last)) return last;
      const { resourceVersion = "0" } = list.metadata;
      for await (const event of this.client.watch(gvk, { ...selection, resourceVersion, signal: patience })) {
        if (event.type === "BOOKMARK") continue;
        last = event.object;
        if (event.type !== "DELETED" && isSo(last)) return last;
      }
    } catch (error) {
      if (!patience.aborted) throw error;
    }
    const state = JSON.stringify(last?.["status"] ?? last, undefined, 1);
    throw new Error(`${gvk.kind}/${name} never became: ${description}; last seen ${state}`);
  }

  /** Waits until an object is gone. */
  async untilGone(gvk: GroupVersionKind, key: ObjectKey): Promise<void> {
    const deadline = systemClock.now() + PATIENCE_MS;
    while (systemClock.now() < deadline) {
      if ((await this.client.find(gvk, key)) === undefined) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${gvk.kind}/${key.name} is still there`);
  }

  /** `Normal ReconciliationSucceeded Reconciliation finished in …`, the oldest first. */
  async events(name: string): Promise<string[]> {
    const { items } = await this.client.list<CoreEvent>(
      { group: "", version: "v1", kind: "Event" },
      { namespace: NAMESPACE },
    );
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ type, reason, message }) => `${type} ${reason} ${message}`);
  }

  /** Waits until one of the Kustomization's events matches. */
  async untilEvent(name: string, pattern: RegExp): Promise<string> {
    const deadline = systemClock.now() + PATIENCE_MS;
    let events: string[] = [];
    while (systemClock.now() < deadline) {
      events = await this.events(name);
      const found = events.find((event) => pattern.test(event));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no event ${pattern.source} among:\n${events.join("\n")}`);
  }

  /** Asks for a reconciliation and waits until it was handled. */
  async reconcile(name: string): Promise<Kustomization> {
    const token = `request-${(this.#requests += 1)}`;
    const body = { metadata: { annotations: { [requestedAtAnnotation]: token } } };
    await this.client.patch(kustomizationGvk, { namespace: NAMESPACE, name }, { type: "merge", body });
    return this.until(name, `handled ${token}`, (object) => object.status?.lastHandledReconcileAt === token);
  }

  /** Changes fields of the spec. */
  async patchSpec(name: string, spec: object): Promise<void> {
    await this.client.patch(kustomizationGvk, { namespace: NAMESPACE, name }, { type: "merge", body: { spec } });
  }

  /** Moves time on, once whoever caused what the test has just seen has gone to rest. */
  async advance(milliseconds: number): Promise<void> {
    // The test may see a write before the writer hears that it was done; two more answers later it has.
    for (let round = 0; round < 2; round += 1) await this.client.request("GET", "/version");
    await this.clock.advance(milliseconds);
  }

  /** Whether an object exists. */
  async exists(gvk: GroupVersionKind, key: ObjectKey): Promise<boolean> {
    return (await this.client.find(gvk, key, { metadataOnly: true })) !== undefined;
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.#controllers.map((controller) => controller.stop()));
  }
}

export const configMaps: GroupVersionKind = { group: "", version: "v1", kind: "ConfigMap" };
export const deployments: GroupVersionKind = { group: "apps", version: "v1", kind: "Deployment" };

/** The manifest of a ConfigMap in `apps`. */
export function configMapYaml(name: string, value = "1"): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: apps}\ndata: {value: "${value}"}\n`;
}

export const namespaceYaml = "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n";

/** The manifest of a Deployment in `apps`. */
export function deploymentYaml(name: string, image = "app:1"): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: apps}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, image: "${image}"}]}
`;
}
