import assert from "node:assert/strict";
import { test } from "node:test";
import type { GroupVersionKind } from "@sluice/api";
import type { Clock } from "../clock.ts";
import { numberAt, objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { conflict } from "../errors/status-errors.ts";
import type { ChangeType, Cluster } from "./cluster.ts";
import { conditionOf } from "./condition.ts";
import { objectAt } from "../json/json.ts";
import { Simulator } from "./simulator.ts";

/** A clock whose timers fire in order when the test says so. */
class ManualClock implements Clock {
  #now = Date.parse("2026-11-01T12:00:00Z");
  #timers: { at: number; run: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((each) => each !== timer));
  }
  /** Lets pass `ms`, firing timers on the way and letting the work that they start settle. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers = this.#timers.filter((each) => each !== next);
      next.run();
    }
    this.#now = end;
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
};

/** The seam's smallest honest implementation: optimistic locking, generated names, immediate deletion, cascades. */
class MemoryCluster implements Cluster {
  readonly objects = new Map<string, KubeObject>();
  readonly #listeners: { kind: string; run: (type: ChangeType, object: KubeObject) => void }[] = [];
  #revision = 0;
  readonly #clock: Clock;
  constructor(clock: Clock) {
    this.#clock = clock;
  }
  subscribe(kind: GroupVersionKind, run: (type: ChangeType, object: KubeObject) => void): () => void {
    const listener = { kind: kind.kind, run };
    this.#listeners.push(listener);
    for (const object of this.objects.values()) if (object.kind === kind.kind) run("ADDED", object);
    return () => void this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }
  create(object: KubeObject): Promise<KubeObject> {
    const revision = ++this.#revision;
    const name =
      object.metadata.name === "" ? `${object.metadata.generateName ?? ""}${revision}` : object.metadata.name;
    const metadata = {
      ...object.metadata,
      name,
      uid: `uid-${revision}`,
      resourceVersion: `${revision}`,
      generation: 1,
      creationTimestamp: new Date(this.#clock.now()).toISOString(),
    };
    return this.#store("ADDED", { ...object, metadata });
  }
  update(object: KubeObject): Promise<KubeObject> {
    const before = this.#current(object);
    const generation =
      (before.metadata.generation ?? 1) + (JSON.stringify(before["spec"]) === JSON.stringify(object["spec"]) ? 0 : 1);
    const status = before["status"];
    return this.#write({
      ...object,
      ...(status === undefined ? {} : { status }),
      metadata: { ...object.metadata, generation },
    });
  }
  updateStatus(object: KubeObject): Promise<KubeObject> {
    const status = object["status"];
    return this.#write({ ...this.#current(object), ...(status === undefined ? {} : { status }) });
  }
  async delete(object: KubeObject): Promise<void> {
    this.objects.delete(keyOf(object));
    for (const each of this.objects.values())
      if (each.metadata.ownerReferences?.some((reference) => reference.uid === object.metadata.uid) === true)
        await this.delete(each);
    this.#announce("DELETED", object);
  }
  #current(object: KubeObject): KubeObject {
    const before = this.objects.get(keyOf(object));
    if (before?.metadata.resourceVersion !== object.metadata.resourceVersion)
      throw conflict({ group: "", resource: "things" }, object.metadata.name, "the object has been modified");
    return before ?? object;
  }
  #write(object: KubeObject): Promise<KubeObject> {
    const resourceVersion = `${++this.#revision}`;
    return this.#store("MODIFIED", { ...object, metadata: { ...object.metadata, resourceVersion } });
  }
  #store(type: ChangeType, object: KubeObject): Promise<KubeObject> {
    this.objects.set(keyOf(object), object);
    this.#announce(type, object);
    return Promise.resolve(object);
  }
  #announce(type: ChangeType, object: KubeObject): void {
    for (const listener of this.#listeners.slice()) if (listener.kind === object.kind) listener.run(type, object);
  }
  of(kind: string): KubeObject[] {
    return [...this.objects.values()].filter((object) => object.kind === kind);
  }
}

const keyOf = (object: KubeObject): string =>
  `${object.kind}/${object.metadata.namespace ?? ""}/${object.metadata.name}`;

function deployment(image: string, spec: { replicas?: number; progressDeadlineSeconds?: number } = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas: 3,
      ...spec,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
    },
  };
}

async function simulate(): Promise<{ clock: ManualClock; cluster: MemoryCluster; simulator: Simulator }> {
  const clock = new ManualClock();
  const cluster = new MemoryCluster(clock);
  const simulator = new Simulator(cluster, { clock, onError: (message) => assert.fail(message) });
  await simulator.start();
  return { clock, cluster, simulator };
}

const progressing = (object: KubeObject | undefined): unknown =>
  conditionOf(objectAt(object, "status"), "Progressing")?.["reason"];

test("a Deployment becomes available through a ReplicaSet and pods", async () => {
  const { clock, cluster, simulator } = await simulate();
  await cluster.create(deployment("app:1.0"));
  await clock.advance(5_000);
  const [web] = cluster.of("Deployment");
  assert.equal(numberAt(web, "status", "availableReplicas"), 3);
  assert.equal(numberAt(web, "status", "unavailableReplicas"), undefined);
  assert.equal(progressing(web), "NewReplicaSetAvailable");
  assert.equal(web?.metadata.annotations?.["deployment.kubernetes.io/revision"], "1");
  assert.equal(cluster.of("Pod").length, 3);
  assert.ok(cluster.of("Pod").every((pod) => stringAt(pod, "status", "phase") === "Running"));
  simulator.stop();
});

