import { CodedError } from "@sluice/errors";

/**
 * What the reconciler itself finds wrong, beside what Git and the storage report.
 * - `SecretNotFound`, `InvalidProxy`: the credentials cannot be read
 * - `InvalidProviderConfiguration`: the credentials are for another provider
 * - `IncludeNotFound`, `IncludeWithoutArtifact`: an included GitRepository is not there (yet)
 * - `IncludeNotCopied`: an included artifact lacks the path, or its file is gone
 */
export type GitRepositoryErrorCode =
  | "SecretNotFound"
  | "InvalidProviderConfiguration"
  | "IncludeNotFound"
  | "IncludeWithoutArtifact"
  | "IncludeNotCopied";

export class GitRepositoryError extends CodedError<GitRepositoryErrorCode> {}
