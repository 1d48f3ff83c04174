import { gvkOf, keyOf, type GroupVersionKind, type KubernetesObject, type ObjectKey } from "@sluice/api";

/** Names one object of a cluster, whatever version it is read in. */
export interface ObjectReference {
  readonly gvk: GroupVersionKind;
  readonly key: ObjectKey;
}

export function referenceOf(object: KubernetesObject): ObjectReference {
  return { gvk: gvkOf(object), key: keyOf(object) };
}

/** `Deployment/apps/podinfo`, `Namespace/apps`: how messages name an object. */
export function formatSubject({ gvk, key }: ObjectReference): string {
  return key.namespace === undefined ? `${gvk.kind}/${key.name}` : `${gvk.kind}/${key.namespace}/${key.name}`;
}

/** Identifies an object by namespace, name, group and kind, in the form that inventories keep it. */
export function formatObjectId({ gvk, key }: ObjectReference): string {
  // Names of RBAC objects may contain colons, which the format's readers take for something else.
  const name = gvk.group === "rbac.authorization.k8s.io" ? key.name.replaceAll(":", "__") : key.name;
  return `${key.namespace ?? ""}_${name}_${gvk.group}_${gvk.kind}`;
}

/** Reads what {@link formatObjectId} wrote. `undefined` when the text is no such id. */
export function parseObjectId(id: string, version: string): ObjectReference | undefined {
  // From both ends: the name is the only part that can hold an underscore.
  const kindAt = id.lastIndexOf("_");
  const groupAt = id.lastIndexOf("_", kindAt - 1);
  const nameAt = id.indexOf("_");
  if (nameAt < 0 || groupAt <= nameAt || kindAt <= groupAt) return undefined;
  const namespace = id.slice(0, nameAt);
  const name = id.slice(nameAt + 1, groupAt).replaceAll("__", ":");
  const kind = id.slice(kindAt + 1);
  if (name === "" || kind === "") return undefined;
  return {
    gvk: { group: id.slice(groupAt + 1, kindAt), version, kind },
    key: namespace === "" ? { name } : { namespace, name },
  };
}