test("a new image rolls out within maxSurge and maxUnavailable and keeps the old ReplicaSet at zero", async () => {
  const { clock, cluster, simulator } = await simulate();
  await cluster.create(deployment("app:1.0"));
  await clock.advance(5_000);
  const [before] = cluster.of("Deployment");
  let most = 0;
  let fewestReady = 3;
  const unwatch = cluster.subscribe({ group: "", version: "v1", kind: "Pod" }, () => {
    const pods = cluster.of("Pod");
    most = Math.max(most, pods.length);
    fewestReady = Math.min(
      fewestReady,
      pods.filter((pod) => conditionOf(objectAt(pod, "status"), "Ready")?.["status"] === "True").length,
    );
  });
  await cluster.update({ ...before!, spec: deployment("app:2.0")["spec"] });
  await clock.advance(10_000);
  unwatch();
  const sets = cluster.of("ReplicaSet").map((set) => numberAt(set, "spec", "replicas"));
  assert.deepEqual(sets, [0, 3]);
  assert.equal(most, 4, "maxSurge 25% of 3, rounded up, allows one more");
  assert.equal(fewestReady, 3, "maxUnavailable 25% of 3, rounded down, allows none to miss");
  assert.equal(progressing(cluster.of("Deployment")[0]), "NewReplicaSetAvailable");
  assert.equal(cluster.of("Deployment")[0]?.metadata.annotations?.["deployment.kubernetes.io/revision"], "2");
  simulator.stop();
});

test("an image that cannot be pulled halts the rollout and ends in ProgressDeadlineExceeded", async () => {
  const { clock, cluster, simulator } = await simulate();
  await cluster.create(deployment("app:does-not-exist", { progressDeadlineSeconds: 30 }));
  await clock.advance(10_000);
  assert.equal(progressing(cluster.of("Deployment")[0]), "ReplicaSetUpdated");
  const states = cluster
    .of("Pod")
    .map((pod) => stringAt(objectsAt(pod, "status", "containerStatuses")[0], "state", "waiting", "reason"));
  assert.deepEqual(states, ["ImagePullBackOff", "ImagePullBackOff", "ImagePullBackOff"]);
  await clock.advance(40_000);
  assert.equal(progressing(cluster.of("Deployment")[0]), "ProgressDeadlineExceeded");
  simulator.stop();
});

test("a crashing container restarts with growing pauses", async () => {
  const { clock, cluster, simulator } = await simulate();
  await cluster.create(deployment("app:crash", { replicas: 1 }));
  const restarts = (): number | undefined =>
    numberAt(objectsAt(cluster.of("Pod")[0], "status", "containerStatuses")[0], "restartCount");
  const reason = (): string | undefined =>
    stringAt(objectsAt(cluster.of("Pod")[0], "status", "containerStatuses")[0], "state", "waiting", "reason");
  await clock.advance(3_000);
  assert.equal(restarts(), 1);
  assert.equal(reason(), "CrashLoopBackOff");
  await clock.advance(12_000);
  assert.equal(restarts(), 2);
  await clock.advance(25_000);
  assert.equal(restarts(), 3);
  simulator.stop();
});

test("a Job completes; one whose pods fail gives up after its backoff limit", async () => {
  const { clock, cluster, simulator } = await simulate();
  const job = (name: string, annotations: { [key: string]: string }): KubeObject => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default" },
    spec: {
      backoffLimit: 1,
      template: {
        metadata: { annotations },
        spec: { restartPolicy: "Never", containers: [{ name: "work", image: "work:1" }] },
      },
    },
  });
  await cluster.create(job("good", {}));
  await cluster.create(job("bad", { "sluice.dev/simulate": "fails" }));
  await clock.advance(10_000);
  const [good, bad] = cluster.of("Job");
  assert.equal(conditionOf(objectAt(good, "status"), "Complete")?.["status"], "True");
  assert.equal(numberAt(good, "status", "succeeded"), 1);
  assert.equal(conditionOf(objectAt(bad, "status"), "Failed")?.["reason"], "BackoffLimitExceeded");
  assert.equal(numberAt(bad, "status", "failed"), 2);
  simulator.stop();
});

test("a StatefulSet starts its pods in order, with their claims", async () => {
  const { clock, cluster, simulator } = await simulate();
  await cluster.create({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "default" },
    spec: {
      replicas: 2,
      serviceName: "db",
      selector: { matchLabels: { app: "db" } },
      template: { metadata: { labels: { app: "db" } }, spec: { containers: [{ name: "db", image: "db:1" }] } },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      ],
    },
  });
  await clock.advance(100);
  assert.deepEqual(
    cluster.of("Pod").map((pod) => pod.metadata.name),
    ["db-0"],
  );
  await clock.advance(5_000);
  assert.deepEqual(
    cluster.of("Pod").map((pod) => pod.metadata.name),
    ["db-0", "db-1"],
  );
  assert.deepEqual(
    cluster.of("PersistentVolumeClaim").map((claim) => stringAt(claim, "status", "phase")),
    ["Bound", "Bound"],
  );
  const [set] = cluster.of("StatefulSet");
  assert.equal(numberAt(set, "status", "readyReplicas"), 2);
  assert.equal(stringAt(set, "status", "currentRevision"), stringAt(set, "status", "updateRevision"));
  simulator.stop();
});
