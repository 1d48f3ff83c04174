import type { FluxStatus } from "../../meta/flux.ts";
import type { GroupVersionKind } from "../../meta/group-version-kind.ts";
import type { KubernetesObject } from "../../meta/object.ts";
import type { LocalObjectReference, SecretKeyReference } from "../../meta/reference.ts";
import { kustomizeGroup } from "./ownership.ts";

export const kustomizationGvk: GroupVersionKind = { group: kustomizeGroup, version: "v1", kind: "Kustomization" };

/** The kinds whose artifacts a Kustomization can build. */
export type KustomizationSourceKind = "OCIRepository" | "GitRepository" | "Bucket" | "ExternalArtifact";

export interface CrossNamespaceSourceReference {
  readonly apiVersion?: string;
  readonly kind: KustomizationSourceKind;
  readonly name: string;
  /** Default: the Kustomization's own. */
  readonly namespace?: string;
}

/** Another Kustomization that must be ready first. */
export interface DependencyReference {
  readonly name: string;
  readonly namespace?: string;
  /** CEL over `self` and `dep`; replaces the built-in test. */
  readonly readyExpr?: string;
}

export interface CommonMetadata {
  readonly annotations?: { readonly [key: string]: string };
  readonly labels?: { readonly [key: string]: string };
}

export interface KustomizationDecryption {
  readonly provider: "sops";
  readonly secretRef?: LocalObjectReference;
  readonly serviceAccountName?: string;
}

/** How to reach a remote cluster: exactly one of the two. */
export interface KubeConfigReference {
  readonly configMapRef?: LocalObjectReference;
  readonly secretRef?: SecretKeyReference;
}

export interface SubstituteReference {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly optional?: boolean;
}

export interface PostBuild {
  readonly substitute?: { readonly [name: string]: string };
  /** Later ones win; `substitute` wins over all. */
  readonly substituteFrom?: readonly SubstituteReference[];
  readonly substituteStrategy?: "WithVariables" | "Always";
}

/** Names an object whose health counts. */
export interface NamespacedObjectKindReference {
  /** Default `apps/v1`. */
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  /** Default: the Kustomization's own. */
  readonly namespace?: string;
}

/** Tells health by CEL for a group of kinds. */
export interface CustomHealthCheck {
  /** Only the group counts. */
  readonly apiVersion: string;
  /** Absent: every kind of the group. */
  readonly kind?: string;
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

/** Picks objects of a build. Names and kinds are anchored regular expressions. */
export interface KustomizeSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly annotationSelector?: string;
  readonly labelSelector?: string;
}

/** A strategic merge patch or a list of JSON 6902 operations, inline. */
export interface KustomizePatch {
  readonly patch: string;
  readonly target?: KustomizeSelector;
}

export interface KustomizeImage {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  /** Wins over `newTag`. */
  readonly digest?: string;
}

/** Fields that are neither watched for drift nor applied. */
export interface IgnoreRule {
  /** JSON pointers. */
  readonly paths: readonly string[];
  readonly target?: KustomizeSelector;
}

/** What happens to the applied objects when the Kustomization is deleted. */
export type DeletionPolicy = "MirrorPrune" | "Delete" | "WaitForTermination" | "Orphan";

export interface KustomizationSpec {
  readonly commonMetadata?: CommonMetadata;
  readonly dependsOn?: readonly DependencyReference[];
  readonly decryption?: KustomizationDecryption;
  /** Go duration between two looks at everything. */
  readonly interval: string;
  /** Go duration after a failure; default: `interval`. */
  readonly retryInterval?: string;
  readonly kubeConfig?: KubeConfigReference;
  /** Directory in the artifact; default: its root. */
  readonly path?: string;
  readonly postBuild?: PostBuild;
  readonly prune: boolean;
  readonly deletionPolicy?: DeletionPolicy;
  readonly healthChecks?: readonly NamespacedObjectKindReference[];
  readonly healthCheckExprs?: readonly CustomHealthCheck[];
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly patches?: readonly KustomizePatch[];
  readonly images?: readonly KustomizeImage[];
  readonly ignore?: readonly IgnoreRule[];
  readonly serviceAccountName?: string;
  readonly sourceRef: CrossNamespaceSourceReference;
  readonly suspend?: boolean;
  readonly targetNamespace?: string;
  /** Go duration for one attempt, health checks included; default: `interval` less 30 s, at least 30 s. */
  readonly timeout?: string;
  readonly force?: boolean;
  /** Everything that was applied must become healthy; `healthChecks` is ignored then. */
  readonly wait?: boolean;
  readonly components?: readonly string[];
  readonly ignoreMissingComponents?: boolean;
  readonly buildMetadata?: readonly ("originAnnotations" | "transformerAnnotations")[];
}

/** One applied object. */
export interface ResourceRef {
  /** `<namespace>_<name>_<group>_<kind>`; a colon of an RBAC name is written `__`. */
  readonly id: string;
  /** The version of its `apiVersion`. */
  readonly v: string;
}

/** Everything that a Kustomization has applied and may prune. */
export interface ResourceInventory {
  readonly entries: readonly ResourceRef[];
}

/** One build result and how it went. */
export interface Snapshot {
  /** `sha256:…` of the built manifests. */
  readonly digest: string;
  readonly firstReconciled: string;
  readonly lastReconciled: string;
  /** Go duration. */
  readonly lastReconciledDuration: string;
  /** Reason of the Ready condition. */
  readonly lastReconciledStatus: string;
  readonly totalReconciliations: number;
  readonly metadata?: { readonly [key: string]: string };
}

export interface KustomizationStatus extends FluxStatus {
  readonly lastAppliedRevision?: string;
  readonly lastAppliedOriginRevision?: string;
  readonly lastAttemptedRevision?: string;
  readonly inventory?: ResourceInventory;
  /** Newest first, at most five. */
  readonly history?: readonly Snapshot[];
}

/** A directory of an artifact that is built by kustomize and kept applied. */
export interface Kustomization extends KubernetesObject {
  readonly apiVersion: "kustomize.toolkit.fluxcd.io/v1";
  readonly kind: "Kustomization";
  readonly spec: KustomizationSpec;
  readonly status?: KustomizationStatus;
}
