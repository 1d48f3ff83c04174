import { createHash } from "node:crypto";
import { access, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { subjectOf, withGitAccess } from "./access.ts";
import { readObjects } from "./cat-file.ts";
import { type GitCommit, parseCommit } from "./commit.ts";
import type { GitCredentials } from "./credentials.ts";
import { GitError } from "./errors.ts";
import type { GitUrl } from "./git-url.ts";
import type { TreeLimits } from "./limits.ts";
import { parseTree, type TreeEntry } from "./ls-tree.ts";
import { Mutex } from "../mutex.ts";
import type { GitRevision } from "./revision.ts";
import { runGit } from "./run-git.ts";

/** Commits are small; more than this is an attack. */
const maxCommitBytes = 1024 * 1024;

/** For servers that give out heads only: everything they have. */
const allReferences = ["+refs/heads/*:refs/sluice/all/heads/*", "+refs/tags/*:refs/sluice/all/tags/*"];

/** History steps when a commit has to be found on a branch, before all of it is fetched. */
const allHistory = 0x7fffffff;
const deepeningSteps = [64, 512, allHistory];

/** Options of every fetch. Objects stay packed, and clean-up happens when we say so. */
const fetchOptions = ["-c", "fetch.unpackLimit=1", "-c", "gc.auto=0", "-c", "maintenance.auto=false"];
const fetchFlags = [
  "--quiet",
  "--force",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
];

/**
 * A bare repository on disk that holds what was fetched from one remote under one set of credentials. There is never
 * a checkout. It is a cache: deleting it costs a fetch, and one that was damaged by a crash is made anew.
 *
 * **Invariant:** a commit that is present is complete: git adds objects to the repository only after it has checked
 * that all they refer to is there (up to the shallow boundary).
 */
export class GitMirror {
  readonly #directory: string;
  readonly #url: GitUrl;
  readonly #credentials: GitCredentials;
  readonly #maxPacks: number;
  readonly #lock = new Mutex();
  #isOpen = false;

  /** With `maxPacks` packs they are merged into one, and what nobody refers to is dropped. */
  constructor(directory: string, url: GitUrl, credentials: GitCredentials, maxPacks: number) {
    this.#directory = directory;
    this.#maxPacks = maxPacks;
    this.#url = url;
    this.#credentials = credentials;
  }

  get #subject(): string {
    return subjectOf(this.#url);
  }

  async #local(args: readonly string[], signal: AbortSignal, maxOutputBytes?: number): Promise<Buffer> {
    return runGit(args, {
      cwd: this.#directory,
      env: { GIT_DIR: this.#directory },
      signal,
      subject: this.#subject,
      ...(maxOutputBytes !== undefined && { maxOutputBytes }),
    });
  }

  /** Creates the repository, or clears away what a process left that was killed while it wrote. */
  async #open(signal: AbortSignal): Promise<void> {
    if (this.#isOpen) return;
    const exists = await access(join(this.#directory, "HEAD")).then(
      () => true,
      () => false,
    );
    if (exists) {
      await removeLeftovers(this.#directory);
    } else {
      await rm(this.#directory, { recursive: true, force: true });
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await runGit(["init", "--quiet", "--bare", "--template=", "--", this.#directory], {
        cwd: dirname(this.#directory),
        signal,
        subject: this.#subject,
      });
    }
    this.#isOpen = true;
  }

  async #has(commit: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#local(["cat-file", "-e", `${commit}^{tree}`], signal);
      return true;
    } catch (error) {
      if (error instanceof GitError && error.code !== "Timeout" && error.code !== "GitUnavailable") return false;
      throw error;
    }
  }

  /** Fetches; into a new repository where the one that is there turns out to be damaged. */
  async #fetch(refspecs: readonly string[], depth: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#fetchOnce(refspecs, depth, signal);
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#reset(signal);
      await this.#fetchOnce(refspecs, depth, signal);
    }
  }

  async #fetchOnce(refspecs: readonly string[], depth: number, signal: AbortSignal): Promise<void> {
    const { address } = this.#url;
    await withGitAccess(this.#url, this.#credentials, (remote) =>
      runGit([...fetchOptions, "fetch", ...fetchFlags, `--depth=${depth}`, "--", address, ...refspecs], {
        cwd: this.#directory,
        env: { ...remote.env, GIT_DIR: this.#directory },
        signal,
        subject: this.#subject,
      }),
    );
  }

  /** Fetches one commit by its id; where the server does not allow that, through the references that may hold it. */
  async #fetchCommit({ commit, reference }: GitRevision, signal: AbortSignal): Promise<void> {
    const kept = keptName(reference ?? "commit");
    try {
      await this.#fetch([`+${commit}:${kept}`], 1, signal);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const isRefused = error.code === "CommitNotAdvertised";
      if (reference === undefined) {
        if (!isRefused) throw error;
        await this.#fetch(allReferences, allHistory, signal);
      } else {
        if (!isRefused && error.code !== "CommitNotFound") throw error;
        await this.#fetch([`+${reference}:${kept}`], 1, signal);
      }
    }
  }

  /**
   * Makes a commit available. Asks the remote only when it is not here yet, and then for what is missing.
   *
   * @throws GitError `CommitNotFound` when the remote does not have it (any more)
   */
  async ensure(revision: GitRevision, signal: AbortSignal): Promise<void> {
    await this.#lock.run(async () => {
      await this.#open(signal);
      if (await this.#has(revision.commit, signal)) return;
      await this.#fetchCommit(revision, signal);
      if (!(await this.#has(revision.commit, signal))) {
        throw new GitError("CommitNotFound", `${this.#subject}: commit ${revision.commit} not found`);
      }
      await this.#repackIfNeeded(signal);
    });
  }

  /**
   * Makes a commit available that has to be part of a branch, going back in the branch's history as far as needed.
   *
   * @throws GitError `CommitNotFound` when the branch does not contain it
   */
  async ensureOnBranch(commit: string, branch: string, signal: AbortSignal): Promise<void> {
    await this.#lock.run(async () => {
      await this.#open(signal);
      const kept = keptName(branch);
      for (const depth of deepeningSteps) {
        await this.#fetch([`+${branch}:${kept}`], depth, signal);
        if (await this.#isAncestor(commit, kept, signal)) return;
      }
      throw new GitError("CommitNotFound", `${this.#subject}: commit ${commit} is not part of ${branch}`);
    });
  }

  async #isAncestor(commit: string, reference: string, signal: AbortSignal): Promise<boolean> {
    if (!(await this.#has(commit, signal))) return false;
    const listing = await this.#local(["rev-list", "--no-walk", "--ignore-missing", commit], signal);
    if (listing.length === 0) return false;
    const missing = await this.#local(["rev-list", "--max-count=1", commit, "--not", reference], signal);
    return missing.length === 0;
  }

  /** Whether a commit is here already. */
  async has(commit: string, signal: AbortSignal): Promise<boolean> {
    return this.#lock.run(async () => {
      await this.#open(signal);
      return this.#has(commit, signal);
    });
  }

  async readCommit(commit: string, signal: AbortSignal): Promise<GitCommit> {
    return this.#read(async () => {
      for await (const object of this.#objects([commit], maxCommitBytes, signal)) {
        if (object.type === "commit") return parseCommit(commit, object.bytes);
      }
      throw new GitError("CommitNotFound", `${this.#subject}: ${commit} is not a commit`);
    });
  }

  /** Lists every leaf of a commit's tree, without reading any content. */
  async listTree(commit: string, limits: TreeLimits, signal: AbortSignal): Promise<readonly TreeEntry[]> {
    const args = ["ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit];
    return this.#read(async () => parseTree(await this.#local(args, signal), limits.maxEntries));
  }

  /** Reads blobs, each id once; the answer is by id. */
  async readBlobs(oids: Iterable<string>, maxBytes: number, signal: AbortSignal): Promise<Map<string, Uint8Array>> {
    return this.#read(async () => {
      const blobs = new Map<string, Uint8Array>();
      for await (const { oid, bytes } of this.#objects([...new Set(oids)], maxBytes, signal)) blobs.set(oid, bytes);
      return blobs;
    });
  }

  /** Reads a blob as a git configuration file: `key → value` pairs in order. */
  async readConfig(blob: string, signal: AbortSignal): Promise<readonly (readonly [string, string])[]> {
    const args = ["config", "--no-includes", "--blob", blob, "--null", "--list"];
    const output = await this.#read(() => this.#local(args, signal, maxCommitBytes));
    return output
      .toString("utf8")
      .split("\0")
      .filter((record) => record !== "")
      .map((record) => {
        const end = record.indexOf("\n");
        return end < 0 ? ([record, ""] as const) : ([record.slice(0, end), record.slice(end + 1)] as const);
      });
  }

  /**
   * Reads from the repository. Where objects turn out to be missing or broken, the repository is deleted, so that the
   * next attempt fetches anew: a commit that seems to be present would otherwise stand in its way for ever.
   */
  async #read<T>(work: () => Promise<T>): Promise<T> {
    return this.#lock.run(async () => {
      try {
        return await work();
      } catch (error) {
        if (isDamage(error)) await this.#delete();
        throw error;
      }
    });
  }

  #objects(oids: readonly string[], maxObjectBytes: number, signal: AbortSignal): ReturnType<typeof readObjects> {
    return readObjects(oids, {
      cwd: this.#directory,
      env: { GIT_DIR: this.#directory },
      signal,
      subject: this.#subject,
      maxObjectBytes,
    });
  }

  /** Deletes the repository. A later use makes it anew. */
  async remove(): Promise<void> {
    await this.#lock.run(() => this.#delete());
  }

  async #delete(): Promise<void> {
    this.#isOpen = false;
    // A git process whose parent was killed may still be writing here.
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #reset(signal: AbortSignal): Promise<void> {
    await this.#delete();
    await this.#open(signal);
  }

  async #repackIfNeeded(signal: AbortSignal): Promise<void> {
    const packs = (await readdir(join(this.#directory, "objects", "pack"))).filter((name) => name.endsWith(".pack"));
    if (packs.length < this.#maxPacks) return;
    await this.#local(["gc", "--quiet", "--prune=now"], signal);
  }
}

/**
 * The name under which fetched objects are kept: one per reference, so that the next fetch has something to build upon.
 * A digest, since `a` and `a/b` cannot both be names at the same time, though the remote may have had one after the
 * other.
 */
function keptName(reference: string): string {
  return `refs/sluice/${createHash("sha256").update(reference).digest("hex").slice(0, 40)}`;
}

/** Whether a failure says that the cache itself, not the remote, is broken. */
function isDamage(error: unknown): boolean {
  return error instanceof GitError && error.code === "CacheDamaged";
}

/** Removes lock files and half-written packs. Only for a repository that no process is using. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  const leftovers = names.filter((name) =>
    /\.lock$|(^|\/)tmp_[^/]*$|(^|\/)tmp_objdir[^/]*$|(^|\/)incoming-[^/]*$/.test(name),
  );
  for (const name of leftovers) await rm(join(directory, name), { recursive: true, force: true });
}
