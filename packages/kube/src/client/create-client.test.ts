import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlreadyExists, isConflict, isNotFound, StatusError, type UnstructuredObject } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import { isConnectionError, isNoMatch } from "../errors.ts";
import { staticCredentials } from "../kubeconfig/credentials.ts";
import type { RestConfig } from "../kubeconfig/rest-config.ts";
import { failure, FakeApiServer, reply, replyDiscovery, type Handler } from "../test-server/fake-api-server.ts";
import { createClient, type ClientOptions } from "./create-client.ts";
import type { ApiClient } from "./dynamic-client.ts";

const configMap = { group: "", version: "v1", kind: "ConfigMap" };
const deployment = { group: "apps", version: "v1", kind: "Deployment" };

interface Setup extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly client: ApiClient;
}

async function connect(
  handler: Handler,
  options: ClientOptions = {},
  config: Partial<RestConfig> = {},
): Promise<Setup> {
  const server = await FakeApiServer.start((request, response) => {
    if (!replyDiscovery(request, response)) return handler(request, response);
  });
  const client = createClient(
    {
      server: server.url,
      credentials: staticCredentials({ authorization: "Bearer t" }),
      namespace: "default",
      ...config,
    },
    { random: () => 0, ...options },
  );
  return {
    server,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

function object(name: string, more: object = {}): UnstructuredObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "ns" }, ...more };
}

test("objects pass through untouched, long integers included", async () => {
  await using setup = await connect((request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      request.method === "GET"
        ? '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z","x":1},"big":12345678901234567890,"small":-9007199254740991,"text":"12345678901234567890","$$":[null,1.5]}'
        : request.body,
    );
  });
  const got = await setup.client.get(configMap, { namespace: "ns", name: "a" });
  assert.equal(got["big"], 12345678901234567890n);
  assert.equal(got["small"], -9007199254740991);
  assert.equal(got["text"], "12345678901234567890");
  assert.deepEqual(got["$$"], [null, 1.5]);
  await setup.client.update({ ...got, metadata: { name: "a", namespace: "ns" } });
  assert.match(setup.server.requests.at(-1)!.body, /"big":12345678901234567890,/);
});

test("requests carry path, query, body and headers of their verb", async () => {
  await using setup = await connect((request, response) =>
    reply(response, 200, request.body === "" ? object("a") : JSON.parse(request.body)),
  );
  const { client, server } = setup;
  const key = { namespace: "ns", name: "a" };
  const last = (): string => {
    const { method, path, query, headers } = server.requests.at(-1)!;
    return `${method} ${path}${query.size > 0 ? `?${query.toString()}` : ""} ${headers["content-type"] ?? ""}`.trim();
  };
  await client.create(object("a"), { fieldManager: "m", dryRun: true, fieldValidation: "Strict" });
  assert.equal(
    last(),
    "POST /api/v1/namespaces/ns/configmaps?fieldManager=m&fieldValidation=Strict&dryRun=All application/json",
  );
  await client.update(object("a"), { subresource: "status" });
  assert.equal(last(), "PUT /api/v1/namespaces/ns/configmaps/a/status application/json");
  for (const [type, contentType] of Object.entries({
    json: "application/json-patch+json",
    merge: "application/merge-patch+json",
    strategic: "application/strategic-merge-patch+json",
  })) {
    await client.patch(configMap, key, { type: type as "json", body: [] }, { force: true });
    assert.equal(last(), `PATCH /api/v1/namespaces/ns/configmaps/a ${contentType}`);
  }
  await client.apply(object("a"), { fieldManager: "kustomize-controller", force: true });
  assert.equal(
    last(),
    "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=kustomize-controller&force=true application/apply-patch+yaml",
  );
  await client.delete(configMap, key, { propagationPolicy: "Background", preconditions: { uid: "u" }, dryRun: true });
  assert.equal(last(), "DELETE /api/v1/namespaces/ns/configmaps/a application/json");
  assert.deepEqual(JSON.parse(server.requests.at(-1)!.body), {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: "Background",
    preconditions: { uid: "u" },
    dryRun: ["All"],
  });
  await client.get({ group: "", version: "v1", kind: "Namespace" }, { name: "a b", namespace: "ignored" });
  assert.equal(last(), "GET /api/v1/namespaces/a%20b");
  await client.request("POST", "/version?x=1", { body: { a: 1 } });
  assert.equal(last(), "POST /version?x=1 application/json");
  assert.equal(server.requests.at(-1)!.headers.authorization, "Bearer t");
  assert.match(server.requests.at(-1)!.headers["user-agent"]!, /^sluice\/\d+\.\d+\.\d+/);
});

