import { CodedError } from "@sluice/errors";

/**
 * Why an archive was refused.
 * - `InvalidArchive`: not gzip, not tar, or cut short
 * - `UnsafeEntry`: an entry that leaves the root, is not a plain file or directory, or comes twice
 * - `LimitExceeded`: too many bytes or entries, or a name that is too long
 */
export type ArchiveErrorCode = "InvalidArchive" | "UnsafeEntry" | "LimitExceeded";

export class ArchiveError extends CodedError<ArchiveErrorCode> {}
