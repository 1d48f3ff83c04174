import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject, ObjectKey } from "@sluice/api";
import { Fingerprints, formatObjectId, referenceOf, silentLogger, type Client, type WatchEvent } from "@sluice/kube";
import { FakeClock } from "@sluice/testing";
import { DriftWatcher } from "./drift-watcher.ts";

const gvk = { group: "", version: "v1", kind: "ConfigMap" };
const app: ObjectKey = { namespace: "flux-system", name: "app" };

function configMap(version: number, owner = "app"): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "a",
      namespace: "apps",
      uid: "u",
      resourceVersion: String(version),
      labels: { "kustomize.toolkit.fluxcd.io/name": owner, "kustomize.toolkit.fluxcd.io/namespace": "flux-system" },
    },
  };
}

/** A watcher that follows `app`, which has applied one ConfigMap, and a watch that the test feeds. */
class Scene {
  readonly clock = new FakeClock();
  readonly drifts: string[] = [];
  readonly fingerprints = new Fingerprints();
  readonly watcher: DriftWatcher;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #send: (event: WatchEvent<KubernetesObject>) => void = () => {};

  constructor() {
    const client = {
      list: () => Promise.resolve({ metadata: { resourceVersion: "1" }, items: [configMap(1)] }),
      watch: (_gvk: unknown, { signal }: { signal: AbortSignal }) => this.#events(signal),
    } as unknown as Client;
    const onDrift = ({ name }: ObjectKey): void => void this.drifts.push(name);
    this.watcher = new DriftWatcher({ client, clock: this.clock, logger: silentLogger, onDrift });
    this.#running = this.watcher.run(this.#stop.signal);
    this.left(1);
    this.watcher.follow(app, { kinds: [gvk], fingerprints: this.fingerprints });
    this.watcher.resume(app);
  }

  /** Our own attempt has left the object in this version. */
  left(version: number): void {
    const object = configMap(version);
    this.fingerprints.remember(formatObjectId(referenceOf(object)), "input", object);
  }

  /** The watch shows a version; time passes until it must have been noticed. */
  async see(version: number, owner?: string): Promise<void> {
    await this.clock.settle();
    this.#send({ type: "MODIFIED", object: configMap(version, owner) });
    await this.clock.advance(100);
  }

  async seeDeletion(): Promise<void> {
    await this.clock.settle();
    this.#send({ type: "DELETED", object: configMap(1) });
    await this.clock.advance(100);
  }

  async end(): Promise<void> {
    this.#stop.abort(new Error("the test is over"));
    await this.#running;
  }

  async *#events(signal: AbortSignal): AsyncGenerator<WatchEvent<KubernetesObject>> {
    const waiting: WatchEvent<KubernetesObject>[] = [];
    let wake = Promise.withResolvers<void>();
    this.#send = (event) => {
      waiting.push(event);
      wake.resolve();
    };
    signal.addEventListener("abort", () => wake.resolve(), { once: true });
    while (!signal.aborted) {
      await wake.promise;
      wake = Promise.withResolvers();
      yield* waiting.splice(0);
    }
  }
}

test("a foreign write and a deletion wake the owner, our own write does not", async () => {
  const scene = new Scene();
  await scene.see(2);
  assert.deepEqual(scene.drifts, ["app"]);
  scene.left(3);
  await scene.see(3);
  assert.deepEqual(scene.drifts, ["app"]);
  await scene.seeDeletion();
  assert.deepEqual(scene.drifts, ["app", "app"]);
  await scene.end();
});

test("what changes during an attempt counts only if the attempt did not bring it in order", async () => {
  const scene = new Scene();
  scene.watcher.pause(app);
  await scene.see(2);
  assert.deepEqual(scene.drifts, []);
  scene.left(2);
  scene.watcher.resume(app);
  await scene.clock.advance(100);
  assert.deepEqual(scene.drifts, []);
  scene.watcher.pause(app);
  await scene.see(3);
  scene.watcher.resume(app);
  await scene.clock.advance(100);
  assert.deepEqual(scene.drifts, ["app"]);
  await scene.end();
});

test("an object that was handed over to another owner is not taken back", async () => {
  const scene = new Scene();
  await scene.see(2, "other");
  assert.deepEqual(scene.drifts, []);
  await scene.end();
});

test("whoever writes over and over is answered less and less often", async () => {
  const scene = new Scene();
  let version = 1;
  const fight = async (rounds: number): Promise<number> => {
    const before = scene.drifts.length;
    for (let round = 0; round < rounds; round += 1) {
      scene.left((version += 1));
      await scene.see((version += 1));
    }
    return scene.drifts.length - before;
  };
  assert.equal(await fight(10), 10);
  const slowed = await fight(100);
  assert.ok(slowed < 8, `${slowed} answers within ten seconds`);
  scene.left((version += 1));
  await scene.see(version);
  await scene.clock.advance(20 * 60_000);
  assert.equal(await fight(1), 1);
  await scene.end();
});

test("an owner that is forgotten is not woken", async () => {
  const scene = new Scene();
  scene.watcher.forget(app);
  await scene.see(2);
  assert.deepEqual(scene.drifts, []);
  await scene.end();
});
