import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { CliError } from "../errors.ts";
import { git } from "./git.ts";
import { createSyncManifest, parseSyncManifest, redirectSources, type SyncManifest } from "./sync-manifest.ts";

/** A cluster's directory in the repository, and what the cluster begins with. */
export interface FleetCluster {
  /** `production/eu-west-1`: the directory without `clusters/`. */
  readonly name: string;
  /** `clusters/production/eu-west-1`, without `./`. */
  readonly path: string;
  readonly sync: SyncManifest;
}

/** The fleet's repository as the demo serves it. */
export interface FleetRepository {
  /** The bare repository on disk: whoever clones this path may push to it. */
  readonly directory: string;
  /** `fleet-infra.git`. */
  readonly name: string;
  readonly branch: string;
  readonly commit: string;
  readonly clusters: readonly FleetCluster[];
}

/** Where a fleet comes from. */
export interface FleetOrigin {
  /** A directory, a Git repository on disk, or a URL. */
  readonly location: string;
  /** The branch to follow; the repository's own choice when absent. */
  readonly branch?: string;
  /** Cluster directories; all that have a `flux-system/gotk-sync.yaml` when empty. */
  readonly paths: readonly string[];
}

const SYNC_FILE = join("flux-system", "gotk-sync.yaml");
const SEED_MESSAGE = "Follow the demo's Git server";

/**
 * Makes a bare repository of a fleet below `parent`, unless it is there from an earlier run. The one change to what
 * the fleet holds: its sync manifests follow `url` instead of their own server, in a commit that says so.
 */
export async function createFleetRepository(
  origin: FleetOrigin,
  parent: string,
  options: { readonly urlOf: (name: string) => string; readonly signal: AbortSignal },
): Promise<FleetRepository> {
  const { signal, urlOf } = options;
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const name = `${repositoryName(origin.location)}.git`;
  const directory = join(parent, name);
  if (!(await isDirectory(directory))) await importFleet(origin, directory, signal);
  const branch = origin.branch ?? (await git(directory, ["symbolic-ref", "--short", "HEAD"], signal)).trim();
  const work = await mkdtemp(join(parent, "seed-"));
  try {
    await git(parent, ["clone", "--quiet", "--branch", branch, "--", directory, work], signal);
    const paths = origin.paths.length > 0 ? origin.paths.map(cleanPath) : await findClusters(work);
    if (paths.length === 0) {
      throw new CliError(
        "NotFound",
        "no cluster directory (one with flux-system/gotk-sync.yaml) found in the repository: name one with --path",
      );
    }
    const clusters = await Promise.all(
      paths.map((path) => pointToDemo(work, path, urlOf(name), { ...origin, branch })),
    );
    await git(work, ["add", "--all"], signal);
    const status = await git(work, ["status", "--porcelain"], signal);
    if (status !== "") {
      await git(work, ["commit", "--quiet", "--message", SEED_MESSAGE], signal);
      await git(work, ["push", "--quiet", "origin", `HEAD:refs/heads/${branch}`], signal);
    }
    const commit = (await git(work, ["rev-parse", "HEAD"], signal)).trim();
    return { directory, name, branch, commit, clusters };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Copies a fleet into a new bare repository. */
async function importFleet(origin: FleetOrigin, directory: string, signal: AbortSignal): Promise<void> {
  const { location, branch } = origin;
  const parent = resolve(directory, "..");
  if (location.startsWith("-")) throw new CliError("Usage", `not a repository: ${location}`);
  const isLocal = await isDirectory(location);
  if (!isLocal && !/^[a-z][a-z0-9+.-]*:\/\/|^[^/]+@[^/]+:/i.test(location)) {
    throw new CliError("NotFound", `${location}: no such directory, and no URL`);
  }
  if (!isLocal || (await isRepository(location))) {
    const only = branch === undefined ? [] : ["--branch", branch];
    await git(parent, ["clone", "--quiet", "--bare", ...only, "--", location, directory], signal);
    return;
  }
  const seed = await mkdtemp(join(parent, "seed-"));
  try {
    await cp(location, seed, {
      recursive: true,
      filter: (path) => basename(path) !== ".git" && basename(path) !== "node_modules",
    });
    await git(seed, ["init", "--quiet", "--initial-branch", branch ?? "main"], signal);
    await git(seed, ["add", "--all"], signal);
    await git(seed, ["commit", "--quiet", "--message", `Begin with ${basename(location)}`], signal);
    await git(parent, ["clone", "--quiet", "--bare", "--", seed, directory], signal);
    await git(directory, ["remote", "remove", "origin"], signal);
  } finally {
    await rm(seed, { recursive: true, force: true });
  }
}

async function pointToDemo(
  work: string,
  path: string,
  url: string,
  origin: FleetOrigin & { readonly branch: string },
): Promise<FleetCluster> {
  const directory = resolve(work, path);
  if (directory !== work && !directory.startsWith(work + sep)) {
    throw new CliError("Usage", `${path}: not inside the repository`);
  }
  if (!(await isDirectory(directory))) throw new CliError("NotFound", `${path}: no such directory in the repository`);
  const name = path.replace(/^clusters\//, "") || "cluster";
  const file = join(directory, SYNC_FILE);
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before === undefined) return { name, path, sync: syncFor(path, url, origin.branch) };
  const found = parseSyncManifest(before);
  // Templates leave the file empty: `bootstrap` would fill it.
  const sync =
    found.objects.length === 0
      ? syncFor(path, url, origin.branch)
      : parseSyncManifest(redirectSources(before, url, origin.branch));
  if (sync.text !== before) await writeFile(file, sync.text);
  return { name, path, sync };
}

function syncFor(path: string, url: string, branch: string): SyncManifest {
  return parseSyncManifest(redirectSources(createSyncManifest(path, branch).text, url, branch));
}

/** All directories that hold a `flux-system/gotk-sync.yaml`, sorted. */
async function findClusters(work: string): Promise<string[]> {
  const entries = await readdir(work, { recursive: true });
  return entries
    .filter((entry) => entry === SYNC_FILE || entry.endsWith(sep + SYNC_FILE))
    .map((entry) => relative(work, resolve(work, entry, "..", "..")).replaceAll(sep, "/"))
    .filter((path) => !path.startsWith(".git/"))
    .sort();
}

function cleanPath(path: string): string {
  return path.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
}

function repositoryName(location: string): string {
  const last =
    location
      .replace(/[/\\]+$/, "")
      .replace(/\.git$/, "")
      .split(/[/\\:]/)
      .at(-1) ?? "";
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(last) ? last : "fleet";
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isRepository(path: string): Promise<boolean> {
  const [hasGit, isBare] = await Promise.all([
    stat(join(path, ".git")).then(
      () => true,
      () => false,
    ),
    Promise.all([isDirectory(join(path, "objects")), isDirectory(join(path, "refs"))]).then((both) =>
      both.every(Boolean),
    ),
  ]);
  return hasGit || isBare;
}
