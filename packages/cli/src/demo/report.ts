import type { ClusterState, FleetState } from "./fleet-state.ts";
import { verdictOf } from "./fleet-state.ts";
import { idOf } from "./object-state.ts";
import type { ObjectState } from "./object-state.ts";

/** How a cluster can be reached. */
export interface ClusterAccess {
  readonly server: string;
  readonly kubeconfig: string;
}

/** Where the fleet's repository is. */
export interface RepositoryAccess {
  readonly directory: string;
  readonly branch: string;
  readonly commit: string;
}

/** The result of a demo as `--output json` prints it. Times are seconds since its beginning. */
export interface DemoReport {
  readonly ready: boolean;
  readonly seconds: number;
  readonly repository: RepositoryAccess;
  readonly clusters: readonly ClusterReport[];
}

interface ClusterReport extends ClusterAccess {
  readonly name: string;
  readonly path: string;
  readonly ready: boolean;
  readonly objects: readonly ObjectReport[];
}

interface ObjectReport {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  readonly phase: string;
  readonly message: string;
  readonly revision: string;
  /** How many objects a Kustomization applied. */
  readonly applied?: number;
  /** When it was Ready for the first time. */
  readonly readyAfter?: number;
  /** From the beginning of its work to Ready. */
  readonly took?: number;
}

/** Sums up a fleet's state. */
export function reportOf(
  fleet: FleetState,
  repository: RepositoryAccess,
  access: ReadonlyMap<string, ClusterAccess>,
): DemoReport {
  const { directory, branch, commit } = repository;
  return {
    ready: verdictOf(fleet) === "ready",
    seconds: seconds(fleet.elapsedMs),
    repository: { directory, branch, commit },
    clusters: fleet.clusters.map((cluster) => ({
      name: cluster.name,
      path: cluster.path,
      ...(access.get(cluster.name) ?? { server: "", kubeconfig: "" }),
      ready: cluster.objects.length > 0 && cluster.objects.every(isReady),
      objects: cluster.objects.map(objectReport),
    })),
  };
}

/** Why a fleet is not ready, a line per object that is not, failures before those that wait for them. */
export function reasonsOf(fleet: FleetState): readonly string[] {
  const reasons = fleet.clusters.flatMap((cluster) => {
    if (cluster.objects.length === 0) return [{ rank: 0, text: `${cluster.name}: ${cluster.step}` }];
    return cluster.objects.filter((object) => !isReady(object)).map((object) => reasonOf(cluster, object));
  });
  return reasons.toSorted((a, b) => a.rank - b.rank).map((reason) => reason.text);
}

function reasonOf(cluster: ClusterState, object: ObjectState): { readonly rank: number; readonly text: string } {
  const detail = object.detail === "" ? object.phase : object.detail;
  const rank = ["failed", "checking", "working", "queued"].indexOf(object.phase);
  return { rank: rank < 0 ? 9 : rank, text: `${cluster.name}: ${idOf(object)}: ${detail}` };
}

function isReady(object: ObjectState): boolean {
  return object.phase === "ready" || object.phase === "suspended";
}

function objectReport(object: ObjectState): ObjectReport {
  return {
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    ready: object.phase === "ready",
    phase: object.phase,
    message: object.detail,
    revision: object.revision,
    ...(object.applied !== undefined && { applied: object.applied }),
    ...(object.readyMs !== undefined && { readyAfter: seconds(object.readyMs) }),
    ...(object.tookMs !== undefined && { took: seconds(object.tookMs) }),
  };
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