test("names that would change the path are refused without a request", async () => {
  await using setup = await connect((_request, response) => reply(response, 200, {}));
  for (const name of ["", ".", "..", "a/b", "a%2fb"]) {
    await assert.rejects(
      setup.client.get(configMap, { namespace: "ns", name }),
      (error) => error instanceof StatusError && error.code === 422,
      name,
    );
    await assert.rejects(setup.client.get(configMap, { namespace: name || "..", name: "x" }), StatusError, name);
  }
  await assert.rejects(setup.client.get(configMap, { name: "a" }), /an empty namespace may not be set/);
  assert.equal(setup.server.objectRequests.length, 0);
});

test("list follows continue and fills in what items of built-in kinds lack", async () => {
  await using setup = await connect((request, response) => {
    const token = request.query.get("continue");
    const next = token === null ? "p2" : token === "p2" ? "p3" : "";
    reply(response, 200, {
      kind: "ConfigMapList",
      apiVersion: "v1",
      metadata: { resourceVersion: "7", continue: next },
      items: [{ metadata: { name: `c-${token ?? "p1"}` } }],
    });
  });
  const list = await setup.client.list(configMap, { namespace: "ns", labelSelector: "a in (b,c)" });
  assert.deepEqual(
    list.items.map((item) => [item.kind, item.apiVersion, item.metadata.name]),
    [
      ["ConfigMap", "v1", "c-p1"],
      ["ConfigMap", "v1", "c-p2"],
      ["ConfigMap", "v1", "c-p3"],
    ],
  );
  assert.equal(list.metadata.resourceVersion, "7");
  assert.deepEqual(
    setup.server.objectRequests.map((request) => [request.query.get("limit"), request.query.get("labelSelector")]),
    Array(3).fill(["500", "a in (b,c)"]),
  );
});

test("list starts again in one piece when its continue token has expired", async () => {
  await using setup = await connect((request, response) => {
    if (request.query.get("continue") === "old") reply(response, 410, failure(410, "Expired", "too old"));
    else
      reply(response, 200, {
        kind: "ConfigMapList",
        apiVersion: "v1",
        metadata: request.query.has("limit") ? { continue: "old" } : {},
        items: request.query.has("limit") ? [object("a")] : [object("a"), object("b")],
      });
  });
  const list = await setup.client.list(configMap);
  assert.deepEqual(
    list.items.map((item) => item.metadata.name),
    ["a", "b"],
  );
});

test("metadataOnly asks for partial objects and names them by the kind asked for", async () => {
  await using setup = await connect((request, response) => {
    const partial = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: { name: "a" } };
    // A server that does not know the form sends whole objects.
    reply(
      response,
      200,
      request.path.endsWith("/a")
        ? partial
        : { kind: "ConfigMapList", apiVersion: "v1", metadata: {}, items: [object("a", { spec: 1 })] },
    );
  });
  assert.deepEqual(await setup.client.get(configMap, { namespace: "ns", name: "a" }, { metadataOnly: true }), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
  });
  const list = await setup.client.list(configMap, { metadataOnly: true });
  assert.deepEqual(Object.keys(list.items[0]!), ["apiVersion", "kind", "metadata"]);
  assert.deepEqual(
    setup.server.objectRequests.map((request) => request.headers.accept!.split(",")[0]),
    [
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    ],
  );
});

