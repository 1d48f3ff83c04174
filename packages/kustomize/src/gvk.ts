/** Group, version and kind of a resource; empty parts mean "none" in an id and "any" in a selector. */
export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Splits `apps/v1` into group and version; what has no slash is the version alone. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  if (slash < 0) return { group: "", version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Joins group and version as `apiVersion` spells them. */
export function apiVersionOf(gvk: Gvk): string {
  return gvk.group === "" ? gvk.version : `${gvk.group}/${gvk.version}`;
}

/** `Deployment.v1.apps`, with placeholders for empty parts. */
export function formatGvk({ group, version, kind }: Gvk): string {
  return `${kind || "[noKind]"}.${version || "[noVer]"}.${group || "[noGrp]"}`;
}

export function equalGvk(a: Gvk, b: Gvk): boolean {
  return a.kind === b.kind && a.version === b.version && a.group === b.group;
}

/** Whether each part that the selector names is equal. */
export function isSelectedGvk(gvk: Gvk, selector: Gvk): boolean {
  return (
    (selector.kind === "" || selector.kind === gvk.kind) &&
    (selector.version === "" || selector.version === gvk.version) &&
    (selector.group === "" || selector.group === gvk.group)
  );
}

/** The kinds that come first in the legacy order, in that order. */
export const defaultOrderFirst: readonly string[] = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "ServiceAccount",
  "PodSecurityPolicy",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Endpoints",
  "Service",
  "LimitRange",
  "PriorityClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];

/** The kinds that come last in the legacy order, in that order. */
export const defaultOrderLast: readonly string[] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/** Ranks kinds: negative for the first ones, positive for the last ones, absent (zero) for those between. */
export function rankKinds(first: readonly string[], last: readonly string[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const [index, kind] of first.entries()) ranks.set(kind, index - first.length);
  for (const [index, kind] of last.entries()) ranks.set(kind, index + 1);
  return ranks;
}

const defaultRanks = rankKinds(defaultOrderFirst, defaultOrderLast);

/** The key by which kinds of the same rank are ordered. */
export function gvkSortKey({ group, version, kind }: Gvk): string {
  return `${group || "~G"}_${version || "~V"}_${kind || "~K"}`;
}

/** Orders kinds as kustomize orders its tables of fields. */
export function compareGvk(a: Gvk, b: Gvk): number {
  const ranks = (defaultRanks.get(a.kind) ?? 0) - (defaultRanks.get(b.kind) ?? 0);
  if (ranks !== 0) return ranks;
  const aKey = gvkSortKey(a);
  const bKey = gvkSortKey(b);
  return aKey < bKey ? -1 : aKey > bKey ? 1 : 0;
}
