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
export { type DigestAlgorithm, digestOf, parseDigestAlgorithm } from "./artifact/digest.ts";
export { downloadArtifact, fetchArtifact, type FetchArtifactOptions } from "./artifact/fetch-artifact.ts";
