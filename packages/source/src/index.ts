/**
 * Sources of desired state and the artifacts made from them: Git over HTTP and SSH, ignore rules, reproducible
 * archives, the artifact store and its HTTP server.
 * @packageDocumentation
 */
export { ArchiveError, type ArchiveErrorCode } from "./archive/errors.ts";
export { createArchive } from "./archive/create-archive.ts";
export {
  type ArchiveLimits,
  defaultArchiveLimits,
  extractArchive,
  type ExtractedFile,
  type ExtractOptions,
} from "./archive/extract-archive.ts";
export type { FileTree, TreeFile } from "./archive/file-tree.ts";
export { ArtifactError, type ArtifactErrorCode } from "./artifact/errors.ts";
export { type DigestAlgorithm, type Digest, digestOf, parseDigest, parseDigestAlgorithm } from "./artifact/digest.ts";
export { downloadArtifact, fetchArtifact, type FetchArtifactOptions } from "./artifact/fetch-artifact.ts";
export { type GitCommit, subjectOfCommit } from "./git/commit.ts";
export { type GitCredentials, gitCredentialsFrom, proxyFrom, type SecretData } from "./git/credentials.ts";
export { GitError, type GitErrorCode } from "./git/errors.ts";
export { GitClient, type GitClientOptions, type GitRemote, type ReferenceScope } from "./git/git-client.ts";
export { type GitTransport, type GitUrl, type GitUrlOptions, parseGitUrl, redactUrl } from "./git/git-url.ts";
export {
  type GitRequestRecord,
  type GitServer,
  type GitServerOptions,
  serveGitRepositories,
} from "./git/http-server.ts";
export { defaultTreeLimits, type TreeLimits } from "./git/limits.ts";
export { type GitReference, resolveReference } from "./git/resolve.ts";
export { formatRevision, type GitRevision } from "./git/revision.ts";
export { type CommitTree, openTree, type OpenTreeOptions } from "./git/tree.ts";
export { createSourceFilter, ignoreFileName, isIgnoreFile } from "./ignore/source-ignore.ts";
export { type ArtifactOwner, artifactPath } from "./artifact/artifact-path.ts";
export { type ArtifactServer, type ArtifactServerOptions, serveArtifacts } from "./artifact/artifact-server.ts";
export {
  type ArtifactState,
  ArtifactStorage,
  type ArtifactStorageOptions,
  type StoredArtifact,
} from "./artifact/artifact-storage.ts";
