/** API group of Kustomization, and prefix of the labels and annotations on what it applies. */
export const kustomizeGroup = "kustomize.toolkit.fluxcd.io";

/** The labels that say which Kustomization applied an object. Without both, an object is never pruned. */
export const OwnerLabel = {
  Name: "kustomize.toolkit.fluxcd.io/name",
  Namespace: "kustomize.toolkit.fluxcd.io/namespace",
} as const;

/**
 * Keys that users put on applied objects, as label or annotation, in Git or on the live object. Values are compared
 * without regard to case.
 */
export const ManagedKey = {
  /** `disabled`: never pruned or deleted. */
  Prune: "kustomize.toolkit.fluxcd.io/prune",
  /** `disabled`: neither applied nor pruned. */
  Reconcile: "kustomize.toolkit.fluxcd.io/reconcile",
  /** `Override` (default), `Merge", `IfNotPresent", `Ignore`. */
  ServerSideApply: "kustomize.toolkit.fluxcd.io/ssa",
  /** `enabled`: recreated when a change touches an immutable field. */
  Force: "kustomize.toolkit.fluxcd.io/force",
  /** `disabled`: no post-build substitution. */
  Substitute: "kustomize.toolkit.fluxcd.io/substitute",
  /** `disabled`: no decryption. */
  Decrypt: "kustomize.toolkit.fluxcd.io/decrypt",
} as const;

/** Reasons of Kustomization, beside the ones all kinds share. */
export const KustomizationReason = {
  /** The spec asks for something that no retry will make possible. */
  InvalidSpec: "InvalidSpec",
  /** The spec uses a field that this version does not implement. */
  UnsupportedField: "UnsupportedField",
} as const;
