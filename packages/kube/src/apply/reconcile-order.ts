import type { ObjectReference } from "./object-reference.ts";

/** Kinds that others rely on, in the order of their creation. */
const FIRST = [
  "CustomResourceDefinition",
  "Namespace",
  "ClusterRole",
  "ClusterClass",
  "RuntimeClass",
  "PriorityClass",
  "StorageClass",
  "VolumeSnapshotClass",
  "IngressClass",
  "GatewayClass",
  "ClusterRoleBinding",
  "ResourceQuota",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "Secret",
  "Service",
  "LimitRange",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
] as const;

/** Kinds that can get into the way of others: webhooks come when everything else is there. */
const LAST = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;

const RANKS: ReadonlyMap<string, number> = new Map<string, number>([
  ...FIRST.map((kind, index) => [kind, index - FIRST.length] as const),
  ...LAST.map((kind, index) => [kind, index + 1] as const),
]);

/** The place of a kind in the order: below 0 early, above 0 late, 0 for kinds that nobody has listed. */
export function reconcileRank(kind: string): number {
  return RANKS.get(kind) ?? 0;
}

/** Orders objects for applying: by rank of their kind, then group, kind, namespace, name. */
export function compareForApply(left: ObjectReference, right: ObjectReference): number {
  return (
    reconcileRank(left.gvk.kind) - reconcileRank(right.gvk.kind) ||
    compareText(left.gvk.group, right.gvk.group) ||
    compareText(left.gvk.kind, right.gvk.kind) ||
    compareText(left.key.namespace ?? "", right.key.namespace ?? "") ||
    compareText(left.key.name, right.key.name)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Objects that are dry-run together, then applied. */
export interface Stage<T> {
  readonly objects: readonly T[];
  /** The next stage needs these to be ready: definitions established, namespaces active. */
  readonly isAwaited: boolean;
}

const DEFINITION_KINDS: ReadonlySet<string> = new Set(["CustomResourceDefinition", "Namespace", "ClusterRole"]);

/**
 * Splits objects into stages: (1) definitions, namespaces and cluster roles, (2) kinds named `…Class`, (3) kinds that
 * the operator listed as `group/Kind`, (4) all others. Each stage is sorted; empty ones are left out.
 */
export function stagesOf<T>(
  objects: readonly T[],
  options: { readonly referenceOf: (object: T) => ObjectReference; readonly customStageKinds?: ReadonlySet<string> },
): Stage<T>[] {
  const stages: { objects: T[]; isAwaited: boolean }[] = [
    { objects: [], isAwaited: true },
    { objects: [], isAwaited: true },
    { objects: [], isAwaited: false },
    { objects: [], isAwaited: false },
  ];
  for (const object of objects) {
    const { group, kind } = options.referenceOf(object).gvk;
    const isCustom = options.customStageKinds?.has(`${group}/${kind}`) ?? false;
    const index = DEFINITION_KINDS.has(kind) ? 0 : kind.endsWith("Class") ? 1 : isCustom ? 2 : 3;
    stages[index]?.objects.push(object);
  }
  return stages
    .filter((stage) => stage.objects.length > 0)
    .map((stage) => ({
      ...stage,
      objects: stage.objects.toSorted((a, b) => compareForApply(options.referenceOf(a), options.referenceOf(b))),
    }));
}

/** Splits sorted objects into runs of the same rank: what may be written side by side. */
export function ranksOf<T>(objects: readonly T[], kindOf: (object: T) => string): T[][] {
  const runs: T[][] = [];
  let rank: number | undefined;
  for (const object of objects) {
    const next = reconcileRank(kindOf(object));
    if (next !== rank) runs.push([]);
    rank = next;
    runs.at(-1)?.push(object);
  }
  return runs;
}