test("failures become StatusErrors, with or without a Status in the body", async () => {
  const answers: Record<string, () => [number, string, string]> = {
    status: () => [
      409,
      "application/json",
      JSON.stringify(failure(409, "Conflict", "modified", { name: "a", kind: "configmaps" })),
    ],
    html: () => [404, "text/html", "<html>nginx</html>"],
    empty: () => [418, "text/plain", ""],
    broken: () => [500, "application/json", "{not json"],
  };
  await using setup = await connect((request, response) => {
    const [code, type, body] = answers[request.path.split("/").at(-1)!]!();
    response.writeHead(code, { "content-type": type }).end(body);
  });
  const fail = async (name: string): Promise<StatusError> => {
    const error: unknown = await setup.client
      .get(configMap, { namespace: "ns", name })
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof StatusError);
    return error;
  };
  assert.ok(isConflict(await fail("status")));
  const html = await fail("html");
  assert.ok(isNotFound(html));
  assert.match(html.message, /could not find the requested resource \(GET /);
  assert.equal((html.cause as Error).message, "<html>nginx</html>");
  assert.equal((await fail("empty")).code, 418);
  assert.equal((await fail("broken")).reason, "InternalError");
  assert.equal(await setup.client.find(configMap, { namespace: "ns", name: "html" }), undefined);
  assert.ok(!isAlreadyExists(html));
});

test("an answer that is no list, or no JSON, is a coded error", async () => {
  await using setup = await connect((request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(request.query.has("limit") ? "{}" : "{");
  });
  const isMalformed = (error: unknown): boolean => isConnectionError(error) && error.code === "MalformedResponse";
  await assert.rejects(setup.client.list(configMap), isMalformed);
  await assert.rejects(setup.client.get(configMap, { namespace: "ns", name: "a" }), isMalformed);
});

test("throttled requests of any verb are repeated after the time the server asks for", async () => {
  const clock = new FakeClock();
  let count = 0;
  await using setup = await connect(
    (_request, response) => {
      if (++count < 3)
        reply(response, count === 1 ? 429 : 503, failure(429, "TooManyRequests", "slow down"), { "retry-after": "2" });
      else reply(response, 201, object("a"));
    },
    { clock },
  );
  const start = clock.now();
  const created = setup.client.create(object("a"));
  while (count < 3) await clock.advance(100);
  await created;
  assert.ok(clock.now() - start >= 4000);
});

test("throttling does not go on for ever", async () => {
  const clock = new FakeClock();
  let count = 0;
  await using setup = await connect(
    (_request, response) => {
      count++;
      reply(response, 429, failure(429, "TooManyRequests", "no"));
    },
    { clock },
  );
  let done = false;
  const failed = assert
    .rejects(setup.client.create(object("a")), (error) => error instanceof StatusError && error.code === 429)
    .finally(() => (done = true));
  while (!done) await clock.advance(1000);
  await failed;
  assert.equal(count, 11);
});

test("broken connections are retried for idempotent requests only", async () => {
  const clock = new FakeClock();
  const seen: Record<string, number> = {};
  await using setup = await connect(
    (request, response) => {
      const name = `${request.method}${request.query.has("force") ? " force" : ""}`;
      seen[name] = (seen[name] ?? 0) + 1;
      if (seen[name] < 3) response.destroy();
      else reply(response, 200, object("a"));
    },
    { clock },
  );
  const drive = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const watched = promise.finally(() => (done = true));
    watched.catch(() => {});
    while (!done) await clock.advance(100);
    return watched;
  };
  await drive(setup.client.get(configMap, { namespace: "ns", name: "a" }));
  await drive(setup.client.apply(object("a"), { fieldManager: "m", force: true }));
  await assert.rejects(
    drive(setup.client.create(object("a"))),
    (error) => isConnectionError(error) && error.code === "ConnectionFailed" && error.message.startsWith("POST http"),
  );
  await assert.rejects(drive(setup.client.update(object("a"))), isConnectionError);
  assert.deepEqual(seen, { GET: 3, "PATCH force": 3, POST: 1, PUT: 1 });
});

