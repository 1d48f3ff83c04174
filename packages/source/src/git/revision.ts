/** A commit, and the reference it was found under. */
export interface GitRevision {
  /** 40 or 64 hex digits. */
  readonly commit: string;
  /** Full name; absent when the commit was asked for by its id alone. */
  readonly reference?: string;
  /** Whether the reference is written out in full: `refs/heads/main@sha1:…` instead of `main@sha1:…`. */
  readonly isAbsolute?: boolean;
}

function digestOfCommit(commit: string): string {
  return `${commit.length === 64 ? "sha256" : "sha1"}:${commit}`;
}

/** The revision as artifacts carry it: `main@sha1:<commit>`, `refs/pull/7/head@sha1:<commit>`, `sha1:<commit>`. */
export function formatRevision(revision: GitRevision): string {
  const { reference, commit, isAbsolute } = revision;
  if (reference === undefined) return digestOfCommit(commit);
  const short = /^refs\/[^/]+\/(.+)$/.exec(reference)?.[1];
  if (isAbsolute === true) return `${reference}@${digestOfCommit(commit)}`;
  return short === undefined ? digestOfCommit(commit) : `${short}@${digestOfCommit(commit)}`;
}
