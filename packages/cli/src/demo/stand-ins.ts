import type { CustomResourceDefinition, UnstructuredObject } from "@sluice/api";
import { isNoMatch, type Reader } from "@sluice/kube";
import { fluxFamily, newestOf } from "../kinds/family.ts";
import { fluxKinds } from "../kinds/kinds.ts";

const unservedKinds = fluxFamily.filter(({ kind }) => !fluxKinds.some((served) => served.gvk.kind === kind));

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

/**
 * Definitions that accept any object of the kinds that have no controller yet, so that a fleet which uses them can be
 * applied as a whole. Nothing reconciles these objects: {@link countUnserved} tells how many there are.
 */
export function standInDefinitions(): readonly UnstructuredObject[] {
  return unservedKinds.map(({ group, kind, versions }): UnstructuredObject => {
    const plural = pluralOf(kind);
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
    unservedKinds.map(async (member): Promise<[string, number]> => {
      const list = await client.list(newestOf(member), { metadataOnly: true, signal }).catch((error: unknown) => {
        if (isNoMatch(error)) return { items: [] };
        throw error;
      });
      return [member.kind, list.items.length];
    }),
  );
  return new Map(counts.filter(([, count]) => count > 0));
}
