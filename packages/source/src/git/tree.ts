import type { FileTree, TreeFile } from "../archive/file-tree.ts";
import { comparePaths } from "../archive/file-tree.ts";
import { subjectOf } from "./access.ts";
import { credentialsForSubmodule } from "./credentials.ts";
import { GitError } from "./errors.ts";
import type { GitClient, GitRemote } from "./git-client.ts";
import { resolveSubmoduleUrl } from "./git-url.ts";
import type { TreeLimits } from "./limits.ts";
import type { TreeEntry } from "./ls-tree.ts";
import type { GitMirror } from "./mirror.ts";
import { checkSparsePath } from "./tree-path.ts";

export interface OpenTreeOptions {
  /** Directories to take; all when absent or empty. */
  readonly sparseCheckout?: readonly string[];
  readonly recurseSubmodules?: boolean;
  readonly limits: TreeLimits;
  readonly signal: AbortSignal;
}

interface Leaf {
  readonly mirror: GitMirror;
  readonly oid: string;
  readonly size: number;
  readonly executable: boolean;
}

/** The files of a commit, known by name and read when needed. */
export interface CommitTree {
  /** Sorted. */
  readonly paths: readonly string[];
  /** Reads files that are in {@link paths}. Throws `LimitExceeded` for one that is too large, or for too many bytes. */
  readonly read: (paths: Iterable<string>) => Promise<FileTree>;
}

interface Submodule {
  readonly path: string;
  readonly url: string;
}

/** The sections of a `.gitmodules` file that have a path and a URL. */
function submodulesOf(config: readonly (readonly [string, string])[]): readonly Submodule[] {
  const sections = new Map<string, { path?: string; url?: string }>();
  for (const [key, value] of config) {
    const match = /^submodule\.(.+)\.(path|url)$/s.exec(key);
    if (match === null) continue;
    const [, name = "", field] = match;
    const section = sections.get(name) ?? {};
    sections.set(name, field === "path" ? { ...section, path: value } : { ...section, url: value });
  }
  return [...sections.values()].flatMap(({ path, url }) =>
    path === undefined || url === undefined ? [] : [{ path, url }],
  );
}

function isWithin(path: string, directories: readonly string[] | undefined): boolean {
  if (directories === undefined) return true;
  return directories.some((each) => each === "" || path === each || path.startsWith(`${each}/`));
}

/** Gathers the leaves of a commit and of its submodules, each under its own prefix. */
class LeafCollector {
  readonly leaves: Map<string, Leaf> = new Map();
  #submodules = 0;
  readonly #client: GitClient;
  readonly #options: OpenTreeOptions;
  readonly #directories: readonly string[] | undefined;

  constructor(client: GitClient, options: OpenTreeOptions, directories: readonly string[] | undefined) {
    this.#client = client;
    this.#options = options;
    this.#directories = directories;
  }

