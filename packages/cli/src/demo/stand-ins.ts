import type { CustomResourceDefinition, GroupVersionKind, UnstructuredObject } from "@sluice/api";
import { isNoMatch, type Reader } from "@sluice/kube";

/** A kind of the Flux family that fleets use and this version has no controller for. */
interface UnservedKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** The one that is stored first. */
  readonly versions: readonly string[];
}

const unservedKinds: readonly UnservedKind[] = [
  ...["OCIRepository", "HelmRepository", "HelmChart", "Bucket", "ExternalArtifact"].map((kind) =>
    unserved("source.toolkit.fluxcd.io", kind, ["v1", "v1beta2"]),
  ),
  unserved("source.extensions.fluxcd.io", "ArtifactGenerator", ["v1beta1"]),
  unserved("helm.toolkit.fluxcd.io", "HelmRelease", ["v2", "v2beta2", "v2beta1"]),
  ...["ImageRepository", "ImagePolicy", "ImageUpdateAutomation"].map((kind) =>
    unserved("image.toolkit.fluxcd.io", kind, ["v1", "v1beta2", "v1beta1"]),
  ),
  ...["Alert", "Provider"].map((kind) =>
    unserved("notification.toolkit.fluxcd.io", kind, ["v1beta3", "v1beta2", "v1beta1"]),
  ),
  unserved("notification.toolkit.fluxcd.io", "Receiver", ["v1", "v1beta2", "v1beta1"]),
];

function unserved(group: string, kind: string, versions: readonly string[]): UnservedKind {
  const lower = kind.toLowerCase();
  const plural = lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
  return { group, kind, plural, versions };
}

/**
 * Definitions that accept any object of the kinds that have no controller yet, so that a fleet which uses them can be
 * applied as a whole. Nothing reconciles these objects: {@link countUnserved} tells how many there are.
 */
export function standInDefinitions(): readonly UnstructuredObject[] {
  return unservedKinds.map(({ group, kind, plural, versions }): UnstructuredObject => {
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } as const;
    const definition: CustomResourceDefinition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
        scope: "Namespaced",
        versions: versions.map((name, index) => ({
          name,
          served: true,
          storage: index === 0,
          schema,
          subresources: { status: {} },
        })),
      },
    };
    return { ...definition };
  });
}

/**
 * The identities that an installation by Flux leaves behind: fleets name them in `serviceAccountName`.
 */
export function controllerIdentities(namespace: string): readonly UnstructuredObject[] {
  const names = ["kustomize-controller", "helm-controller"];
  return [
    ...names.map((name) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } })),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `cluster-reconciler-${namespace}` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: names.map((name) => ({ kind: "ServiceAccount", name, namespace })),
    },
  ];
}

/** How many objects of each kind without a controller a cluster holds; kinds without objects are left out. */
export async function countUnserved(client: Reader, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const counts = await Promise.all(
    unservedKinds.map(async ({ group, kind, versions: [version = ""] }): Promise<[string, number]> => {
      const gvk: GroupVersionKind = { group, version, kind };
      const list = await client.list(gvk, { metadataOnly: true, signal }).catch((error: unknown) => {
        if (isNoMatch(error)) return { items: [] };
        throw error;
      });
      return [kind, list.items.length];
    }),
  );
  return new Map(counts.filter(([, count]) => count > 0));
}
