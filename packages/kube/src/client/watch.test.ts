import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { isGone } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import { isConnectionError } from "../errors.ts";
import { staticCredentials } from "../kubeconfig/credentials.ts";
import { FakeApiServer, failure, reply, replyDiscovery, type SeenRequest } from "../test-server/fake-api-server.ts";
import type { WatchEvent } from "./client.ts";
import { createClient } from "./create-client.ts";
import { readLines } from "./watch-lines.ts";

const configMap = { group: "", version: "v1", kind: "ConfigMap" };

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

test("lines are whole wherever the chunks end", async () => {
  const lines = ["", "a", '{"ü":"€😀"}', "x".repeat(100)];
  const bytes = Buffer.from(`${lines.join("\n")}\ncut off`);
  for (const size of [1, 2, 3, 7, 64, 1000]) {
    const got: string[] = [];
    for await (const line of readLines(chunked(bytes, size))) got.push(line);
    assert.deepEqual(got, lines.slice(1), `chunks of ${size}`);
  }
});

test("a line without end is refused before it fills the memory", async () => {
  const read = async (): Promise<void> => {
    for await (const line of readLines(chunked(Buffer.alloc(5000, 120), 100), 1000)) assert.fail(line);
  };
  await assert.rejects(read(), (error) => isConnectionError(error) && error.code === "MalformedResponse");
});

async function watching(
  serve: (request: SeenRequest, response: ServerResponse) => void,
  options: {
    readonly signal?: AbortSignal;
    readonly metadataOnly?: boolean;
    readonly onEvent?: (event: WatchEvent) => void;
  } = {},
): Promise<{ events: WatchEvent[]; requests: readonly SeenRequest[] }> {
  await using server = await FakeApiServer.start((request, response) => {
    if (!replyDiscovery(request, response)) serve(request, response);
  });
  const client = createClient(
    { server: server.url, credentials: staticCredentials({}), namespace: "default" },
    { random: () => 0 },
  );
  const events: WatchEvent[] = [];
  try {
    const { onEvent, ...rest } = options;
    for await (const event of client.watch(configMap, {
      namespace: "ns",
      resourceVersion: "5",
      labelSelector: "a=b",
      ...rest,
    })) {
      events.push(event);
      onEvent?.(event);
    }
  } finally {
    await client.close();
  }
  return { events, requests: server.objectRequests };
}

function send(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

test("a watch yields objects and bookmarks and ends with the stream", async () => {
  const { events, requests } = await watching((_request, response) => {
    send(response, "ADDED", { kind: "ConfigMap", metadata: { name: "a", resourceVersion: "6" }, extra: { deep: [1] } });
    send(response, "BOOKMARK", { kind: "ConfigMap", metadata: { resourceVersion: "9" } });
    response.end();
  });
  assert.deepEqual(
    events.map((event) => [event.type, event.object.metadata.resourceVersion]),
    [
      ["ADDED", "6"],
      ["BOOKMARK", "9"],
    ],
  );
  assert.equal(
    requests[0]!.query.toString(),
    "watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=5&labelSelector=a%3Db",
  );
  assert.equal(requests[0]!.headers["accept-encoding"], undefined);
});

test("a metadata watch carries the kind that was asked for", async () => {
  const { events } = await watching(
    (_request, response) => {
      send(response, "MODIFIED", {
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        metadata: { name: "a" },
      });
      response.end();
    },
    { metadataOnly: true },
  );
  assert.deepEqual(events, [
    { type: "MODIFIED", object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } } },
  ]);
});

test("an ERROR event, or a refused watch, is thrown as its status", async () => {
  await assert.rejects(
    watching((_request, response) => {
      send(response, "ERROR", failure(410, "Expired", "too old resource version"));
      response.end();
    }),
    isGone,
  );
  await assert.rejects(
    watching((_request, response) => reply(response, 410, failure(410, "Gone", "gone"))),
    isGone,
  );
});

test("a watch that is cut off, or speaks nonsense, fails with a code", async () => {
  await assert.rejects(
    watching((_request, response) => {
      send(response, "ADDED", { metadata: { name: "a" } });
      setImmediate(() => response.destroy());
    }),
    (error) => isConnectionError(error) && error.code === "ConnectionFailed",
  );
  for (const nonsense of ["{]\n", '{"type":"WHAT","object":{}}\n', '{"type":"ERROR","object":{"kind":"Pod"}}\n']) {
    await assert.rejects(
      watching((_request, response) => response.end(nonsense)),
      (error) => isConnectionError(error) && error.code === "MalformedResponse",
      nonsense,
    );
  }
});

test("an aborted watch ends with the signal's reason and closes its connection", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  const closed = Promise.withResolvers<void>();
  await assert.rejects(
    watching(
      (_request, response) => {
        response.on("close", () => closed.resolve());
        send(response, "ADDED", { metadata: { name: "a" } });
      },
      { signal: controller.signal, onEvent: () => controller.abort(reason) },
    ),
    reason,
  );
  await closed.promise;
});

test("watches do not take connections from requests", async () => {
  await using server = await FakeApiServer.start((request, response) => {
    if (replyDiscovery(request, response)) return;
    if (request.query.has("watch")) response.flushHeaders();
    else reply(response, 200, { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "a" } });
  });
  const client = createClient(
    { server: server.url, credentials: staticCredentials({}), namespace: "default" },
    { maxConnections: 1 },
  );
  const controller = new AbortController();
  const watches = Array.from({ length: 5 }, async () => {
    for await (const event of client.watch(configMap, { signal: controller.signal })) assert.fail(event.type);
  });
  await client.get(configMap, { namespace: "ns", name: "a" });
  controller.abort();
  await Promise.allSettled(watches);
  await client.close();
});

test("a watch on a dead connection is given up some time after the server should have ended it", async () => {
  const clock = new FakeClock();
  await using server = await FakeApiServer.start((request, response) => {
    if (replyDiscovery(request, response)) return;
    send(response, "ADDED", { metadata: { name: "a" } });
  });
  const client = createClient(
    { server: server.url, credentials: staticCredentials({}), namespace: "default" },
    { clock, random: () => 0 },
  );
  let events = 0;
  const failed = assert.rejects(
    async () => {
      for await (const _event of client.watch(configMap)) events++;
    },
    (error) => isConnectionError(error) && error.code === "RequestTimeout",
  );
  while (events === 0) await clock.settle();
  await clock.advance(330_000);
  await failed;
  assert.equal(clock.pending, 0);
  await client.close();
});
