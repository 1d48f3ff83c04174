import { FluxReason, StatusError } from "@sluice/api";
import { ApplyError, isConnectionError, isNoMatch, type ApplyErrorCode } from "@sluice/kube";
import { KustomizeError } from "@sluice/kustomize";
import { ArchiveError, ArtifactError, type ArtifactErrorCode } from "@sluice/source";
import { SpecError, specFailures, type Failure } from "../runtime/index.ts";
import { KustomizationError, type KustomizationErrorCode } from "./errors.ts";

const artifactFailed: Failure = { reason: FluxReason.ArtifactFailed, disposition: "retry" };
const artifactAwaited: Failure = { reason: FluxReason.ArtifactFailed, disposition: "wait" };
const buildFailed: Failure = { reason: FluxReason.BuildFailed, disposition: "retry" };
const reconciliationFailed: Failure = { reason: FluxReason.ReconciliationFailed, disposition: "retry" };
const pruneFailed: Failure = { reason: FluxReason.PruneFailed, disposition: "retry" };

/** What this kind's own failures mean. */
const kustomizationFailures: { readonly [code in KustomizationErrorCode]: Failure } = {
  SourceNotFound: { ...artifactFailed, event: "none" },
  SourceNotReady: artifactAwaited,
  SourceAccessDenied: { reason: FluxReason.AccessDenied, disposition: "stall" },
  ArtifactGone: artifactAwaited,
  PathNotFound: artifactFailed,
  DependencyNotReady: { reason: FluxReason.DependencyNotReady, disposition: "wait", event: "Normal" },
  DependencyCycle: { reason: FluxReason.DependencyNotReady, disposition: "wait", event: "Warning" },
  InvalidKustomization: buildFailed,
  VariablesNotFound: buildFailed,
  SubstitutionFailed: buildFailed,
  DecryptionFailed: buildFailed,
  EncryptedSecret: reconciliationFailed,
  HealthCheckFailed: {
    reason: FluxReason.HealthCheckFailed,
    disposition: "retry",
    condition: { type: "Healthy", status: "False" },
  },
  HealthCheckCanceled: { reason: FluxReason.HealthCheckCanceled, disposition: "requeue", event: "Normal" },
};

const artifactFailures: { readonly [code in ArtifactErrorCode]: Failure } = {
  ArtifactNotFound: artifactAwaited,
  DigestMismatch: artifactFailed,
  DownloadFailed: artifactFailed,
  UnsupportedDigest: artifactFailed,
  StorageFull: artifactFailed,
  StorageFailed: artifactFailed,
  InvalidArtifactPath: artifactFailed,
};

const applyFailures: { readonly [code in ApplyErrorCode]: Failure } = {
  NamespaceNotSpecified: reconciliationFailed,
  KindUnknown: reconciliationFailed,
  DryRunFailed: reconciliationFailed,
  ApplyFailed: reconciliationFailed,
  RecreateFailed: reconciliationFailed,
  NotReady: reconciliationFailed,
  DeleteFailed: pruneFailed,
};

/** What anything that a step of the Kustomization reconciler throws means for the object: the whole mapping. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof KustomizationError) {
    const { eventMessage } = thrown;
    const failure = kustomizationFailures[thrown.code];
    return eventMessage === undefined ? failure : { ...failure, eventMessage };
  }
  if (thrown instanceof SpecError) return specFailures[thrown.code];
  if (thrown instanceof ArtifactError) return artifactFailures[thrown.code];
  if (thrown instanceof ArchiveError) return artifactFailed;
  if (thrown instanceof KustomizeError) return buildFailed;
  if (thrown instanceof ApplyError) {
    const failure = applyFailures[thrown.code];
    return isTransient(thrown.cause) ? { ...failure, disposition: "backoff" } : failure;
  }
  if (isNoMatch(thrown) || isTimeout(thrown)) return reconciliationFailed;
  // The API server is in trouble, or we are: the work queue's growing delay suits both better than the retry interval.
  return { ...reconciliationFailed, disposition: "backoff" };
}

/** Whether the API server could not answer, as opposed to saying no. */
function isTransient(thrown: unknown): boolean {
  if (isConnectionError(thrown)) return true;
  if (!(thrown instanceof StatusError)) return false;
  // What does not fit its schema is refused by a 500 without a reason; asking again would not help.
  return thrown.code === 429 || (thrown.code >= 500 && thrown.reason !== "");
}

/** The attempt took longer than `spec.timeout`. */
function isTimeout(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "TimeoutError";
}
