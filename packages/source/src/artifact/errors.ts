import { CodedError } from "@sluice/errors";

/**
 * Why an artifact could not be stored or fetched.
 * - `ArtifactNotFound`: the server does not have it (any more): the source will publish another
 * - `DigestMismatch`: the bytes are not the ones that were announced
 * - `DownloadFailed`: the server could not be reached or refused, or sent too much
 * - `UnsupportedDigest`: an algorithm that is not offered
 * - `StorageFull`: no space left on the device, or a quota
 * - `StorageFailed`: any other failure of the file system
 * - `InvalidArtifactPath`: a path that does not belong below the storage's root
 */
export type ArtifactErrorCode =
  | "ArtifactNotFound"
  | "DigestMismatch"
  | "DownloadFailed"
  | "UnsupportedDigest"
  | "StorageFull"
  | "StorageFailed"
  | "InvalidArtifactPath";

export class ArtifactError extends CodedError<ArtifactErrorCode> {}
