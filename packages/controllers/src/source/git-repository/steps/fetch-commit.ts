import type { GitRepositorySpec } from "@sluice/api";
import {
  GitError,
  type GitClient,
  type GitCommit,
  type GitReference,
  type GitRemote,
  type GitRevision,
  resolveReference,
} from "@sluice/source";

/** Says what was being done, as Flux does, and keeps the code. */
export async function whileCheckingOut<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitError) || error.code === "EmptyRepository" || error.code === "InvalidUrl") throw error;
    throw new GitError(error.code, `failed to checkout and determine revision: ${error.message}`, { cause: error });
  }
}

/** Asks the remote which commit is meant now. A commit that is named by its id needs no asking. */
export async function resolveRevision(
  git: GitClient,
  remote: GitRemote,
  spec: GitRepositorySpec,
  signal: AbortSignal,
): Promise<GitRevision> {
  const reference: GitReference = spec.ref ?? {};
  return whileCheckingOut(() => resolveReference(git, remote, reference, signal));
}

/** Brings the commit into the local repository and reads it. */
export async function fetchCommit(
  git: GitClient,
  remote: GitRemote,
  revision: GitRevision,
  options: { readonly spec: GitRepositorySpec; readonly signal: AbortSignal },
): Promise<GitCommit> {
  const { spec, signal } = options;
  const mirror = git.mirrorOf(remote);
  const isPinned = spec.ref?.commit !== undefined && spec.ref.commit !== "";
  return whileCheckingOut(async () => {
    if (isPinned && revision.reference?.startsWith("refs/heads/") === true && revision.isAbsolute !== true) {
      await mirror.ensureOnBranch(revision.commit, revision.reference, signal);
    } else {
      await mirror.ensure(revision, signal);
    }
    return mirror.readCommit(revision.commit, signal);
  });
}