  async collect(remote: GitRemote, commit: string, prefix: string, depth: number): Promise<void> {
    const { limits, signal } = this.#options;
    const mirror = this.#client.mirrorOf(remote);
    const entries = await mirror.listTree(commit, limits, signal);
    const links: TreeEntry[] = [];
    for (const entry of entries) {
      const path = prefix + entry.path;
      if (!isWithin(path, this.#directories)) continue;
      if (entry.kind === "submodule") links.push(entry);
      if (entry.kind !== "file" && entry.kind !== "executable") continue;
      if (this.leaves.size >= limits.maxEntries) {
        throw new GitError("LimitExceeded", `${subjectOf(remote.url)}: more than ${limits.maxEntries} files`);
      }
      this.leaves.set(path, { mirror, oid: entry.oid, size: entry.size, executable: entry.kind === "executable" });
    }
    if (this.#options.recurseSubmodules !== true || links.length === 0) return;
    const modules = entries.find((entry) => entry.path === ".gitmodules" && entry.kind === "file");
    if (modules === undefined) return;
    const known = submodulesOf(await mirror.readConfig(modules.oid, signal));
    for (const link of links) {
      const submodule = known.find((each) => each.path === link.path);
      if (submodule !== undefined) await this.#descend(remote, submodule, link.oid, { prefix, depth });
    }
  }

  async #descend(
    parent: GitRemote,
    submodule: Submodule,
    commit: string,
    at: { readonly prefix: string; readonly depth: number },
  ): Promise<void> {
    const { limits, signal } = this.#options;
    const path = at.prefix + submodule.path;
    if (at.depth >= limits.maxSubmoduleDepth || ++this.#submodules > limits.maxSubmodules) {
      throw new GitError("LimitExceeded", `submodule ${path}: too many submodules, or too deep within each other`);
    }
    try {
      const url = resolveSubmoduleUrl(submodule.url, parent.url, { allowLocal: parent.url.transport === "file" });
      const remote: GitRemote = { url, credentials: credentialsForSubmodule(parent.url, url, parent.credentials) };
      await this.#client.mirrorOf(remote).ensure({ commit }, signal);
      await this.collect(remote, commit, `${path}/`, at.depth + 1);
    } catch (error) {
      if (!(error instanceof GitError) || error.message.startsWith("submodule ")) throw error;
      throw new GitError(error.code, `submodule ${path}: ${error.message}`, { cause: error });
    }
  }
}

async function readLeaves(
  leaves: ReadonlyMap<string, Leaf>,
  paths: Iterable<string>,
  options: OpenTreeOptions,
): Promise<FileTree> {
  const { limits, signal } = options;
  const wanted = new Map<GitMirror, Map<string, Leaf>>();
  let total = 0;
  for (const path of paths) {
    const leaf = leaves.get(path);
    if (leaf === undefined) throw new RangeError(`${path} is not in the tree`);
    if (leaf.size > limits.maxFileBytes) {
      throw new GitError(
        "LimitExceeded",
        `${path}: file of ${leaf.size} bytes is larger than ${limits.maxFileBytes} bytes`,
      );
    }
    total += leaf.size;
    if (total > limits.maxTotalBytes) {
      throw new GitError(
        "LimitExceeded",
        `${path}: with this file the artifact is larger than ${limits.maxTotalBytes} bytes`,
      );
    }
    const ofMirror = wanted.get(leaf.mirror) ?? new Map<string, Leaf>();
    wanted.set(leaf.mirror, ofMirror.set(path, leaf));
  }
  const files = new Map<string, TreeFile>();
  for (const [mirror, ofMirror] of wanted) {
    const oids = [...ofMirror.values()].map((leaf) => leaf.oid);
    const blobs = await mirror.readBlobs(oids, limits.maxFileBytes, signal);
    for (const [path, leaf] of ofMirror) {
      const bytes = blobs.get(leaf.oid);
      if (bytes === undefined) throw new GitError("CacheDamaged", `${path}: object ${leaf.oid} is missing`);
      files.set(path, { bytes, executable: leaf.executable });
    }
  }
  return files;
}

/**
 * Lists the files of a commit that is available in its mirror, submodules included where asked for. Symbolic links are
 * left out, as are submodules that `.gitmodules` does not know.
 *
 * @throws GitError `UnsafeTree`, `LimitExceeded`, `InvalidPath` or `PathNotFound` for a sparse checkout directory, and
 * for submodules whatever their remote answers
 */
export async function openTree(
  client: GitClient,
  remote: GitRemote,
  commit: string,
  options: OpenTreeOptions,
): Promise<CommitTree> {
  const sparse = options.sparseCheckout;
  const directories = sparse === undefined || sparse.length === 0 ? undefined : sparse.map(checkSparsePath);
  const collector = new LeafCollector(client, options, directories);
  await collector.collect(remote, commit, "", 0);
  const { leaves } = collector;
  const paths = [...leaves.keys()].sort(comparePaths);
  directories?.forEach((directory, index) => {
    if (paths.some((path) => isWithin(path, [directory]))) return;
    throw new GitError(
      "PathNotFound",
      `sparse checkout dir '${sparse?.[index] ?? directory}' does not exist in repository`,
    );
  });
  return { paths, read: (selected) => readLeaves(leaves, selected, options) };
}
