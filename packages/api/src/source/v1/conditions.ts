/** API group of the sources. */
export const sourceGroup = "source.toolkit.fluxcd.io";

/** Condition types of the sources, beside the ones all kinds share. */
export const SourceConditionType = {
  ArtifactInStorage: "ArtifactInStorage",
  /** Negative: removed when the artifact is that of the latest revision. */
  ArtifactOutdated: "ArtifactOutdated",
  SourceVerified: "SourceVerified",
  /** Negative. */
  FetchFailed: "FetchFailed",
  /** Negative. */
  StorageOperationFailed: "StorageOperationFailed",
  /** Negative; GitRepository only. */
  IncludeUnavailable: "IncludeUnavailable",
} as const;

/** Reasons of the sources, beside the ones all kinds share. */
export const SourceReason = {
  URLInvalid: "URLInvalid",
  AuthenticationFailed: "AuthenticationFailed",
  VerificationError: "VerificationError",
  DirectoryCreationFailed: "DirectoryCreationFailed",
  StatOperationFailed: "StatOperationFailed",
  ReadOperationFailed: "ReadOperationFailed",
  ArchiveOperationFailed: "ArchiveOperationFailed",
  ArtifactUpToDate: "ArtifactUpToDate",
  ArtifactVerificationFailed: "ArtifactVerificationFailed",
  InvalidProviderConfiguration: "InvalidProviderConfiguration",
  NewRevision: "NewRevision",
  NewArtifact: "NewArtifact",
  GarbageCollectionSucceeded: "GarbageCollectionSucceeded",
  GarbageCollectionFailed: "GarbageCollectionFailed",
  GitOperationSucceeded: "GitOperationSucceeded",
  GitOperationFailed: "GitOperationFailed",
  EmptyGitRepository: "EmptyGitRepository",
  NotFound: "NotFound",
  NoArtifact: "NoArtifact",
  IncludeChange: "IncludeChange",
  IllegalPath: "IllegalPath",
  CopyFailure: "CopyFailure",
  SourceIgnoreError: "SourceIgnoreError",
  InvalidVerificationMode: "InvalidVerificationMode",
} as const;

/** Suffixes of the event metadata keys; on the wire they follow `<group>/`. */
export const EventMetadataKey = {
  Revision: "revision",
  OriginRevision: "originRevision",
  Digest: "digest",
  Commit: "commit",
  CommitStatus: "commit_status",
  Token: "token",
} as const;
