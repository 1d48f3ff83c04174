import type { Reader } from "@sluice/kube";
import { followObjects } from "../cluster/follow.ts";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { fluxKinds } from "../kinds/kinds.ts";
import { withObject, type FleetState } from "./fleet-state.ts";
import { idOf, observeObject, type ObjectState } from "./object-state.ts";

/** One object's turn from one state to another. `after` is absent when it was deleted. */
export interface Change {
  readonly cluster: string;
  readonly before: ObjectState | undefined;
  readonly after: ObjectState | undefined;
}

/** Hears of every change, and of steps of clusters (without a change). */
export type FleetListener = (fleet: FleetState, change: Change | undefined) => void;

/** Keeps the state of a fleet by watching the Flux objects of its clusters. */
export class FleetMonitor {
  readonly #now: () => number;
  readonly #startedMs: number;
  readonly #listeners = new Set<FleetListener>();
  #fleet: FleetState;

  /** `now` counts milliseconds from any point in the past; the demo's time begins with its first call. */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedMs = now();
    this.#fleet = { elapsedMs: 0, clusters: [] };
  }

  /** The state right now. */
  get fleet(): FleetState {
    return { ...this.#fleet, elapsedMs: this.#now() - this.#startedMs };
  }

  /** Adds the clusters, before anything is known of them. */
  begin(clusters: readonly { readonly name: string; readonly path: string }[]): void {
    const step = "starting";
    this.#fleet = { ...this.#fleet, clusters: clusters.map(({ name, path }) => ({ name, path, step, objects: [] })) };
    this.#tell(undefined);
  }

  /** Says what a cluster is busy with while it has no objects yet. */
  step(cluster: string, step: string): void {
    this.#replace(cluster, (state) => ({ ...state, step }));
    this.#tell(undefined);
  }

  /** Calls back on every change until the returned function is called. */
  listen(listener: FleetListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Watches a cluster's Flux objects until the signal is aborted. Rejects when the cluster cannot be read. */
  async watch(cluster: string, client: Reader, signal: AbortSignal): Promise<void> {
    const follow = ({ gvk }: (typeof fluxKinds)[number]): Promise<never> =>
      followObjects<FluxObject>(
        client,
        { gvk, signal },
        {
          listed: (objects) => this.#relist(cluster, gvk.kind, objects),
          changed: (object, isDeleted) => this.#observe(cluster, object, isDeleted),
        },
      );
    try {
      await Promise.all(fluxKinds.map(follow));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #relist(cluster: string, kind: string, objects: readonly FluxObject[]): void {
    const alive = new Set(
      objects.map((object) => `${kind}/${object.metadata.namespace ?? ""}/${object.metadata.name}`),
    );
    const known = this.#fleet.clusters.find((each) => each.name === cluster)?.objects ?? [];
    for (const gone of known.filter((each) => each.kind === kind && !alive.has(idOf(each))))
      this.#store(cluster, gone, undefined);
    // Items of a list come without their kind from some servers.
    for (const object of objects) this.#observe(cluster, { ...object, kind }, false);
  }

  #observe(cluster: string, object: FluxObject, isDeleted: boolean): void {
    const known = this.#fleet.clusters.find((each) => each.name === cluster)?.objects ?? [];
    const id = `${object.kind}/${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const before = known.find((each) => idOf(each) === id);
    if (!isDeleted) this.#store(cluster, before, observeObject(before, object, this.#now() - this.#startedMs));
    else if (before !== undefined) this.#store(cluster, before, undefined);
  }

  #store(cluster: string, before: ObjectState | undefined, after: ObjectState | undefined): void {
    const object = after ?? before;
    if (object === undefined) return;
    this.#replace(cluster, (state) => withObject(state, idOf(object), after));
    this.#tell({ cluster, before, after });
  }

  #replace(name: string, change: (cluster: FleetState["clusters"][number]) => FleetState["clusters"][number]): void {
    const clusters = this.#fleet.clusters.map((each) => (each.name === name ? change(each) : each));
    this.#fleet = { ...this.#fleet, clusters };
  }

  #tell(change: Change | undefined): void {
    const { fleet } = this;
    for (const listener of this.#listeners) listener(fleet, change);
  }
}
