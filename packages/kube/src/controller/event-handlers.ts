import { keyOf, parseApiVersion, type KubernetesObject, type UnstructuredObject } from "@sluice/api";
import type { Request } from "./reconciler.ts";

/** Turns a change of some object into the requests to reconcile. An update shows both states. */
export interface EventHandler<T extends KubernetesObject = UnstructuredObject> {
  requestsFor(object: T, before?: T): readonly Request[];
}

/** The changed object itself. */
export const enqueueSelf: EventHandler<KubernetesObject> = {
  requestsFor: (object) => [keyOf(object)],
};

/** The owner of the changed object: of a kind, by default only the one that controls it. */
export function enqueueOwner(options: {
  readonly group: string;
  readonly kind: string;
  /** False: any owner of the kind, not just the controlling one. */
  readonly isController?: boolean;
  /** The owner's kind has no namespace. */
  readonly clusterScoped?: boolean;
}): EventHandler<KubernetesObject> {
  const { group, kind, isController = true, clusterScoped = false } = options;
  const ownersOf = (object: KubernetesObject): Request[] =>
    (object.metadata.ownerReferences ?? [])
      .filter((owner) => owner.kind === kind && parseApiVersion(owner.apiVersion).group === group)
      .filter((owner) => !isController || owner.controller === true)
      .map(({ name }) => keyOf({ metadata: clusterScoped ? { name } : { ...namespaceOf(object), name } }));
  return { requestsFor: (object, before) => [...ownersOf(object), ...(before === undefined ? [] : ownersOf(before))] };
}

/** Whatever a function maps the changed object to; for an update, the old state is mapped as well. */
export function enqueueMapped<T extends KubernetesObject = UnstructuredObject>(
  map: (object: T) => readonly Request[],
): EventHandler<T> {
  return { requestsFor: (object, before) => [...map(object), ...(before === undefined ? [] : map(before))] };
}

function namespaceOf(object: KubernetesObject): { readonly namespace?: string } {
  const { namespace } = object.metadata;
  return namespace === undefined ? {} : { namespace };
}
