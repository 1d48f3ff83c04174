import type { GroupVersionKind, Kustomization, ObjectKey } from "@sluice/api";
import { sourceGroup } from "@sluice/api";

/** Which object a Kustomization takes its artifact from. */
export interface SourceReference {
  readonly gvk: GroupVersionKind;
  readonly key: Required<ObjectKey>;
}

/** The source of a Kustomization; without a namespace of its own, that of the Kustomization. */
export function sourceOf(object: Kustomization): SourceReference {
  const { kind, name, namespace } = object.spec.sourceRef;
  return {
    gvk: { group: sourceGroup, version: "v1", kind },
    key: { namespace: orOwn(namespace, object), name },
  };
}

/** `GitRepository/flux-system/fleet`: identifies the source in maps and messages. */
export function formatSource({ gvk, key }: SourceReference): string {
  return `${gvk.kind}/${key.namespace}/${key.name}`;
}

function orOwn(namespace: string | undefined, object: Kustomization): string {
  return namespace === undefined || namespace === "" ? (object.metadata.namespace ?? "") : namespace;
}
