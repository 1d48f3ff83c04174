import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError, type KubernetesList, type UnstructuredObject } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import type { ListOptions, Reader, WatchEvent, WatchOptions } from "../client/client.ts";
import { createLogger } from "../logger.ts";
import { Cache } from "./cache.ts";
import { Informer, stripManagedFields } from "./informer.ts";

const gvk = { group: "", version: "v1", kind: "ConfigMap" };

function object(
  name: string,
  resourceVersion: string,
  more: { uid?: string; namespace?: string; labels?: Record<string, string> } = {},
): UnstructuredObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "ns", uid: `uid-${name}`, ...more, name, resourceVersion },
  };
}

/** A scripted server: tests queue what lists answer and push what watches see. */
class ScriptedReader implements Reader {
  readonly calls: string[] = [];
  readonly lists: (Error | { resourceVersion: string; items: UnstructuredObject[] })[] = [];
  #push: ((next: WatchEvent | Error | "end") => void) | undefined;
  readonly #pending: (WatchEvent | Error | "end")[] = [];

  list<T>(_gvk: unknown, options: ListOptions = {}): Promise<KubernetesList<never> & { items: T[] }> {
    this.calls.push(`list${options.labelSelector === undefined ? "" : ` ${options.labelSelector}`}`);
    const next = this.lists.shift();
    if (next === undefined) return Promise.reject(new Error("unexpected list"));
    if (next instanceof Error) return Promise.reject(next);
    return Promise.resolve({
      apiVersion: "v1",
      kind: "List",
      metadata: { resourceVersion: next.resourceVersion },
      items: next.items as never[],
    });
  }

  async *watch<T>(_gvk: unknown, options: WatchOptions = {}): AsyncGenerator<T> {
    this.calls.push(`watch ${options.resourceVersion}`);
    for (;;) {
      const next =
        this.#pending.shift() ??
        (await new Promise<WatchEvent | Error | "end">((resolve, reject) => {
          this.#push = resolve;
          options.signal?.addEventListener("abort", () => reject(options.signal?.reason as Error), { once: true });
        }));
      this.#push = undefined;
      if (next === "end") return;
      if (next instanceof Error) throw next;
      yield next as T;
    }
  }

  push(...events: (WatchEvent | Error | "end")[]): void {
    for (const event of events) {
      if (this.#push === undefined) this.#pending.push(event);
      else {
        const push = this.#push;
        this.#push = undefined;
        push(event);
      }
    }
  }

  get(): Promise<never> {
    throw new Error("unexpected get");
  }

  find(): Promise<never> {
    throw new Error("unexpected find");
  }
}

function gone(): StatusError {
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    reason: "Expired",
    code: 410,
  });
}

async function start(reader: ScriptedReader): Promise<{
  informer: Informer;
  seen: string[];
  clock: FakeClock;
  log: string[];
  readonly stop: () => Promise<void>;
}> {
  const clock = new FakeClock();
  const log: string[] = [];
  const informer = new Informer(reader, gvk, {
    clock,
    random: () => 0,
    logger: createLogger({ write: (line) => log.push(line) }),
  });
  const seen: string[] = [];
  informer.addEventHandler({
    onAdd: (each, initial) => seen.push(`add ${each.metadata.name}${initial ? " initially" : ""}`),
    onUpdate: (before, after) =>
      seen.push(`update ${after.metadata.name} ${before.metadata.resourceVersion}->${after.metadata.resourceVersion}`),
    onDelete: (each) => seen.push(`delete ${each.metadata.name}`),
  });
  const controller = new AbortController();
  const done = informer.run(controller.signal);
  await clock.settle();
  return {
    informer,
    seen,
    clock,
    log,
    stop: async () => {
      controller.abort(new Error("test over"));
      await done;
    },
  };
}

test("an informer lists, follows, and resumes a watch that ended", async () => {
  const reader = new ScriptedReader();
  reader.lists.push({ resourceVersion: "10", items: [object("a", "3"), object("b", "4", { namespace: "other" })] });
  const { informer, seen, clock, stop } = await start(reader);
  assert.ok(informer.hasSynced);
  await informer.waitForSync();
  reader.push({ type: "ADDED", object: object("c", "11") }, { type: "MODIFIED", object: object("a", "12") });
  await clock.settle();
  reader.push(
    { type: "DELETED", object: object("b", "13", { namespace: "other" }) },
    { type: "BOOKMARK", object: { metadata: { resourceVersion: "20" } } },
    "end",
  );
  await clock.settle();
  assert.deepEqual(seen, ["add a initially", "add b initially", "add c", "update a 3->12", "delete b"]);
  assert.deepEqual(reader.calls, ["list", "watch 10", "watch 20"]);
  assert.deepEqual(
    informer.lister
      .list("ns")
      .map((each) => each.metadata.name)
      .sort(),
    ["a", "c"],
  );
  assert.deepEqual(informer.lister.list("other"), []);
  assert.equal(informer.lister.find({ namespace: "ns", name: "a" })?.metadata.resourceVersion, "12");
  await stop();
});

