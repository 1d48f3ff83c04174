import { join } from "node:path";
import {
  controllerMetrics,
  Manager,
  silentLogger,
  systemClock,
  type Client,
  type Clock,
  type InformerSelection,
  type LeaderElectionOptions,
  type Logger,
  type MetricsRegistry,
} from "@sluice/kube";
import {
  ArtifactStorage,
  GitClient,
  fetchArtifact as fetchArtifactOverHttp,
  serveArtifacts,
  type ArtifactServer,
  type DigestAlgorithm,
  type TreeLimits,
} from "@sluice/source";
import { lockDirectory } from "./directory-lock.ts";
import { addKustomizationController, type FetchArtifact, type KustomizationPolicy } from "./kustomization/index.ts";
import { fetchFromOwnStorage } from "./own-artifacts.ts";
import { addGitRepositoryController } from "./source/git-repository/index.ts";
import type { Random } from "./runtime/index.ts";

/** The controllers that can run, under the names of `--controllers`. */
export const controllerNames = ["source", "kustomize"] as const;
export type ControllerName = (typeof controllerNames)[number];

/** What the operator of a cluster can set; the names are those of Flux's flags. Absent means Flux's default. */
export interface ControllerFlags extends Partial<KustomizationPolicy> {
  /** Kustomizations at the same time. Default 4. */
  readonly concurrentKustomizations?: number;
  /** Sources at the same time. Default 2. */
  readonly concurrentSources?: number;
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  /** Undo drift as soon as it happens, not only once per interval. Default true. */
  readonly watchDrift?: boolean;
  /** Attempts of an artifact's download after the first. Default 9. */
  readonly httpRetry?: number;
  /** `host[:port]` to fetch artifacts from instead of what their URLs say (`SOURCE_CONTROLLER_LOCALHOST`). */
  readonly sourceControllerLocalhost?: string;
  /** Only objects with these labels are reconciled. */
  readonly watchLabelSelector?: string;
  /** Only objects of this namespace are reconciled. Default: all namespaces. */
  readonly watchNamespace?: string;
  readonly artifactRetentionTtlMs?: number;
  readonly artifactRetentionRecords?: number;
  readonly artifactDigestAlgorithm?: DigestAlgorithm;
  /** Accept `file://` URLs of Git repositories: for trusted local use only. */
  readonly allowLocalRepositories?: boolean;
  readonly treeLimits?: TreeLimits;
}

export interface StartControllersOptions {
  readonly client: Client;
  /** Where artifacts and Git mirrors are kept. Owned by one process at a time; survives restarts. */
  readonly directory: string;
  /** Default: all of them. */
  readonly controllers?: readonly ControllerName[];
  readonly flags?: ControllerFlags;
  /** Where artifacts are served. Default: a free port of 127.0.0.1. */
  readonly artifactServer?: {
    readonly host?: string;
    readonly port?: number;
    /** What artifact URLs say instead of the address listened on. */
    readonly advertisedAddress?: string;
  };
  readonly leaderElection?: LeaderElectionOptions;
  readonly metrics?: MetricsRegistry;
  readonly metricsAddress?: string;
  readonly healthAddress?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly random?: Random;
  /** Default: from this process's own storage, or else over HTTP. */
  readonly fetchArtifact?: FetchArtifact;
}

/** Controllers at work. */
export interface RunningControllers {
  readonly manager: Manager;
  /** `host:port` where artifacts are served; `undefined` where no source controller runs. */
  readonly artifactAddress: string | undefined;
  /** Resolves when the controllers have stopped, rejects when they had to. */
  readonly done: Promise<void>;
  /** Lets what is under way end, and resolves as `done` does. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts controllers in this process, against the cluster of the client. What they need beside the cluster is below
 * one directory; they can be stopped, or killed, at any time and started again on the same directory.
 */
export async function startControllers(options: StartControllersOptions): Promise<RunningControllers> {
  const { client, clock = systemClock, logger = silentLogger, flags = {}, controllers = controllerNames } = options;
  const { watchLabelSelector, watchNamespace } = flags;
  const manager = new Manager({
    client,
    clock,
    logger,
    ...(options.metrics && { metrics: options.metrics }),
    ...(options.leaderElection && { leaderElection: options.leaderElection }),
    ...(options.metricsAddress !== undefined && { metricsAddress: options.metricsAddress }),
    ...(options.healthAddress !== undefined && { healthAddress: options.healthAddress }),
    cacheDefaults: ({ group }) => selectionFor(group, watchLabelSelector, watchNamespace),
  });
  // Only sources keep anything there.
  const lock = controllers.includes("source") ? await lockDirectory(options.directory) : undefined;
  let artifacts: ArtifactServer | undefined;
  const release = async (): Promise<void> => {
    await artifacts?.close();
    await lock?.release();
  };
  try {
    const sources = controllers.includes("source") ? await addSources(manager, options) : undefined;
    artifacts = sources?.server;
    if (controllers.includes("kustomize")) await addKustomizations(manager, sources?.storage, options);
  } catch (error) {
    await release();
    throw error;
  }
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    try {
      await manager.run(stopping.signal);
    } finally {
      await release();
    }
  };
  const done = run();
  // Whoever is interested listens to `done`; without a listener a failure must not end the process.
  done.catch(() => {});
  return {
    manager,
    artifactAddress: artifacts?.address,
    done,
    stop: () => {
      stopping.abort(new Error("the controllers were told to stop"));
      return done;
    },
  };
}

