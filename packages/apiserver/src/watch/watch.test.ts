import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startApiServer, type ApiServer } from "../index.ts";
import { objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import { Client } from "../testing/client.ts";
import { ManualClock } from "../testing/manual-clock.ts";

let server: ApiServer;
let client: Client;
const clock = new ManualClock();

before(async () => {
  server = await startApiServer({ workloads: false, clock, historyLimit: 16 });
  client = new Client(server);
});

after(async () => {
  client.close();
  await server.close();
});

const revisionOf = (body: JsonObject): string => stringAt(body, "metadata", "resourceVersion") ?? "";

async function createNamespace(name: string): Promise<string> {
  await client.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  // The namespace's own ConfigMap comes a moment later.
  const watch = await client.watch(`/api/v1/namespaces/${name}/configmaps?watch=true`);
  await watch.next();
  watch.close();
  return `/api/v1/namespaces/${name}/secrets`;
}

const secret = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, labels },
});

describe("watch", () => {
  test("resumes from a list and sends what happens", async () => {
    const path = await createNamespace("resume");
    await client.post(path, secret("before"));
    const { body: list } = await client.get(path);
    await client.post(path, secret("between"));
    const watch = await client.watch(`${path}?watch=true&resourceVersion=${revisionOf(list)}`);
    await client.merge(`${path}/before`, { metadata: { labels: { a: "b" } } });
    await client.delete(`${path}/between`);
    assert.deepEqual(await watch.names(3), ["ADDED between", "MODIFIED before", "DELETED between"]);
    watch.close();
  });

  test("begins with what is there", async () => {
    const path = await createNamespace("existing");
    await client.post(path, secret("b"));
    await client.post(path, secret("a"));
    const watch = await client.watch(`${path}?watch=true`);
    assert.deepEqual(await watch.names(2), ["ADDED a", "ADDED b"]);
    watch.close();
  });

  test("streams lists with a bookmark at the end", async () => {
    const path = await createNamespace("streaming");
    await client.post(path, secret("a"));
    const watch = await client.watch(
      `${path}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    assert.equal((await watch.next())?.type, "ADDED");
    const bookmark = await watch.next();
    assert.equal(bookmark?.type, "BOOKMARK");
    assert.deepEqual((bookmark.object["metadata"] as JsonObject)["annotations"], {
      "k8s.io/initial-events-end": "true",
    });
    watch.close();
  });

  test("objects enter and leave a selection", async () => {
    const path = await createNamespace("selection");
    const watch = await client.watch(`${path}?watch=true&labelSelector=on%3Dyes`);
    await client.post(path, secret("s"));
    await client.merge(`${path}/s`, { metadata: { labels: { on: "yes" } } });
    const { body } = await client.merge(`${path}/s`, { metadata: { labels: { on: null } } });
    assert.equal((await watch.next())?.type, "ADDED");
    const left = await watch.next();
    assert.equal(left?.type, "DELETED");
    assert.equal(revisionOf(left.object), revisionOf(body));
    assert.deepEqual((left.object["metadata"] as JsonObject)["labels"], { on: "yes" });
    watch.close();
  });

  test("revisions that are too old end in 410", async () => {
    const path = await createNamespace("old");
    const { body } = await client.get(path);
    for (let index = 0; index < 20; index++) await client.post(path, secret(`s${index}`));
    const watch = await client.watch(`${path}?watch=true&resourceVersion=${revisionOf(body)}`);
    const event = await watch.next();
    assert.equal(event?.type, "ERROR");
    assert.equal(event.object["code"], 410);
    assert.equal(event.object["reason"], "Expired");
    assert.equal(await watch.next(), undefined);
  });

  test("ends at its timeout with a bookmark", async () => {
    const path = await createNamespace("timeout");
    const watch = await client.watch(`${path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=90`);
    clock.advance(60_000);
    assert.equal((await watch.next())?.type, "BOOKMARK");
    clock.advance(30_000);
    assert.equal((await watch.next())?.type, "BOOKMARK");
    assert.equal(await watch.next(), undefined);
  });

  test("tables carry their columns once", async () => {
    const path = await createNamespace("tables");
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const watch = await client.watch(`${path}?watch=true`, { accept });
    await client.post(path, secret("a"));
    await client.post(path, secret("b"));
    const first = await watch.next();
    const second = await watch.next();
    assert.equal(objectsAt(first?.object, "columnDefinitions").length, 4);
    assert.deepEqual(second?.object["columnDefinitions"], null);
    watch.close();
  });
});

describe("list", () => {
  test("pages show one revision", async () => {
    const path = await createNamespace("pages");
    for (const name of ["a", "b", "c", "d"]) await client.post(path, secret(name));
    const first = (await client.get(`${path}?limit=2`)).body;
    const metadata = first["metadata"] as JsonObject;
    assert.equal(metadata["remainingItemCount"], 2);
    await client.delete(`${path}/c`);
    const second = (await client.get(`${path}?limit=2&continue=${stringAt(metadata, "continue") ?? ""}`)).body;
    assert.deepEqual(
      (second["items"] as JsonObject[]).map((item) => (item["metadata"] as JsonObject)["name"]),
      ["c", "d"],
    );
    assert.equal(revisionOf(second), revisionOf(first));
  });

  test("a token that is too old offers another", async () => {
    const path = await createNamespace("tokens");
    for (const name of ["a", "b", "c"]) await client.post(path, secret(name));
    const { metadata } = (await client.get(`${path}?limit=1`)).body as { metadata: { continue: string } };
    for (let index = 0; index < 20; index++)
      await client.merge(`${path}/a`, { data: { n: Buffer.from(String(index)).toString("base64") } });
    const expired = await client.get(`${path}?limit=1&continue=${metadata.continue}`);
    assert.equal(expired.code, 410);
    const fresh = (expired.body["metadata"] as JsonObject)["continue"] as string;
    assert.equal((await client.get(`${path}?continue=${fresh}`)).code, 200);
  });

  const refused: readonly [string, number][] = [
    ["resourceVersionMatch=Exact", 422],
    ["resourceVersion=1&resourceVersionMatch=Sometimes", 422],
    ["resourceVersion=abc", 400],
    ["labelSelector=a%20b%20c", 400],
    ["fieldSelector=spec.nothing%3D1", 400],
    ["limit=many", 400],
    ["continue=nonsense", 400],
    ["resourceVersion=99999999", 504],
  ];
  for (const [query, code] of refused) {
    test(`?${query} is answered with ${code}`, async () => {
      assert.equal((await client.get(`/api/v1/secrets?${query}`)).code, code);
    });
  }

  test("selectors by field", async () => {
    const path = await createNamespace("fields");
    await client.post(path, { ...secret("plain") });
    await client.post(path, { ...secret("typed"), type: "example.com/special" });
    const byType = (await client.get(`${path}?fieldSelector=type%3Dexample.com/special`)).body["items"] as JsonObject[];
    const byName = (await client.get(`${path}?fieldSelector=metadata.name!%3Dtyped`)).body["items"] as JsonObject[];
    assert.deepEqual([byType.length, byName.length], [1, 1]);
  });
});
