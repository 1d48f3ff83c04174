import type { Condition } from "./condition.ts";
import type { KubernetesObject } from "./object.ts";

/** The one finalizer of every Flux controller (source-watcher has its own). */
export const fluxFinalizer = "finalizers.fluxcd.io";

/** Any string; a value that differs from `status.lastHandledReconcileAt` asks for a reconciliation at once. */
export const requestedAtAnnotation = "reconcile.fluxcd.io/requestedAt";

/** `event.toolkit.fluxcd.io/<key>: value` adds a metadata entry to every event of the object. */
export const eventMetadataPrefix = "event.toolkit.fluxcd.io/";

/** The label (value `Enabled`) on a ConfigMap or Secret whose changes wake those who refer to it. */
export const watchLabel = "reconcile.fluxcd.io/watch";

/** Annotation or label (value `disabled`) that keeps post-build substitution away from an object. */
export const substituteAnnotation = "kustomize.toolkit.fluxcd.io/substitute";

/** The condition types that every kind shares. */
export const ConditionType = {
  Ready: "Ready",
  /** True while work is being done or will be retried. Removed when Ready is True. */
  Reconciling: "Reconciling",
  /** True when nothing but a changed spec or a request can help. Never together with `Reconciling`. */
  Stalled: "Stalled",
  Healthy: "Healthy",
} as const;

/** The reasons that every kind shares. Each kind adds its own. */
export const FluxReason = {
  Succeeded: "Succeeded",
  Failed: "Failed",
  Progressing: "Progressing",
  ProgressingWithRetry: "ProgressingWithRetry",
  Suspended: "Suspended",
  DependencyNotReady: "DependencyNotReady",
  InvalidPath: "InvalidPath",
  InvalidURL: "InvalidURL",
  InsecureConnectionsDisallowed: "InsecureConnectionsDisallowed",
  UnsupportedConnectionType: "UnsupportedConnectionType",
  PruneFailed: "PruneFailed",
  ArtifactFailed: "ArtifactFailed",
  BuildFailed: "BuildFailed",
  HealthCheckFailed: "HealthCheckFailed",
  HealthCheckCanceled: "HealthCheckCanceled",
  ReconciliationSucceeded: "ReconciliationSucceeded",
  ReconciliationFailed: "ReconciliationFailed",
  InvalidCELExpression: "InvalidCELExpression",
  FeatureGateDisabled: "FeatureGateDisabled",
  AccessDenied: "AccessDenied",
} as const;

/** One of {@link FluxReason}'s values. */
export type FluxReason = (typeof FluxReason)[keyof typeof FluxReason];

/** What the status of every Flux object has. */
export interface FluxStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly lastHandledReconcileAt?: string;
}

/** The token of the latest request to reconcile, `undefined` when nobody asked. */
export function reconcileRequestOf(object: KubernetesObject): string | undefined {
  return object.metadata.annotations?.[requestedAtAnnotation];
}
