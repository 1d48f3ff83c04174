import { FluxReason, SourceConditionType, SourceReason } from "@sluice/api";
import { ArchiveError, ArtifactError, type ArtifactErrorCode, GitError, type GitErrorCode } from "@sluice/source";
import { type Failure, SpecError, specFailures } from "../../runtime/index.ts";
import { GitRepositoryError, type GitRepositoryErrorCode } from "./errors.ts";

const fetchFailed = { type: SourceConditionType.FetchFailed, status: "True" } as const;
const storageFailed = { type: SourceConditionType.StorageOperationFailed, status: "True" } as const;
const includeUnavailable = { type: SourceConditionType.IncludeUnavailable, status: "True" } as const;

const notAuthenticated: Failure = {
  reason: SourceReason.AuthenticationFailed,
  disposition: "backoff",
  condition: fetchFailed,
};
const gitFailed: Failure = { reason: SourceReason.GitOperationFailed, disposition: "backoff", condition: fetchFailed };
const emptyRepository: Failure = { ...gitFailed, reason: SourceReason.EmptyGitRepository };
const invalidUrl: Failure = { reason: SourceReason.URLInvalid, disposition: "stall", condition: fetchFailed };
const notArchived: Failure = {
  reason: SourceReason.ArchiveOperationFailed,
  disposition: "backoff",
  condition: storageFailed,
};

const noWorkingDirectory: Failure = { ...notArchived, reason: SourceReason.DirectoryCreationFailed };

const gitFailures: { readonly [code in GitErrorCode]: Failure } = {
  AuthenticationFailed: notAuthenticated,
  RepositoryNotFound: gitFailed,
  HostUnresolved: gitFailed,
  ConnectionFailed: gitFailed,
  CertificateRejected: gitFailed,
  Timeout: gitFailed,
  ServerFailed: gitFailed,
  Redirected: gitFailed,
  EmptyRepository: emptyRepository,
  ReferenceNotFound: gitFailed,
  CommitNotFound: gitFailed,
  CommitNotAdvertised: gitFailed,
  NoMatchingVersion: gitFailed,
  InvalidReference: gitFailed,
  InvalidUrl: invalidUrl,
  InvalidPath: gitFailed,
  PathNotFound: gitFailed,
  UnsafeTree: gitFailed,
  LimitExceeded: gitFailed,
  CacheDamaged: gitFailed,
  GitUnavailable: gitFailed,
  StorageFull: gitFailed,
  GitOperationFailed: gitFailed,
};

const artifactFailures: { readonly [code in ArtifactErrorCode]: Failure } = {
  ArtifactNotFound: notArchived,
  DigestMismatch: notArchived,
  DownloadFailed: notArchived,
  UnsupportedDigest: notArchived,
  StorageFull: notArchived,
  StorageFailed: notArchived,
  InvalidArtifactPath: { ...notArchived, reason: SourceReason.IllegalPath },
};

const ownFailures: { readonly [code in GitRepositoryErrorCode]: Failure } = {
  SecretNotFound: notAuthenticated,
  InvalidProviderConfiguration: { ...gitFailed, reason: SourceReason.InvalidProviderConfiguration },
  IncludeNotFound: {
    reason: SourceReason.NotFound,
    disposition: "wait",
    condition: includeUnavailable,
    event: "Normal",
  },
  IncludeWithoutArtifact: {
    reason: SourceReason.NoArtifact,
    disposition: "wait",
    condition: includeUnavailable,
    event: "Normal",
  },
  IncludeNotCopied: { reason: SourceReason.CopyFailure, disposition: "backoff", condition: storageFailed },
};

/** What anything that a step of the GitRepository reconciler throws means for the object: the whole mapping. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof GitError) return gitFailures[thrown.code];
  if (thrown instanceof ArtifactError) return artifactFailures[thrown.code];
  if (thrown instanceof ArchiveError) return ownFailures.IncludeNotCopied;
  if (thrown instanceof GitRepositoryError) return ownFailures[thrown.code];
  if (thrown instanceof SpecError) return specFailures[thrown.code];
  if (isFileSystemError(thrown)) return noWorkingDirectory;
  return { reason: FluxReason.Failed, disposition: "backoff" };
}

/** Whether the operating system refused something about files: a full disk, a directory that is not writable. */
function isFileSystemError(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined;
}