test("a forgotten resource version means one relist that tells only what changed", async () => {
  const reader = new ScriptedReader();
  reader.lists.push({
    resourceVersion: "10",
    items: [object("same", "1"), object("changed", "2"), object("gone", "3"), object("reborn", "4")],
  });
  const { seen, clock, stop } = await start(reader);
  seen.length = 0;
  reader.lists.push({
    resourceVersion: "50",
    items: [
      object("same", "1"),
      object("changed", "40"),
      object("new", "41"),
      object("reborn", "42", { uid: "other" }),
    ],
  });
  reader.push(gone());
  await clock.settle();
  assert.deepEqual(seen, [], "waits before it lists again");
  await clock.advance(800);
  assert.deepEqual(seen, ["update changed 2->40", "add new", "delete reborn", "add reborn", "delete gone"]);
  assert.deepEqual(reader.calls, ["list", "watch 10", "list", "watch 50"]);
  await stop();
});

test("failures are logged and retried ever more slowly, from where the watch was", async () => {
  const reader = new ScriptedReader();
  reader.lists.push(new Error("refused"), new Error("refused"), { resourceVersion: "10", items: [] });
  const { informer, clock, log, stop } = await start(reader);
  assert.equal(informer.hasSynced, false);
  await clock.advance(800);
  assert.equal(reader.calls.length, 2);
  await clock.advance(1599);
  assert.equal(reader.calls.length, 2);
  await clock.advance(1);
  assert.ok(informer.hasSynced);
  assert.equal(log.length, 2);
  assert.match(log[0]!, /list or watch failed.*refused/);
  reader.push({ type: "ADDED", object: object("a", "15") }, new Error("reset"));
  await clock.advance(800);
  assert.deepEqual(reader.calls.slice(3), ["watch 10", "watch 15"]);
  await stop();
});

test("a watch that ends at once does not spin", async () => {
  const reader = new ScriptedReader();
  reader.lists.push({ resourceVersion: "1", items: [] });
  reader.push("end", "end", "end");
  const { clock, stop } = await start(reader);
  assert.equal(reader.calls.length, 2);
  await clock.advance(800);
  assert.equal(reader.calls.length, 3);
  await stop();
});

test("a handler that throws hurts nobody else, and one that comes late hears what is there", async () => {
  const reader = new ScriptedReader();
  reader.lists.push({ resourceVersion: "1", items: [object("a", "1")] });
  const { informer, seen, clock, log, stop } = await start(reader);
  const late: string[] = [];
  const remove = informer.addEventHandler({
    onAdd: (each) => {
      late.push(each.metadata.name);
      throw new Error("poisoned");
    },
  });
  reader.push({ type: "ADDED", object: object("b", "2") });
  await clock.settle();
  assert.deepEqual(late, ["a", "b"]);
  assert.deepEqual(seen, ["add a initially", "add b"]);
  assert.equal(log.filter((line) => line.includes("poisoned")).length, 2);
  remove();
  reader.push({ type: "ADDED", object: object("c", "3") });
  await clock.settle();
  assert.deepEqual(late, ["a", "b"]);
  await stop();
});

test("indexes follow every change", async () => {
  const reader = new ScriptedReader();
  reader.lists.push({ resourceVersion: "1", items: [object("a", "1", { labels: { app: "x" } })] });
  const { informer, clock, stop } = await start(reader);
  informer.addIndex("app", (each) =>
    each.metadata.labels?.["app"] === undefined ? [] : [each.metadata.labels["app"]],
  );
  const under = (value: string): string[] => informer.lister.byIndex("app", value).map((each) => each.metadata.name);
  assert.deepEqual(under("x"), ["a"]);
  reader.push(
    { type: "MODIFIED", object: object("a", "2", { labels: { app: "y" } }) },
    { type: "ADDED", object: object("b", "3", { labels: { app: "y" } }) },
  );
  await clock.settle();
  assert.deepEqual([under("x"), under("y")], [[], ["a", "b"]]);
  reader.push({ type: "DELETED", object: object("a", "4") });
  await clock.settle();
  assert.deepEqual(under("y"), ["b"]);
  assert.throws(() => informer.lister.byIndex("none", ""), RangeError);
  await stop();
});

test("waitForSync ends with the signal", async () => {
  const informer = new Informer(new ScriptedReader(), gvk);
  await assert.rejects(informer.waitForSync(AbortSignal.abort(new Error("no time"))), /no time/);
});

test("stripManagedFields leaves the rest alone", () => {
  const plain = object("a", "1");
  assert.equal(stripManagedFields(plain), plain);
  assert.deepEqual(stripManagedFields({ ...plain, metadata: { ...plain.metadata, managedFields: [] } }), plain);
});

test("a cache shares informers and stops those that nobody uses", async () => {
  const reader = new ScriptedReader();
  const clock = new FakeClock();
  const cache = new Cache(reader, { clock, defaults: () => ({ labelSelector: "shard=1" }) });
  const first = cache.informerFor(gvk);
  assert.equal(cache.informerFor(gvk), first);
  assert.notEqual(cache.informerFor(gvk, { namespace: "ns" }), first);
  reader.lists.push(
    { resourceVersion: "1", items: [] },
    { resourceVersion: "1", items: [] },
    { resourceVersion: "1", items: [] },
  );
  const controller = new AbortController();
  const done = cache.run(controller.signal);
  await cache.waitForSync();
  assert.ok(cache.hasSynced);
  const late = cache.informerFor(gvk, { metadataOnly: true });
  assert.equal(cache.hasSynced, false);
  await late.waitForSync();
  assert.deepEqual(
    reader.calls.filter((call) => call.startsWith("list")),
    ["list shard=1", "list shard=1", "list shard=1"],
  );
  cache.release(first);
  assert.equal(cache.informerFor(gvk), first, "one user was left");
  controller.abort();
  await done;
});