test("a server that is not there fails with a coded error after a few attempts", async () => {
  const server = await FakeApiServer.start(() => {});
  const url = server.url;
  await server[Symbol.asyncDispose]();
  const clock = new FakeClock();
  const client = createClient(
    { server: url, credentials: staticCredentials({}), namespace: "default" },
    { clock, maxRetries: 2 },
  );
  let done = false;
  const failed = assert
    .rejects(client.request("POST", "/api"), (error) => isConnectionError(error) && /ECONNREFUSED/.test(error.message))
    .finally(() => (done = true));
  while (!done) await clock.advance(100);
  await failed;
  await client.close();
});

test("many requests share few connections", async () => {
  await using setup = await connect((_request, response) => reply(response, 200, object("a")), { maxConnections: 4 });
  const key = { namespace: "ns", name: "a" };
  for (let round = 0; round < 5; round++) await setup.client.get(configMap, key);
  assert.ok(setup.server.connections <= 2, "discovery asks twice at once, the rest follows on the same connections");
  await Promise.all(Array.from({ length: 100 }, () => setup.client.get(configMap, key)));
  assert.ok(setup.server.connections <= 4, `${setup.server.connections} connections`);
});

test("impersonation sends identity headers and shares the connections", async () => {
  await using setup = await connect((_request, response) => reply(response, 200, object("a")), { maxConnections: 1 });
  const key = { namespace: "ns", name: "a" };
  const tenant = setup.client.impersonate({
    user: "system:serviceaccount:ns:sa",
    uid: "1",
    groups: ["g1", "g2"],
    extra: { "example.com/Scopes": ["a", "b"] },
  });
  await tenant.get(configMap, key);
  const { headers } = setup.server.requests.at(-1)!;
  assert.equal(headers["impersonate-user"], "system:serviceaccount:ns:sa");
  assert.equal(headers["impersonate-group"], "g1, g2");
  assert.equal(headers["impersonate-uid"], "1");
  assert.equal(headers["impersonate-extra-example.com%2fscopes"], "a, b");
  await setup.client.get(configMap, key);
  assert.equal(setup.server.requests.at(-1)!.headers["impersonate-user"], undefined);
  assert.equal(setup.server.connections, 1);
  for (const identity of [
    { user: "" },
    { user: "", groups: ["system:masters"] },
    { user: "a", groups: [""] },
    { user: "a\r\nX: y" },
  ]) {
    assert.throws(() => setup.client.impersonate(identity), TypeError);
  }
});

test("a kubeconfig that impersonates without a user makes no client", () => {
  assert.throws(
    () =>
      createClient({
        server: "https://localhost",
        credentials: staticCredentials({}),
        namespace: "x",
        impersonate: { user: "", groups: ["g"] },
      }),
    TypeError,
  );
});

test("warnings reach the caller", async () => {
  const warnings: string[] = [];
  await using setup = await connect(
    (_request, response) =>
      reply(response, 200, object("a"), {
        warning: ['299 - "v1 ComponentStatus is deprecated in v1.19+"', '299 - "say \\"x\\"", 299 - "two"'],
      }),
    { onWarning: (text, request) => warnings.push(`${request.method} ${text}`) },
  );
  await setup.client.create(object("a"));
  assert.deepEqual(warnings, ["POST v1 ComponentStatus is deprecated in v1.19+", 'POST say "x"', "POST two"]);
});

