import { isAlreadyExists, isConflict, isNotFound, type GroupVersionKind } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import { type Clock, formatTime } from "../clock.ts";
import { objectAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { labelSelectorOf } from "../selectors/label-selector.ts";
import type { Change, Decision } from "./change.ts";
import type { Cluster } from "./cluster.ts";
import { isReady } from "./condition.ts";
import { decideDaemonSet } from "./daemon-set.ts";
import { decideDeployment } from "./deployment.ts";
import {
  decideAutoscaler,
  decideDisruptionBudget,
  decideIngress,
  decideService,
  decideVolumeClaim,
} from "./exposure.ts";
import { decideJob } from "./job.ts";
import { controllerUid, Mirror, mirrorKey } from "./mirror.ts";
import { simulatedNode } from "./node.ts";
import { decidePod, stateKeyOf } from "./pod.ts";
import { defaultTimings, type PodTimings } from "./stages.ts";
import { activePods, decideReplicaSet } from "./replica-set.ts";
import { decideStatefulSet } from "./stateful-set.ts";

/** How a simulation runs. */
export interface SimulatorOptions {
  readonly clock: Clock;
  readonly timings?: Partial<PodTimings>;
  /** Hears of writes that failed for other reasons than a lost race. */
  readonly onError?: (message: string) => void;
}

interface DecisionContext {
  readonly now: number;
  readonly timings: PodTimings;
  /** How long the object has been in the state that `stateKeyOf` names; 0 for all kinds but pods. */
  readonly inStateMs: number;
}

interface Simulated {
  readonly kind: GroupVersionKind;
  /** Who the writes are made as. */
  readonly manager: string;
  readonly decide: (object: KubeObject, view: Mirror, context: DecisionContext) => Decision;
}

const controllerManager = "kube-controller-manager";
const kubelet = "kubelet";

const simulated: readonly Simulated[] = [
  {
    kind: { group: "", version: "v1", kind: "Pod" },
    manager: kubelet,
    decide: (pod, _view, { now, inStateMs, timings }) => decidePod(pod, { now, inStateMs }, timings),
  },
  {
    kind: { group: "apps", version: "v1", kind: "ReplicaSet" },
    manager: controllerManager,
    decide: (set, view) => decideReplicaSet(set, view.controlledBy(set, "Pod")),
  },
  {
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    manager: controllerManager,
    decide: (deployment, view, { now }) =>
      decideDeployment(deployment, view.controlledBy(deployment, "ReplicaSet"), now),
  },
  {
    kind: { group: "apps", version: "v1", kind: "StatefulSet" },
    manager: controllerManager,
    decide: (set, view) =>
      decideStatefulSet(
        set,
        view.controlledBy(set, "Pod"),
        (name) => view.find("PersistentVolumeClaim", set.metadata.namespace, name) !== undefined,
      ),
  },
  {
    kind: { group: "apps", version: "v1", kind: "DaemonSet" },
    manager: controllerManager,
    decide: (set, view) => decideDaemonSet(set, view.controlledBy(set, "Pod")),
  },
  {
    kind: { group: "batch", version: "v1", kind: "Job" },
    manager: controllerManager,
    decide: (job, view, { now }) => decideJob(job, view.controlledBy(job, "Pod"), now),
  },
  { kind: { group: "", version: "v1", kind: "Service" }, manager: controllerManager, decide: decideService },
  {
    kind: { group: "", version: "v1", kind: "PersistentVolumeClaim" },
    manager: controllerManager,
    decide: decideVolumeClaim,
  },
  {
    kind: { group: "networking.k8s.io", version: "v1", kind: "Ingress" },
    manager: "ingress-controller",
    decide: decideIngress,
  },
  {
    kind: { group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler" },
    manager: controllerManager,
    decide: (autoscaler, _view, { now }) => decideAutoscaler(autoscaler, formatTime(now)),
  },
  {
    kind: { group: "policy", version: "v1", kind: "PodDisruptionBudget" },
    manager: controllerManager,
    decide: (budget, view) => {
      const selector = labelSelectorOf(objectAt(budget, "spec", "selector"));
      const pods = activePods(view.inNamespace("Pod", budget.metadata.namespace)).filter(
        (pod) => selector?.matches(pod.metadata.labels) === true,
      );
      return decideDisruptionBudget(budget, pods, pods.filter(isReady).length);
    },
  },
];

const byKind: ReadonlyMap<string, Simulated> = new Map(simulated.map((each) => [each.kind.kind, each]));

/** Conflicts are lost races: the winner's change wakes the key again anyway, this only bounds the wait. */
const retryMs = 50;
const failureRetryMs = 1000;

/**
 * Plays the parts of a cluster that are not its API server: scheduler, kubelet, the workload controllers, a load
 * balancer and a volume provisioner. Each part is a pure decision over what the API server holds; this class wakes
 * them when something changes, carries out what they decide, and looks again when they asked to.
 *
 * **Invariant:** at most one decision per object is being carried out at a time, and it was made on the newest state.
 */
export class Simulator {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #timings: PodTimings;
  readonly #onError: (message: string) => void;
  readonly #mirror = new Mirror();
  readonly #dirty = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  readonly #states = new Map<string, { readonly state: string; readonly since: number }>();
  readonly #subscriptions: (() => void)[] = [];
  #draining = false;
  #stopped = false;

  constructor(cluster: Cluster, { clock, timings, onError = () => {} }: SimulatorOptions) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#timings = { ...defaultTimings, ...timings };
    this.#onError = onError;
  }

  /** Adds the node and begins to follow the cluster. */
  async start(): Promise<void> {
    try {
      await this.#cluster.create(simulatedNode(this.#clock.now()), kubelet);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    for (const { kind } of simulated)
      this.#subscriptions.push(
        this.#mirror.follow(this.#cluster, kind, (object, type) => {
          if (type === "DELETED") this.#forget(object);
          else this.#wake(keyOf(object));
          this.#wakeOwners(object);
        }),
      );
  }

  /** Stops looking and writing. What is being written now still lands. */
  stop(): void {
    this.#stopped = true;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#dirty.clear();
  }

  #wakeOwners(object: KubeObject): void {
    const uid = controllerUid(object);
    const owner = object.metadata.ownerReferences?.find((reference) => reference.uid === uid);
    if (owner !== undefined && byKind.has(owner.kind))
      this.#wake(mirrorKey(owner.kind, object.metadata.namespace, owner.name));
    if (object.kind === "Pod")
      for (const budget of this.#mirror.inNamespace("PodDisruptionBudget", object.metadata.namespace))
        this.#wake(keyOf(budget));
  }

  #wake(key: string): void {
    if (this.#stopped) return;
    this.#dirty.add(key);
    if (this.#draining) return;
    this.#draining = true;
    // Later, not now: the change that woke us is still being announced to others.
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    this.#draining = false;
    for (const key of this.#dirty) {
      if (this.#busy.has(key)) continue;
      this.#dirty.delete(key);
      this.#busy.add(key);
      void this.#visit(key).finally(() => {
        this.#busy.delete(key);
        if (this.#dirty.has(key)) this.#wake(key);
      });
    }
  }

  async #visit(key: string): Promise<void> {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    const [kind = "", namespace = "", name = ""] = key.split("/");
    const object = this.#mirror.find(kind, namespace === "" ? undefined : namespace, name);
    const part = byKind.get(kind);
    if (object === undefined || part === undefined || this.#stopped) return;
    const now = this.#clock.now();
    const inStateMs = kind === "Pod" ? now - this.#inStateSince(key, stateKeyOf(object), now) : 0;
    const decision = part.decide(object, this.#mirror, { now, inStateMs, timings: this.#timings });
    if (decision.wakeAfterMs !== undefined) this.#wakeAfter(key, decision.wakeAfterMs);
    try {
      // A second write to the same object continues from what the first one left.
      const written = new Map<string, KubeObject["metadata"]>();
      for (const change of decision.changes) {
        const metadata = written.get(keyOf(change.object)) ?? change.object.metadata;
        const result = await this.#carryOut({ ...change, object: { ...change.object, metadata } }, part.manager);
        if (result !== undefined) written.set(keyOf(result), result.metadata);
      }
    } catch (error) {
      if (isConflict(error)) this.#wakeAfter(key, retryMs);
      else if (!isNotFound(error)) {
        this.#onError(`simulating ${key}: ${messageOf(error)}`);
        this.#wakeAfter(key, failureRetryMs);
      }
    }
  }

  async #carryOut(change: Change, manager: string): Promise<KubeObject | undefined> {
    switch (change.verb) {
      case "create":
        return this.#cluster.create(change.object, manager);
      case "update":
        return this.#cluster.update(change.object, manager);
      case "updateStatus":
        return this.#cluster.updateStatus(change.object, manager);
      case "delete": {
        const { gracePeriodSeconds } = change;
        await this.#cluster.delete(change.object, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
        return undefined;
      }
    }
  }

  #inStateSince(key: string, state: string, now: number): number {
    const known = this.#states.get(key);
    if (known?.state === state) return known.since;
    this.#states.set(key, { state, since: now });
    return now;
  }

  #wakeAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    this.#timers.get(key)?.();
    this.#timers.set(
      key,
      this.#clock.after(delayMs, () => {
        this.#timers.delete(key);
        this.#wake(key);
      }),
    );
  }

  #forget(object: KubeObject): void {
    const key = keyOf(object);
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    this.#dirty.delete(key);
    this.#states.delete(key);
  }
}

const keyOf = (object: KubeObject): string => mirrorKey(object.kind, object.metadata.namespace, object.metadata.name);
