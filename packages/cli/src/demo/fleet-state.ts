import { idOf, type ObjectState } from "./object-state.ts";

/** One cluster of the demo. */
export interface ClusterState {
  /** `production/eu-west-1`. */
  readonly name: string;
  /** The cluster's directory in the repository. */
  readonly path: string;
  /** What can be shown before the first object exists: `starting the API server`. */
  readonly step: string;
  /** In the order of {@link orderObjects}. */
  readonly objects: readonly ObjectState[];
}

/** Everything the demo shows. */
export interface FleetState {
  /** Milliseconds since the beginning of the demo. */
  readonly elapsedMs: number;
  readonly clusters: readonly ClusterState[];
}

/** How the fleet as a whole stands. `stuck`: something failed and nothing is in progress any more. */
export type Verdict = "converging" | "ready" | "stuck";

export function verdictOf(fleet: FleetState): Verdict {
  const objects = fleet.clusters.flatMap((cluster) => cluster.objects);
  const isComplete = fleet.clusters.every((cluster) =>
    cluster.objects.some((object) => object.kind === "Kustomization"),
  );
  const isQuiet = (object: ObjectState): boolean => object.phase === "ready" || object.phase === "suspended";
  if (isComplete && objects.every(isQuiet)) return "ready";
  const isMoving = objects.some(
    (object) => object.phase === "working" || object.phase === "checking" || object.phase === "queued",
  );
  return isComplete && !isMoving && objects.some((object) => object.phase === "failed") ? "stuck" : "converging";
}

/** Returns the cluster with an object added, replaced or (`undefined`) removed. */
export function withObject(cluster: ClusterState, id: string, object: ObjectState | undefined): ClusterState {
  const others = cluster.objects.filter((each) => idOf(each) !== id);
  return { ...cluster, objects: orderObjects(object === undefined ? others : [...others, object]) };
}

/**
 * Orders objects as work flows: sources first, then what depends on nothing, then its dependants; by name where
 * nothing else decides.
 */
export function orderObjects(objects: readonly ObjectState[]): readonly ObjectState[] {
  const byName = objects.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const depths = new Map<string, number>();
  const depthOf = (object: ObjectState, path: ReadonlySet<string>): number => {
    const id = idOf(object);
    const known = depths.get(id);
    if (known !== undefined || path.has(id)) return known ?? 0;
    const below = new Set([...path, id]);
    const before = byName.filter((each) => each.kind === object.kind && object.dependsOn.includes(each.name));
    const depth = Math.max(0, ...before.map((each) => 1 + depthOf(each, below)));
    depths.set(id, depth);
    return depth;
  };
  const rank = (object: ObjectState): number => (object.kind === "Kustomization" ? 1 : 0);
  return byName.toSorted((a, b) => rank(a) - rank(b) || depthOf(a, new Set()) - depthOf(b, new Set()));
}
