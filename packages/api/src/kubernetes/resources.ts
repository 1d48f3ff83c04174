import type { GroupVersionKind } from "../meta/group-version-kind.ts";
import table from "./generated/resources.json" with { type: "json" };

/** A part of a resource with its own endpoint: `status`, `scale`, `log`. Its kind may be of another group. */
export interface KubernetesSubresource extends GroupVersionKind {
  readonly name: string;
  readonly verbs: readonly string[];
}

/** How one version of a built-in kind is served. */
export interface KubernetesResource extends GroupVersionKind {
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  /** `all` for what `kubectl get all` shows; `api-extensions`. */
  readonly categories?: readonly string[];
  /** Sorted. Resources that are only posted to (`tokenreviews`) have `create` alone. */
  readonly verbs: readonly string[];
  /** Absent for what is not stored. */
  readonly storageVersionHash?: string;
  readonly subresources: readonly KubernetesSubresource[];
}

/** A built-in group and its versions, most preferred first. */
export interface KubernetesGroup {
  /** `""` for the core group. */
  readonly name: string;
  readonly preferredVersion: string;
  readonly versions: readonly string[];
}

/** All built-in groups, core first, then in the order in which a real server lists them. */
export const kubernetesGroups: readonly KubernetesGroup[] = table.groups;

/**
 * Every version of every built-in resource, alpha and beta included; in discovery order. A real server's defaults
 * are those for which {@link isStableVersion} holds.
 */
export const kubernetesResources: readonly KubernetesResource[] = table.resources;

/** Whether a version name is a stable one (`v1`): new beta and alpha APIs are off by default since Kubernetes 1.24. */
export function isStableVersion(version: string): boolean {
  return /^v[1-9][0-9]*$/.test(version);
}
