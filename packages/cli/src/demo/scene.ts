import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveGitRepositories, type GitServer } from "@sluice/source";
import { CliError } from "../errors.ts";
import { bootstrapCluster, installKinds, startCluster, type EmbeddedCluster } from "./embedded-cluster.ts";
import type { FleetMonitor } from "./fleet-monitor.ts";
import {
  createFleetRepository,
  type FleetCluster,
  type FleetOrigin,
  type FleetRepository,
} from "./fleet-repository.ts";
import { startSluice } from "./local-sluice.ts";
import { LOCAL_LOG_FILE } from "../commands/logs.ts";

/** What to start, and where. */
export interface SceneOptions {
  /** Whether the fleet may use kinds that have no controller here. */
  readonly forAnyFleet: boolean;
  readonly origin: FleetOrigin;
  /** Kept when given; a new temporary directory that goes with the scene when not. */
  readonly dataDirectory?: string;
  readonly signal: AbortSignal;
}

/** Everything that runs for a demo. */
export interface Scene {
  readonly monitor: FleetMonitor;
  readonly repository: FleetRepository;
  readonly clusters: readonly EmbeddedCluster[];
  /** The scene's own directory. */
  readonly directory: string;
  /** Rejects when something that must keep running stops. */
  readonly failure: Promise<never>;
  /** Stops everything, in the reverse order, and removes what is temporary. */
  close(): Promise<void>;
}

const LOGIN = { username: "git", password: randomBytes(18).toString("base64url") };
const PORT_FILE = "git-port";

/**
 * Starts a Git server with the fleet's repository, and for each of its clusters an API server and a Sluice; the
 * monitor sees everything from the first moment. Whatever was started is closed again when a step fails.
 */
export async function startScene(
  monitor: FleetMonitor,
  { origin, forAnyFleet, dataDirectory, signal }: SceneOptions,
): Promise<Scene> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const directory = dataDirectory ?? (await mkdtemp(join(tmpdir(), "sluice-demo-")));
    if (dataDirectory === undefined) closers.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    else await mkdir(directory, { recursive: true, mode: 0o700 });
    const git = await serveGit(directory, { needsLogin: !forAnyFleet });
    closers.push(() => git.close());
    const urlOf = (name: string): string => `${git.url}/${name}`;
    const repository = await createFleetRepository(origin, join(directory, "git"), { urlOf, signal });
    monitor.begin(repository.clusters);
    const failures: Promise<never>[] = [];
    const clusters = await Promise.all(
      repository.clusters.map((cluster) =>
        startMember(cluster, { forAnyFleet, directory, monitor, signal, closers, failures }),
      ),
    );
    const failure = Promise.race(failures);
    failure.catch(() => {}); // the caller decides whether to listen
    return { monitor, repository, clusters, directory, failure, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface MemberContext {
  readonly forAnyFleet: boolean;
  readonly directory: string;
  readonly monitor: FleetMonitor;
  readonly signal: AbortSignal;
  readonly closers: (() => Promise<unknown>)[];
  readonly failures: Promise<never>[];
}

async function startMember(member: FleetCluster, context: MemberContext): Promise<EmbeddedCluster> {
  const { monitor, signal, closers, failures } = context;
  const { name } = member;
  const directory = join(context.directory, "clusters", ...name.split("/"));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  monitor.step(name, "starting the API server");
  const cluster = await startCluster(name, directory, signal);
  closers.push(() => cluster.close());
  monitor.step(name, "installing the kinds");
  await installKinds(cluster, { forAnyFleet: context.forAnyFleet, signal });
  monitor.step(name, "starting the controllers");
  const log = createWriteStream(join(directory, LOCAL_LOG_FILE), { flags: "a", mode: 0o600 });
  closers.push(() => new Promise((done) => log.end(done)));
  const sluice = await startSluice({
    kubeconfig: cluster.kubeconfig,
    directory,
    writeLog: (line) => void log.write(line),
  });
  closers.push(() => sluice.close());
  failures.push(sluice.failure);
  const watching = new AbortController();
  const watch = monitor.watch(name, cluster.client, watching.signal);
  closers.push(() => {
    watching.abort();
    return watch.catch(() => {});
  });
  failures.push(
    watch.then(
      () => new Promise<never>(() => {}),
      (error: unknown) => {
        throw new CliError("Failed", `${name}: the cluster can no longer be watched`, { cause: error });
      },
    ),
  );
  monitor.step(name, "following the repository");
  await bootstrapCluster(cluster, member, LOGIN, signal);
  return cluster;
}

/**
 * Serves the repositories below `<directory>/git`, on the port of an earlier run where there was one: the clusters
 * and the repository of that run know the address. Fetching needs the login, except for fleets whose sources may
 * not bring one; pushing goes by the file system.
 */
async function serveGit(directory: string, { needsLogin }: { readonly needsLogin: boolean }): Promise<GitServer> {
  const repositories = join(directory, "git");
  const portFile = join(directory, PORT_FILE);
  await mkdir(repositories, { recursive: true, mode: 0o700 });
  const options = { ...(needsLogin && { auth: LOGIN }), allowPush: false };
  const before = Number(await readFile(portFile, "utf8").catch(() => "0"));
  const server = await serveGitRepositories(repositories, { ...options, port: before }).catch(() =>
    serveGitRepositories(repositories, options),
  );
  await writeFile(portFile, String(server.port));
  return server;
}
