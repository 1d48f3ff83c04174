import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "@sluice/testing";
import { createClient } from "../client/create-client.ts";
import { Controller } from "../controller/controller.ts";
import { enqueueSelf } from "../controller/event-handlers.ts";
import { staticCredentials } from "../kubeconfig/credentials.ts";
import { FakeApiServer, reply, replyDiscovery } from "../test-server/fake-api-server.ts";
import { HttpListener, parseAddress } from "./http-listener.ts";
import { Manager, ShutdownTimeoutError, type ManagerOptions, type Runnable } from "./manager.ts";

const gvk = { group: "", version: "v1", kind: "ConfigMap" };

interface Setup extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly manager: Manager;
  /** Lets the server answer lists. */
  readonly release: () => void;
}

async function setup(options: Partial<ManagerOptions> = {}): Promise<Setup> {
  const gate = Promise.withResolvers<void>();
  const server = await FakeApiServer.start(async (request, response) => {
    if (replyDiscovery(request, response)) return;
    if (request.query.has("watch")) {
      response.flushHeaders();
      return;
    }
    await gate.promise;
    const items = [{ metadata: { name: "a", namespace: "ns", resourceVersion: "1", uid: "u" } }];
    reply(response, 200, { kind: "ConfigMapList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items });
  });
  const client = createClient({ server: server.url, credentials: staticCredentials({}), namespace: "default" });
  return {
    server,
    manager: new Manager({ client, ...options }),
    release: gate.resolve,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

function runnable(name: string, story: string[], more: Partial<Runnable> = {}): Runnable {
  return {
    name,
    run: async (signal) => {
      story.push(`${name} started`);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      story.push(`${name} stopped`);
    },
    ...more,
  };
}

async function get(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

test("controllers work once the caches are complete, probes and metrics tell so", async () => {
  await using each = await setup({ metricsAddress: "127.0.0.1:0", healthAddress: "0" });
  const { manager, release } = each;
  const reconciled = Promise.withResolvers<string>();
  const controller = new Controller({
    name: "configmap",
    kind: "ConfigMap",
    reconciler: {
      reconcile: (request) => {
        reconciled.resolve(`${request.namespace}/${request.name}`);
        return Promise.resolve({});
      },
    },
  });
  controller.watch(manager.cache.informerFor(gvk), enqueueSelf);
  manager.add(controller);
  manager.addHealthCheck("disk", () => {});
  const abort = new AbortController();
  const done = manager.run(abort.signal);
  while (manager.urls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const [health = "", metrics = ""] = manager.urls;
  assert.match(health, /^http:\/\/127\.0\.0\.1:/);
  assert.equal(await get(`${health}/healthz`), "200 ok");
  assert.equal(await get(`${health}/readyz`), "500 [-]caches failed: caches have not synced\n");
  release();
  assert.equal(await reconciled.promise, "ns/a");
  await manager.elected;
  assert.equal(await get(`${health}/readyz`), "200 ok");
  assert.match(
    await get(`${metrics}/metrics`),
    /^200 [\s\S]*workqueue_unfinished_work_seconds\{controller="configmap",name="configmap"\} 0/,
  );
  assert.equal(await get(`${metrics}/healthz`), "404 404 page not found\n");
  assert.equal((await fetch(`${metrics}/metrics`, { method: "POST" })).status, 405);
  abort.abort();
  await done;
  assert.deepEqual(manager.urls, []);
});

test("a runnable that fails takes everything down with it", async () => {
  await using each = await setup();
  each.release();
  const story: string[] = [];
  each.manager.add(runnable("steady", story));
  each.manager.add(runnable("everywhere", story, { needsLeaderElection: false }));
  each.manager.add({ name: "bad", run: () => Promise.reject(new Error("out of disk")) });
  await assert.rejects(each.manager.run(new AbortController().signal), /out of disk/);
  assert.deepEqual(story.toSorted(), ["everywhere started", "everywhere stopped", "steady started", "steady stopped"]);
});

test("a runnable that ends early leaves the others alone", async () => {
  await using each = await setup();
  const story: string[] = [];
  each.manager.add({ name: "once", run: () => Promise.resolve() });
  each.manager.add(runnable("steady", story));
  const abort = new AbortController();
  const done = each.manager.run(abort.signal);
  await each.manager.elected;
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(story, ["steady started"]);
  abort.abort();
  await done;
});

test("stopping while the caches are still empty is quick and no failure", async () => {
  await using each = await setup();
  each.manager.cache.informerFor(gvk);
  const abort = new AbortController();
  const done = each.manager.run(abort.signal);
  abort.abort(new Error("enough"));
  await done;
  each.release();
});

test("what does not stop in time is named", async () => {
  const clock = new FakeClock();
  await using each = await setup({ clock, gracefulShutdownTimeoutMs: 5000 });
  each.manager.add({ name: "stubborn", run: () => new Promise(() => {}) });
  const abort = new AbortController();
  const failed = assert.rejects(
    each.manager.run(abort.signal),
    (error) => error instanceof ShutdownTimeoutError && /stubborn/.test(error.message),
  );
  await each.manager.elected;
  abort.abort();
  await clock.advance(5000);
  await failed;
});

test("addresses to listen on", async () => {
  const cases: readonly [string, { host: string; port: number } | undefined][] = [
    [":8080", { host: "127.0.0.1", port: 8080 }],
    ["8080", { host: "127.0.0.1", port: 8080 }],
    ["0.0.0.0:9440", { host: "0.0.0.0", port: 9440 }],
    ["[::1]:80", { host: "::1", port: 80 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    ["", undefined],
    ["host", undefined],
    [":70000", undefined],
    ["::1:80", undefined],
  ];
  for (const [address, want] of cases) {
    if (want === undefined) assert.throws(() => parseAddress(address), RangeError, address);
    else assert.deepEqual(parseAddress(address), want, address);
  }
  const first = await HttpListener.start("0", new Map());
  await assert.rejects(HttpListener.start(first.url.slice("http://".length), new Map()), /EADDRINUSE/);
  await first.close();
});