async function addSources(
  manager: Manager,
  options: StartControllersOptions,
): Promise<{ readonly storage: ArtifactStorage; readonly server: ArtifactServer }> {
  const { directory, flags = {}, artifactServer = {}, random } = options;
  const { host, port, advertisedAddress } = artifactServer;
  const storage = new ArtifactStorage({
    directory: join(directory, "artifacts"),
    now: () => manager.clock.now(),
    ...(flags.artifactDigestAlgorithm && { digestAlgorithm: flags.artifactDigestAlgorithm }),
    ...(flags.artifactRetentionTtlMs !== undefined && { retentionTtlMs: flags.artifactRetentionTtlMs }),
    ...(flags.artifactRetentionRecords !== undefined && { retentionRecords: flags.artifactRetentionRecords }),
  });
  await storage.open();
  const server = await serveArtifacts(storage, {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
  });
  storage.advertise(advertisedAddress ?? server.address);
  addGitRepositoryController(manager, {
    git: new GitClient({
      directory: join(directory, "git"),
      ...(flags.allowLocalRepositories !== undefined && { allowLocal: flags.allowLocalRepositories }),
    }),
    storage,
    observer: controllerMetrics(manager.metrics, "gitrepository"),
    ...retryDelays(flags),
    ...(flags.concurrentSources !== undefined && { concurrency: flags.concurrentSources }),
    ...(flags.treeLimits && { limits: flags.treeLimits }),
    ...(flags.requeueDependencyMs !== undefined && { requeueDependencyMs: flags.requeueDependencyMs }),
    ...(flags.jitterPercentage !== undefined && { intervalJitterPercentage: flags.jitterPercentage }),
    ...(random && { random }),
  });
  return { storage, server };
}

async function addKustomizations(
  manager: Manager,
  storage: ArtifactStorage | undefined,
  options: StartControllersOptions,
): Promise<void> {
  const { flags = {}, random } = options;
  const fetchArtifact = options.fetchArtifact ?? (storage && fetchFromOwnStorage(storage, fetchArtifactOverHttp));
  await addKustomizationController(manager, {
    policy: flags,
    observer: controllerMetrics(manager.metrics, "kustomization"),
    ...retryDelays(flags),
    ...(flags.watchNamespace !== undefined && { sourceNamespace: flags.watchNamespace }),
    ...(flags.watchDrift !== undefined && { watchDrift: flags.watchDrift }),
    ...(flags.concurrentKustomizations !== undefined && { concurrency: flags.concurrentKustomizations }),
    fetchOptions: {
      ...(flags.httpRetry !== undefined && { retries: flags.httpRetry }),
      ...(flags.sourceControllerLocalhost !== undefined && { localhostOverride: flags.sourceControllerLocalhost }),
    },
    ...(random && { random }),
    ...(fetchArtifact && { fetchArtifact }),
  });
}

function retryDelays(flags: ControllerFlags): { readonly minRetryDelayMs?: number; readonly maxRetryDelayMs?: number } {
  return {
    ...(flags.minRetryDelayMs !== undefined && { minRetryDelayMs: flags.minRetryDelayMs }),
    ...(flags.maxRetryDelayMs !== undefined && { maxRetryDelayMs: flags.maxRetryDelayMs }),
  };
}

/** Flux's own kinds are sharded by the operator's selectors; whatever else is watched is not. */
function selectionFor(group: string, labelSelector?: string, namespace?: string): InformerSelection {
  if (!group.endsWith(".toolkit.fluxcd.io")) return {};
  return {
    ...(labelSelector !== undefined && labelSelector !== "" && { labelSelector }),
    ...(namespace !== undefined && namespace !== "" && { namespace }),
  };
}
