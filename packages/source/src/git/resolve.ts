import { compareVersions, parseConstraint, parseStrictVersion, type Version } from "@sluice/semver";
import { subjectOf } from "./access.ts";
import { GitError } from "./errors.ts";
import type { GitClient, GitRemote } from "./git-client.ts";
import { checkCommitId, checkReferenceName, type References } from "./references.ts";
import type { GitRevision } from "./revision.ts";

/** Which commit is wanted, as `spec.ref` of a GitRepository says it. */
export interface GitReference {
  readonly branch?: string;
  readonly tag?: string;
  readonly semver?: string;
  readonly name?: string;
  readonly commit?: string;
}

async function ofReference(
  client: GitClient,
  remote: GitRemote,
  reference: string,
  options: { readonly isAbsolute?: boolean; readonly signal: AbortSignal },
): Promise<GitRevision> {
  const scope = reference.startsWith("refs/heads/") ? "heads" : reference.startsWith("refs/tags/") ? "tags" : "all";
  const references = await client.listReferences(remote, scope, options.signal);
  const commit = references.get(reference);
  if (commit === undefined)
    throw await missing(client, remote, reference, { references, scope, signal: options.signal });
  return { commit, reference, ...(options.isAbsolute === true && { isAbsolute: true }) };
}

/** Tells an empty repository from one that lacks the reference. */
async function missing(
  client: GitClient,
  remote: GitRemote,
  what: string,
  found: { readonly references: References; readonly scope: string; readonly signal: AbortSignal },
): Promise<GitError> {
  const { references, scope, signal } = found;
  const all = references.size > 0 || scope === "all" ? references : await client.listReferences(remote, "all", signal);
  const subject = subjectOf(remote.url);
  if (all.size === 0) return new GitError("EmptyRepository", "git repository is empty");
  return new GitError("ReferenceNotFound", `${subject}: couldn't find remote ref ${JSON.stringify(what)}`);
}

/** The tags whose version is the highest within the range: several when versions differ in build metadata alone. */
export function highestTags(references: References, range: string): readonly string[] {
  let constraint;
  try {
    constraint = parseConstraint(range);
  } catch (cause) {
    throw new GitError("InvalidReference", `semver parse error: ${(cause as Error).message}`, { cause });
  }
  let best: { readonly version: Version; readonly tags: string[] } | undefined;
  for (const reference of references.keys()) {
    if (!reference.startsWith("refs/tags/")) continue;
    const version = parseStrictVersion(reference.slice("refs/tags/".length).replace(/^v/, ""));
    if (version === undefined || !constraint.matches(version)) continue;
    const order = best === undefined ? 1 : compareVersions(version, best.version);
    if (order > 0) best = { version, tags: [reference] };
    else if (order === 0) best?.tags.push(reference);
  }
  return best?.tags ?? [];
}

async function ofSemver(
  client: GitClient,
  remote: GitRemote,
  range: string,
  signal: AbortSignal,
): Promise<GitRevision> {
  const references = await client.listReferences(remote, "tags", signal);
  const tags = highestTags(references, range);
  if (tags.length === 0) {
    const error = await missing(client, remote, range, { references, scope: "tags", signal });
    if (error.code === "EmptyRepository") throw error;
    throw new GitError("NoMatchingVersion", `${subjectOf(remote.url)}: no match found for semver: ${range}`);
  }
  let newest: { readonly revision: GitRevision; readonly committedAt: number } | undefined;
  for (const reference of [...tags].sort()) {
    const revision: GitRevision = { commit: references.get(reference) ?? "", reference };
    if (tags.length === 1) return revision;
    const mirror = client.mirrorOf(remote);
    await mirror.ensure(revision, signal);
    const { committedAt } = await mirror.readCommit(revision.commit, signal);
    if (newest === undefined || committedAt >= newest.committedAt) newest = { revision, committedAt };
  }
  if (newest === undefined) throw new TypeError("no tag among several");
  return newest.revision;
}

/**
 * Finds out which commit a reference means now, by `ls-remote` alone (and by the dates of commits where several tags
 * are the same version). Commit wins over name, name over semver, semver over tag, tag over branch; the branch is
 * `master` when nothing is said.
 *
 * @throws GitError `ReferenceNotFound`, `NoMatchingVersion`, `EmptyRepository`, `InvalidReference`, or what the remote
 * answered
 */
export async function resolveReference(
  client: GitClient,
  remote: GitRemote,
  reference: GitReference,
  signal: AbortSignal,
): Promise<GitRevision> {
  if (reference.commit !== undefined && reference.commit !== "") {
    const commit = checkCommitId(reference.commit);
    if (reference.name !== undefined && reference.name !== "") {
      return { commit, reference: checkReferenceName(reference.name), isAbsolute: true };
    }
    if (reference.branch === undefined || reference.branch === "") return { commit };
    return { commit, reference: checkReferenceName(`refs/heads/${reference.branch}`) };
  }
  if (reference.name !== undefined && reference.name !== "") {
    const isPeeled = reference.name.endsWith("^{}");
    const name = checkReferenceName(isPeeled ? reference.name.slice(0, -3) : reference.name);
    return ofReference(client, remote, name, { isAbsolute: true, signal });
  }
  if (reference.semver !== undefined && reference.semver !== "")
    return ofSemver(client, remote, reference.semver, signal);
  if (reference.tag !== undefined && reference.tag !== "") {
    return ofReference(client, remote, checkReferenceName(`refs/tags/${reference.tag}`), { signal });
  }
  const branch = reference.branch === undefined || reference.branch === "" ? "master" : reference.branch;
  return ofReference(client, remote, checkReferenceName(`refs/heads/${branch}`), { signal });
}
