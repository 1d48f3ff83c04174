import { CodedError } from "@sluice/errors";

/**
 * - `SourceNotFound`: the object that `sourceRef` names does not exist.
 * - `SourceNotReady`: it exists, but has no artifact yet.
 * - `SourceAccessDenied`: the reference is forbidden by how this controller is configured.
 * - `ArtifactGone`: the artifact was collected between reading its URL and asking for it.
 * - `PathNotFound`: `spec.path` is not a directory of the artifact.
 * - `DependencyNotReady`, `DependencyCycle`: `dependsOn`.
 * - `InvalidKustomization`: the kustomization file, or what the spec adds to it, cannot be used.
 * - `VariablesNotFound`: a ConfigMap or Secret of `substituteFrom` does not exist.
 * - `SubstitutionFailed`: variables could not be put into an object.
 * - `DecryptionFailed`: what is encrypted could not be decrypted, or the keys for it are not there.
 * - `EncryptedSecret`: a Secret that would be applied in its encrypted form.
 * - `HealthCheckFailed`: something failed, or did not become healthy in time.
 * - `HealthCheckCanceled`: a new revision came while health was awaited.
 */
export type KustomizationErrorCode =
  | "SourceNotFound"
  | "SourceNotReady"
  | "SourceAccessDenied"
  | "ArtifactGone"
  | "PathNotFound"
  | "DependencyNotReady"
  | "DependencyCycle"
  | "InvalidKustomization"
  | "VariablesNotFound"
  | "SubstitutionFailed"
  | "DecryptionFailed"
  | "EncryptedSecret"
  | "HealthCheckFailed"
  | "HealthCheckCanceled";

/** A Kustomization cannot be reconciled, for a reason that its own steps found. */
export class KustomizationError extends CodedError<KustomizationErrorCode> {
  /** What to tell in the event, where it differs from the condition's message. */
  readonly eventMessage: string | undefined;

  constructor(
    code: KustomizationErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly eventMessage?: string } = {},
  ) {
    super(code, message, options);
    this.eventMessage = options.eventMessage;
  }
}
