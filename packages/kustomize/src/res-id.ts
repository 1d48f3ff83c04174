import { equalGvk, formatGvk, type Gvk, isSelectedGvk } from "./gvk.ts";

/** What tells resources of one build apart. */
export interface ResId extends Gvk {
  readonly name: string;
  /** Empty when the resource names none. */
  readonly namespace: string;
  /** Whether the kind is known to live outside namespaces. */
  readonly clusterScoped: boolean;
}

/** Stands for the namespace of what has none. */
export const notANamespace = "_non_namespaceable_";

/** The namespace that counts: `default` for none, {@link notANamespace} for cluster-scoped kinds. */
export function effectiveNamespace(id: ResId): string {
  if (id.clusterScoped) return notANamespace;
  return id.namespace === "" ? "default" : id.namespace;
}

/** `Deployment.v1.apps/web.shop`, with placeholders for empty parts. */
export function formatResId(id: Omit<ResId, "clusterScoped">): string {
  return `${formatGvk(id)}/${id.name || "[noName]"}.${id.namespace || "[noNs]"}`;
}

/** The id as Go prints the structure (`%#v`): two of kustomize's messages show it so. */
export function dumpResId(id: ResId): string {
  const gvk = `resid.Gvk{Group:${quoted(id.group)}, Version:${quoted(id.version)}, Kind:${quoted(id.kind)}, isClusterScoped:${id.clusterScoped}}`;
  return `resid.ResId{Gvk:${gvk}, Name:${quoted(id.name)}, Namespace:${quoted(id.namespace)}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Equal kind, name and effective namespace. */
export function equalResId(a: ResId, b: ResId): boolean {
  return a.name === b.name && equalGvk(a, b) && effectiveNamespace(a) === effectiveNamespace(b);
}

/** A string that two ids share exactly when {@link equalResId} holds. */
export function resIdKey(id: ResId): string {
  return `${id.kind}\0${id.version}\0${id.group}\0${id.name}\0${effectiveNamespace(id)}`;
}

/** Whether each part that the selector names is equal. */
export function isSelectedBy(id: ResId, selector: ResId): boolean {
  return (
    (selector.name === "" || selector.name === id.name) &&
    (selector.namespace === "" || effectiveNamespace(selector) === effectiveNamespace(id)) &&
    isSelectedGvk(id, selector)
  );
}