test("an aborted signal ends a request with its reason", async () => {
  await using setup = await connect(() => {});
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const request = setup.client.get(configMap, { namespace: "ns", name: "a" }, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await assert.rejects(request, reason);
  await assert.rejects(
    setup.client.get(configMap, { namespace: "ns", name: "a" }, { signal: controller.signal }),
    reason,
  );
});

test("unknown kinds are looked for again, cheaply and together", async () => {
  const resources = [{ group: "apps", version: "v1", kind: "Deployment", resource: "deployments", namespaced: true }];
  const clock = new FakeClock();
  await using server = await FakeApiServer.start((request, response) => {
    if (!replyDiscovery(request, response, resources)) reply(response, 200, { ...object("a"), kind: "Widget" });
  });
  const client = createClient(
    { server: server.url, credentials: staticCredentials({}), namespace: "default" },
    { clock },
  );
  const widget = { group: "example.com", version: "v1", kind: "Widget" };
  await client.restMapper.mappingFor(deployment);
  assert.deepEqual(server.requests.map((request) => request.path).sort(), ["/api", "/apis"]);
  await assert.rejects(
    client.restMapper.mappingFor(widget),
    (error) => isNoMatch(error) && error.message === 'no matches for kind "Widget" in version "example.com/v1"',
  );
  resources.push({ group: "example.com", version: "v1", kind: "Widget", resource: "widgets", namespaced: false });
  const both = Promise.all([client.restMapper.mappingFor(widget), client.get(widget, { name: "a" })]);
  await clock.advance(250);
  while (server.requests.length < 5) await clock.advance(10);
  const [mapping] = await both;
  assert.equal(mapping.resource, "widgets");
  assert.deepEqual(
    server.requests.slice(2).map((request) => request.path),
    ["/apis/example.com/v1", "/apis/example.com/v1", "/apis/example.com/v1/widgets/a"],
  );
  await client.close();
});

test("legacy discovery is understood, and a broken group hides only itself", async () => {
  await using server = await FakeApiServer.start((request, response) => {
    const answers: Record<string, unknown> = {
      "/api": { kind: "APIVersions", versions: ["v1"] },
      "/apis": {
        kind: "APIGroupList",
        groups: [
          {
            name: "apps",
            versions: [{ groupVersion: "apps/v1beta1" }, { groupVersion: "apps/v1" }],
            preferredVersion: { groupVersion: "apps/v1" },
          },
          {
            name: "metrics.k8s.io",
            versions: [{ groupVersion: "metrics.k8s.io/v1" }],
            preferredVersion: { groupVersion: "metrics.k8s.io/v1" },
          },
        ],
      },
      "/api/v1": {
        resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, shortNames: ["cm"], verbs: ["get"] }],
      },
      "/apis/apps/v1": {
        resources: [
          { name: "deployments", kind: "Deployment", namespaced: true, categories: ["all"] },
          { name: "deployments/scale", group: "autoscaling", version: "v1", kind: "Scale" },
        ],
      },
      "/apis/apps/v1beta1": { resources: [{ name: "deployments", kind: "Deployment", namespaced: true }] },
    };
    const answer = answers[request.path];
    if (answer === undefined) response.writeHead(503).end("no backend");
    else reply(response, 200, answer);
  });
  const client = createClient({ server: server.url, credentials: staticCredentials({}), namespace: "default" });
  const mappings = await client.restMapper.mappings();
  assert.deepEqual(
    mappings.map(
      (mapping) =>
        `${mapping.gvk.group}/${mapping.gvk.version} ${mapping.gvk.kind} ${mapping.resource} ${mapping.shortNames.join()}`,
    ),
    ["/v1 ConfigMap configmaps cm", "apps/v1 Deployment deployments ", "apps/v1beta1 Deployment deployments "],
  );
  await assert.rejects(
    client.restMapper.mappingFor({ group: "metrics.k8s.io", version: "v1", kind: "PodMetrics" }),
    StatusError,
  );
  await client.close();
});

test("a resource that is denied is looked up again before its next use", async () => {
  const resources = [{ group: "example.com", version: "v1", kind: "Widget", resource: "widgets", namespaced: true }];
  await using server = await FakeApiServer.start((request, response) => {
    if (replyDiscovery(request, response, resources)) return;
    if (request.path.startsWith("/apis/example.com/v1/gadgets/"))
      reply(response, 200, { ...object("a"), kind: "Widget" });
    else response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
  });
  const client = createClient({ server: server.url, credentials: staticCredentials({}), namespace: "default" });
  const widget = { group: "example.com", version: "v1", kind: "Widget" };
  await client.restMapper.mappings();
  resources[0] = { ...resources[0]!, resource: "gadgets", namespaced: false };
  await assert.rejects(client.get(widget, { namespace: "ns", name: "a" }), isNotFound);
  assert.equal((await client.restMapper.mappings()).length, 1);
  assert.equal((await client.get(widget, { namespace: "ns", name: "a" })).kind, "Widget");
  await client.close();
});
