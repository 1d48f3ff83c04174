import type { Artifact } from "../../meta/artifact.ts";
import type { FluxStatus } from "../../meta/flux.ts";
import type { GroupVersionKind } from "../../meta/group-version-kind.ts";
import type { KubernetesObject } from "../../meta/object.ts";
import type { LocalObjectReference } from "../../meta/reference.ts";
import { sourceGroup } from "./conditions.ts";

export const gitRepositoryGvk: GroupVersionKind = { group: sourceGroup, version: "v1", kind: "GitRepository" };

/** How Git credentials are found: from the Secret alone, or from a cloud's identity service. */
export type GitProvider = "generic" | "aws" | "azure" | "github";

/** Which commit to take. When several are set, commit wins over name, semver, tag and branch, in this order. */
export interface GitRepositoryRef {
  /** Default `master`. With `commit`, the branch that the commit must be on. */
  readonly branch?: string;
  readonly tag?: string;
  /** A range; the highest tag within it is taken. */
  readonly semver?: string;
  /** A full reference: `refs/heads/main`, `refs/pull/420/head`. */
  readonly name?: string;
  /** 40 hex digits. */
  readonly commit?: string;
}

/** What must carry a valid signature. `head` is the old spelling of `HEAD`. */
export type GitVerificationMode = "head" | "HEAD" | "Tag" | "TagAndHEAD";

export interface GitRepositoryVerification {
  readonly mode?: GitVerificationMode;
  /** Holds the trusted public keys. */
  readonly secretRef: LocalObjectReference;
}

/** Copies (part of) another GitRepository's artifact into this one's. */
export interface GitRepositoryInclude {
  readonly repository: LocalObjectReference;
  /** Default: the root of the other. */
  readonly fromPath?: string;
  /** Default: the other's name. */
  readonly toPath?: string;
}

export interface GitRepositorySpec {
  /** `http://`, `https://` or `ssh://`. */
  readonly url: string;
  readonly secretRef?: LocalObjectReference;
  readonly provider?: GitProvider;
  readonly serviceAccountName?: string;
  /** Go duration. */
  readonly interval: string;
  /** Go duration for one Git operation; the server's default is `60s`. */
  readonly timeout?: string;
  readonly ref?: GitRepositoryRef;
  readonly verify?: GitRepositoryVerification;
  readonly proxySecretRef?: LocalObjectReference;
  /** Patterns as in `.gitignore`, added after those of the repository's `.sourceignore` files. */
  readonly ignore?: string;
  readonly suspend?: boolean;
  readonly recurseSubmodules?: boolean;
  readonly include?: readonly GitRepositoryInclude[];
  /** Only these directories become part of the artifact. */
  readonly sparseCheckout?: readonly string[];
}

export interface GitRepositoryStatus extends FluxStatus {
  readonly artifact?: Artifact;
  /** In the order of `spec.include`. */
  readonly includedArtifacts?: readonly Artifact[];
  readonly observedIgnore?: string;
  readonly observedRecurseSubmodules?: boolean;
  readonly observedInclude?: readonly GitRepositoryInclude[];
  readonly observedSparseCheckout?: readonly string[];
  readonly sourceVerificationMode?: string;
}

/** A branch, tag or commit of a Git repository, kept as an artifact that appliers read. */
export interface GitRepository extends KubernetesObject {
  readonly apiVersion: "source.toolkit.fluxcd.io/v1";
  readonly kind: "GitRepository";
  readonly spec: GitRepositorySpec;
  readonly status?: GitRepositoryStatus;
}
