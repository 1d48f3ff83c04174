import assert from "node:assert/strict";
import { test } from "node:test";
import { formatKey, type KubernetesObject, type UnstructuredObject } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import { Informer, type ResourceEventHandler } from "../cache/informer.ts";
import { createLogger } from "../logger.ts";
import { MetricsRegistry } from "../metrics/registry.ts";
import { controllerMetrics } from "../metrics/runtime-metrics.ts";
import { Controller, TerminalError, type ControllerOptions } from "./controller.ts";
import { enqueueMapped, enqueueOwner, enqueueSelf } from "./event-handlers.ts";
import { and, annotationChanged, generationChanged, labelChanged, or, updatesOnly } from "./predicates.ts";
import { reconcileLogger } from "./reconcile-logger.ts";
import type { Reconciler, Request } from "./reconciler.ts";

const a = { namespace: "ns", name: "a" };

interface Setup {
  readonly controller: Controller;
  readonly clock: FakeClock;
  readonly log: { [key: string]: unknown }[];
  readonly metrics: MetricsRegistry;
  readonly stop: () => Promise<void>;
}

async function start(reconcile: Reconciler["reconcile"], options: Partial<ControllerOptions> = {}): Promise<Setup> {
  const clock = new FakeClock();
  const log: { [key: string]: unknown }[] = [];
  const metrics = new MetricsRegistry();
  const controller = new Controller({
    name: "widget",
    kind: "Widget",
    reconciler: { reconcile },
    clock,
    logger: createLogger({ write: (line) => log.push(JSON.parse(line) as { [key: string]: unknown }) }),
    backoff: { random: () => 0 },
    observer: controllerMetrics(metrics, "widget"),
    ...options,
  });
  const abort = new AbortController();
  const done = controller.run(abort.signal);
  await clock.settle();
  return {
    controller,
    clock,
    log,
    metrics,
    stop: async () => {
      abort.abort(new Error("test over"));
      await done;
    },
  };
}

test("a result asks for the next look, an error backs off", async () => {
  const results: (number | Error | undefined)[] = [new Error("boom 1"), new Error("boom 2"), 60_000, undefined];
  let count = 0;
  const { controller, clock, log, metrics, stop } = await start(() => {
    const result = results[count++];
    if (result instanceof Error) return Promise.reject(result);
    return Promise.resolve(result === undefined ? {} : { requeueAfterMs: result });
  });
  controller.enqueue(a);
  await clock.settle();
  assert.equal(count, 1);
  await clock.advance(750);
  assert.equal(count, 2);
  await clock.advance(1499);
  assert.equal(count, 2);
  await clock.advance(1);
  assert.equal(count, 3);
  await clock.advance(60_000);
  assert.equal(count, 4);
  await clock.advance(1_000_000);
  assert.equal(count, 4, "an empty result waits for a change");
  const [first, second] = log.filter((line) => line["level"] === "error");
  assert.deepEqual(
    { ...first, ts: "", reconcileID: "" },
    {
      level: "error",
      ts: "",
      msg: "Reconciler error",
      controller: "widget",
      controllerKind: "Widget",
      namespace: "ns",
      name: "a",
      reconcileID: "",
      retryAfterMs: 750,
      error: "boom 1",
    },
  );
  assert.notEqual(first?.["reconcileID"], second?.["reconcileID"]);
  const text = metrics.render();
  assert.match(text, /controller_runtime_reconcile_total\{controller="widget",result="success"\} 1/);
  assert.match(text, /controller_runtime_reconcile_total\{controller="widget",result="error"\} 2/);
  assert.match(text, /workqueue_retries_total\{controller="widget",name="widget"\} 2/);
  assert.match(text, /controller_runtime_active_workers\{controller="widget"\} 0/);
  await stop();
});

test("one poisoned object does not stop the others, not even by throwing at once", async () => {
  const done: string[] = [];
  const { controller, clock, stop } = await start((request) => {
    if (request.name === "bad") throw new TypeError("poison");
    done.push(request.name);
    return Promise.resolve({});
  });
  for (const name of ["bad", "a", "b"]) controller.enqueue({ namespace: "ns", name });
  await clock.settle();
  assert.deepEqual(done, ["a", "b"]);
  await stop();
});

test("a terminal error is not retried", async () => {
  let count = 0;
  const { controller, clock, metrics, stop } = await start(() => {
    count++;
    return Promise.reject(new TerminalError(new Error("never")));
  });
  controller.enqueue(a);
  await clock.advance(10_000_000);
  assert.equal(count, 1);
  assert.match(metrics.render(), /controller_runtime_terminal_reconcile_errors_total\{controller="widget"\} 1/);
  await stop();
});

test("objects are reconciled concurrently, one object never", async () => {
  const running = new Map<string, () => void>();
  let most = 0;
  const { controller, clock, stop } = await start(
    async (request) => {
      assert.ok(!running.has(request.name));
      await new Promise<void>((resolve) => {
        running.set(request.name, resolve);
        most = Math.max(most, running.size);
      });
      running.delete(request.name);
      return {};
    },
    { concurrency: 2 },
  );
  for (const name of ["a", "b", "c", "a"]) controller.enqueue({ name });
  await clock.settle();
  assert.deepEqual([...running.keys()], ["a", "b"]);
  controller.enqueue({ name: "a" });
  running.get("a")!();
  await clock.settle();
  assert.deepEqual([...running.keys()], ["b", "c"]);
  for (const name of ["b", "c", "a"]) {
    running.get(name)!();
    await clock.settle();
  }
  assert.equal(most, 2);
  await stop();
});

