import { CodedError } from "@sluice/errors";

/**
 * Why a Git operation failed.
 * - `AuthenticationFailed`: credentials missing, malformed, refused, or a host that is not the expected one
 * - `RepositoryNotFound`: nothing there, or nothing that these credentials may see
 * - `HostUnresolved`, `ConnectionFailed`, `CertificateRejected`, `Timeout`: the remote was not reached
 * - `ServerFailed`: the remote answered with an error of its own, or cut the connection
 * - `Redirected`: the remote points elsewhere, where credentials must not follow
 * - `EmptyRepository`: no references at all
 * - `ReferenceNotFound`, `CommitNotFound`, `NoMatchingVersion`: the wanted one is not in the repository
 * - `CommitNotAdvertised`: the server gives out heads of references only, and the commit is none
 * - `InvalidReference`, `InvalidUrl`, `InvalidPath`: refused before anything was asked
 * - `PathNotFound`: a sparse checkout directory that does not exist
 * - `UnsafeTree`: a tree, submodule or name that could do harm
 * - `LimitExceeded`: a file or tree that is too large
 * - `CacheDamaged`: the local copy of the repository was broken; the next attempt makes it anew
 * - `GitUnavailable`: there is no usable `git` (or `ssh`) on this machine
 * - `StorageFull`: no space left for the objects
 * - `GitOperationFailed`: anything else, with git's own words
 */
export type GitErrorCode =
  | "AuthenticationFailed"
  | "RepositoryNotFound"
  | "HostUnresolved"
  | "ConnectionFailed"
  | "CertificateRejected"
  | "Timeout"
  | "ServerFailed"
  | "Redirected"
  | "EmptyRepository"
  | "ReferenceNotFound"
  | "CommitNotFound"
  | "CommitNotAdvertised"
  | "NoMatchingVersion"
  | "InvalidReference"
  | "InvalidUrl"
  | "InvalidPath"
  | "PathNotFound"
  | "UnsafeTree"
  | "LimitExceeded"
  | "CacheDamaged"
  | "GitUnavailable"
  | "StorageFull"
  | "GitOperationFailed";

export class GitError extends CodedError<GitErrorCode> {}
