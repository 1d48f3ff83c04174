import { CodedError } from "@sluice/errors";

/**
 * Why a document, key or rule was refused:
 * - `Malformed`: the text is not what its format demands, or a key occurs twice.
 * - `Unsupported`: well-formed, but nothing SOPS can hold (a number as key, a list as document).
 * - `ReservedKey`: the plain document uses the name under which SOPS keeps its metadata.
 * - `AlreadyEncrypted`, `NotEncrypted`: there is, or is no, SOPS metadata.
 * - `InvalidMetadata`: the metadata cannot be understood.
 * - `InvalidKey`: a recipient, identity or key name that is none.
 * - `PassphraseProtected`: an identity that only a person could unlock.
 * - `KeyServiceFailed`: the service behind a master key refused or could not be reached.
 * - `DataKeyUnavailable`: too few master keys could be used.
 * - `ValueNotEncrypted`: plain text where the document's rules demand an encrypted value.
 * - `DecryptionFailed`: an encrypted value was changed, moved, or belongs to another data key.
 * - `MacMismatch`: values were added, removed, reordered or changed after encryption.
 * - `InvalidRule`, `NoMatchingRule`: `.sops.yaml` is wrong, or has no rule for the file.
 * - `PathNotFound`: no such value in the document.
 */
export type SopsErrorCode =
  | "Malformed"
  | "Unsupported"
  | "ReservedKey"
  | "AlreadyEncrypted"
  | "NotEncrypted"
  | "InvalidMetadata"
  | "InvalidKey"
  | "PassphraseProtected"
  | "KeyServiceFailed"
  | "DataKeyUnavailable"
  | "ValueNotEncrypted"
  | "DecryptionFailed"
  | "MacMismatch"
  | "InvalidRule"
  | "NoMatchingRule"
  | "PathNotFound";

/**
 * A refusal that can be shown to anybody: messages name keys, paths and public halves of master keys, and never hold
 * values, hashes of values, or key material. For the same reason a `cause` is kept only where it was made by this
 * package or by the transport.
 */
export class SopsError extends CodedError<SopsErrorCode> {}