test("stopping aborts the reconciliation under way and waits for it, without calling that a failure", async () => {
  let seen: unknown;
  const { controller, clock, log, stop } = await start(async (_request, signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    seen = signal.reason;
    throw seen as Error;
  });
  controller.enqueue(a);
  await clock.settle();
  await stop();
  assert.equal((seen as Error).message, "test over");
  assert.deepEqual(
    log.filter((line) => line["level"] === "error"),
    [],
  );
  assert.equal(clock.pending, 0);
});

test("a reconciliation that takes too long is aborted and retried", async () => {
  const reasons: string[] = [];
  const { controller, clock, stop } = await start(
    async (_request, signal) => {
      await clock.sleep(60_000, signal).catch((error: Error) => reasons.push(error.name));
      signal.throwIfAborted();
      return {};
    },
    { reconcileTimeoutMs: 1000 },
  );
  controller.enqueue(a);
  await clock.advance(1000);
  assert.deepEqual(reasons, ["TimeoutError"]);
  await clock.advance(750 + 1000);
  assert.equal(reasons.length, 2);
  await stop();
});

test("the reconciliation's logger is at hand anywhere below", async () => {
  const { controller, clock, log, stop } = await start(async () => {
    await Promise.resolve();
    reconcileLogger().info("deep inside");
    return {};
  });
  controller.enqueue(a);
  await clock.settle();
  const line = log.find((each) => each["msg"] === "deep inside");
  assert.equal(line?.["name"], "a");
  assert.equal(typeof line?.["reconcileID"], "string");
  await stop();
});

/** An informer whose events the test makes. */
class ManualInformer extends Informer {
  readonly handlers = new Set<ResourceEventHandler>();
  override addEventHandler(handler: ResourceEventHandler): () => void {
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  }
  override waitForSync(): Promise<void> {
    return Promise.resolve();
  }
}

function object(name: string, metadata: Partial<KubernetesObject["metadata"]> = {}): UnstructuredObject {
  return { apiVersion: "v1", kind: "Widget", metadata: { namespace: "ns", ...metadata, name } };
}

test("changes become requests as handlers and predicates say", async () => {
  const informer = new ManualInformer(undefined as never, { group: "", version: "v1", kind: "Widget" });
  const seen: string[] = [];
  const clock = new FakeClock();
  const controller = new Controller({
    name: "widget",
    kind: "Widget",
    clock,
    reconciler: {
      reconcile: (request: Request) => {
        seen.push(formatKey(request));
        return Promise.resolve({});
      },
    },
  });
  controller
    .watch(informer, enqueueSelf, or(generationChanged, annotationChanged("requestedAt")))
    .watch(informer, enqueueOwner({ group: "apps", kind: "Deployment" }), updatesOnly)
    .watch(
      informer,
      enqueueMapped((each) =>
        each.metadata.labels?.["to"] === undefined ? [] : [{ name: each.metadata.labels["to"] }],
      ),
      labelChanged("to"),
    );
  const abort = new AbortController();
  const done = controller.run(abort.signal);
  await clock.settle();
  const tell = async (call: (handler: ResourceEventHandler) => void): Promise<string[]> => {
    seen.length = 0;
    for (const handler of informer.handlers) call(handler);
    await clock.settle();
    return seen.toSorted();
  };
  const owned = {
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "Deployment", name: "d", uid: "u", controller: true },
      { apiVersion: "apps/v1", kind: "Deployment", name: "other", uid: "u" },
      { apiVersion: "v1", kind: "Deployment", name: "foreign", uid: "u", controller: true },
    ],
  };
  assert.deepEqual(await tell((handler) => handler.onAdd?.(object("a"), true)), ["ns/a"]);
  assert.deepEqual(await tell((handler) => handler.onUpdate?.(object("a"), object("a"))), []);
  assert.deepEqual(
    await tell((handler) => handler.onUpdate?.(object("a", { generation: 1 }), object("a", { generation: 2 }))),
    ["ns/a"],
  );
  assert.deepEqual(
    await tell((handler) => handler.onUpdate?.(object("a"), object("a", { annotations: { requestedAt: "1" } }))),
    ["ns/a"],
  );
  assert.deepEqual(
    await tell((handler) => handler.onUpdate?.(object("a", { annotations: { requestedAt: "1" } }), object("a"))),
    [],
  );
  assert.deepEqual(await tell((handler) => handler.onUpdate?.(object("a", owned), object("a"))), ["ns/d"]);
  assert.deepEqual(
    await tell((handler) =>
      handler.onUpdate?.(object("a", { labels: { to: "x" } }), object("a", { labels: { to: "y" } })),
    ),
    ["x", "y"],
  );
  assert.deepEqual(await tell((handler) => handler.onDelete?.(object("a", owned))), ["ns/a"]);
  abort.abort();
  await done;
  assert.equal(informer.handlers.size, 0);
});

test("predicates combine", () => {
  const [before, after] = [object("a", { generation: 1 }), object("a", { generation: 2 })];
  assert.equal(and(generationChanged, annotationChanged("x")).update!(before, after), false);
  assert.equal(or(generationChanged, annotationChanged("x")).update!(before, after), true);
  assert.equal(and(generationChanged, updatesOnly).create!(after), false);
  assert.equal(or(updatesOnly, generationChanged).delete!(after), true);
});
