import type { GroupVersionKind } from "@sluice/api";

const sources = "source.toolkit.fluxcd.io";
const notifications = "notification.toolkit.fluxcd.io";
const images = "image.toolkit.fluxcd.io";

/** A kind of the Flux family, whether or not this program has a controller for it. */
export interface FamilyKind {
  readonly group: string;
  readonly kind: string;
  /** As manifests in the field have them, the newest first. */
  readonly versions: readonly string[];
}

/** All kinds of the family, in the order in which Flux counts them. */
export const fluxFamily: readonly FamilyKind[] = [
  { group: sources, kind: "GitRepository", versions: ["v1", "v1beta2"] },
  { group: sources, kind: "OCIRepository", versions: ["v1", "v1beta2"] },
  { group: sources, kind: "HelmRepository", versions: ["v1", "v1beta2"] },
  { group: sources, kind: "HelmChart", versions: ["v1", "v1beta2"] },
  { group: sources, kind: "Bucket", versions: ["v1", "v1beta2"] },
  { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", versions: ["v1", "v1beta2"] },
  { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", versions: ["v2", "v2beta2", "v2beta1"] },
  { group: notifications, kind: "Alert", versions: ["v1beta3", "v1beta2", "v1beta1"] },
  { group: notifications, kind: "Provider", versions: ["v1beta3", "v1beta2", "v1beta1"] },
  { group: notifications, kind: "Receiver", versions: ["v1", "v1beta2", "v1beta1"] },
  { group: images, kind: "ImageUpdateAutomation", versions: ["v1", "v1beta2", "v1beta1"] },
  { group: images, kind: "ImagePolicy", versions: ["v1", "v1beta2", "v1beta1"] },
  { group: images, kind: "ImageRepository", versions: ["v1", "v1beta2", "v1beta1"] },
  { group: "source.extensions.fluxcd.io", kind: "ArtifactGenerator", versions: ["v1beta1"] },
  { group: sources, kind: "ExternalArtifact", versions: ["v1"] },
];

/** The newest version of a kind. */
export function newestOf({ group, kind, versions: [version = ""] }: FamilyKind): GroupVersionKind {
  return { group, version, kind };
}
