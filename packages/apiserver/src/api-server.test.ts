import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startApiServer, type ApiServer } from "./index.ts";
import { stringAt, type JsonObject } from "./json/json.ts";
import { Client } from "./testing/client.ts";

let server: ApiServer;
let client: Client;

before(async () => {
  server = await startApiServer({ workloads: false });
  client = new Client(server);
});

after(async () => {
  client.close();
  await server.close();
});

const maps = "/api/v1/namespaces/default/configmaps";
const configMap = (name: string, data: { [key: string]: string } = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});
const metadataOf = (object: JsonObject): JsonObject => object["metadata"] as JsonObject;

function deployment(name: string, image = "nginx:1"): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "app", image }] } },
    },
  };
}

describe("objects", () => {
  test("are created, read, updated and deleted", async () => {
    const created = await client.post(maps, configMap("crud", { a: "1" }));
    assert.equal(created.code, 201);
    const { uid, resourceVersion, creationTimestamp } = metadataOf(created.body);
    assert.ok(uid !== undefined && resourceVersion !== undefined && creationTimestamp !== undefined);
    assert.deepEqual((await client.get(`${maps}/crud`)).body, created.body);
    const updated = await client.put(`${maps}/crud`, { ...created.body, data: { a: "2" } });
    assert.equal(updated.code, 200);
    assert.ok(Number(metadataOf(updated.body)["resourceVersion"]) > Number(resourceVersion));
    const stale = await client.put(`${maps}/crud`, { ...created.body, data: { a: "3" } });
    assert.equal(stale.code, 409);
    assert.equal(
      stale.body["message"],
      'Operation cannot be fulfilled on configmaps "crud": the object has been modified; please apply your changes to the latest version and try again',
    );
    const deleted = await client.delete(`${maps}/crud`);
    assert.equal(deleted.code, 200);
    assert.equal(deleted.body["status"], "Success");
    const gone = await client.get(`${maps}/crud`);
    assert.equal(gone.code, 404);
    assert.deepEqual(gone.body, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'configmaps "crud" not found',
      reason: "NotFound",
      details: { name: "crud", kind: "configmaps" },
      code: 404,
    });
  });

  test("an update without a change writes nothing", async () => {
    const created = await client.post(maps, configMap("no-op", { a: "1" }));
    const again = await client.put(`${maps}/no-op`, created.body);
    assert.equal(metadataOf(again.body)["resourceVersion"], metadataOf(created.body)["resourceVersion"]);
  });

  test("names are generated", async () => {
    const body = { ...configMap(""), metadata: { generateName: "gen-" } };
    const { body: created } = await client.post(maps, body);
    assert.match(stringAt(created, "metadata", "name") ?? "", /^gen-[a-z0-9]{5}$/);
  });

  test("dry runs store nothing", async () => {
    const answer = await client.post(`${maps}?dryRun=All`, configMap("dry"));
    assert.equal(answer.code, 201);
    assert.equal((await client.get(`${maps}/dry`)).code, 404);
  });

  test("a second creation is refused", async () => {
    await client.post(maps, configMap("twice"));
    const answer = await client.post(maps, configMap("twice"));
    assert.equal(answer.code, 409);
    assert.equal(answer.body["reason"], "AlreadyExists");
  });

  test("generation counts changes of the spec only", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments";
    const { body: created } = await client.post(path, deployment("counted"));
    assert.equal(metadataOf(created)["generation"], 1);
    const labelled = await client.merge(`${path}/counted`, { metadata: { labels: { a: "b" } } });
    assert.equal(metadataOf(labelled.body)["generation"], 1);
    const scaled = await client.merge(`${path}/counted`, { spec: { replicas: 3 } });
    assert.equal(metadataOf(scaled.body)["generation"], 2);
    const status = await client.merge(`${path}/counted/status`, { status: { replicas: 3 }, spec: { replicas: 9 } });
    assert.equal(metadataOf(status.body)["generation"], 2);
    assert.equal((status.body["spec"] as JsonObject)["replicas"], 3);
    const ignored = await client.merge(`${path}/counted`, { status: { replicas: 7 } });
    assert.deepEqual(ignored.body["status"], { replicas: 3 });
  });

  test("finalizers hold a deleted object", async () => {
    const held = configMap("held");
    held["metadata"] = { name: "held", finalizers: ["example.com/hold"] };
    await client.post(maps, held);
    const marked = await client.delete(`${maps}/held`);
    assert.ok(metadataOf(marked.body)["deletionTimestamp"] !== undefined);
    const refused = await client.merge(`${maps}/held`, {
      metadata: { finalizers: ["example.com/hold", "example.com/more"] },
    });
    assert.equal(refused.code, 422);
    const released = await client.merge(`${maps}/held`, { metadata: { finalizers: null } });
    assert.equal(released.code, 200);
    assert.equal((await client.get(`${maps}/held`)).code, 404);
  });

  test("preconditions protect from deleting another object", async () => {
    await client.post(maps, configMap("precious"));
    const answer = await client.delete(`${maps}/precious`, { preconditions: { uid: "other" } });
    assert.equal(answer.code, 409);
    assert.equal((await client.get(`${maps}/precious`)).code, 200);
  });

  test("collections are deleted by selector", async () => {
    for (const [name, tier] of [
      ["c1", "x"],
      ["c2", "x"],
      ["c3", "y"],
    ] as const) {
      await client.post(maps, { ...configMap(name), metadata: { name, labels: { tier } } });
    }
    await client.delete(`${maps}?labelSelector=tier%3Dx`);
    const { body } = await client.get(`${maps}?labelSelector=tier`);
    assert.deepEqual(
      (body["items"] as JsonObject[]).map((item) => metadataOf(item)["name"]),
      ["c3"],
    );
  });
});

describe("server-side apply", () => {
  const path = "/apis/apps/v1/namespaces/default/deployments/applied";
  test("merges what managers apply, and reports conflicts", async () => {
    const first = await client.apply(
      path,
      { ...deployment("applied"), metadata: { name: "applied", labels: { by: "one" } } },
      "one",
    );
    assert.equal(first.code, 201);
    const second = await client.apply(path, deployment("applied", "nginx:2"), "two");
    assert.equal(second.code, 409);
    assert.equal(
      second.body["message"],
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="app"].image',
    );
    assert.deepEqual((second.body["details"] as JsonObject)["causes"], [
      {
        reason: "FieldManagerConflict",
        message: 'conflict with "one"',
        field: '.spec.template.spec.containers[name="app"].image',
      },
    ]);
    const forced = await client.apply(path, deployment("applied", "nginx:2"), "two", "&force=true");
    assert.equal(forced.code, 200);
    const again = await client.apply(path, deployment("applied", "nginx:2"), "two");
    assert.equal(metadataOf(again.body)["resourceVersion"], metadataOf(forced.body)["resourceVersion"]);
    const without = await client.apply(path, deployment("applied", "nginx:2"), "one", "&force=true");
    assert.equal(metadataOf(without.body)["labels"], undefined);
  });

  test("needs a manager", async () => {
    const answer = await client.send("PATCH", path, {
      body: deployment("applied"),
      type: "application/apply-patch+yaml",
    });
    assert.equal(answer.code, 422);
    assert.match(answer.message, /fieldManager: Required value: is required for apply patch/);
  });

  test("takes YAML", async () => {
    const body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  port: '80'\n";
    const answer = await client.send("PATCH", `${maps}/yaml?fieldManager=y`, {
      body,
      type: "application/apply-patch+yaml",
    });
    assert.equal(answer.code, 201);
    assert.deepEqual(answer.body["data"], { port: "80" });
  });
});

describe("patches", () => {
  test("json, merge and strategic", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments";
    await client.post(path, deployment("patched"));
    const json = await client.send("PATCH", `${path}/patched`, {
      type: "application/json-patch+json",
      body: [{ op: "replace", path: "/spec/replicas", value: 2 }],
    });
    assert.equal((json.body["spec"] as JsonObject)["replicas"], 2);
    const failed = await client.send("PATCH", `${path}/patched`, {
      type: "application/json-patch+json",
      body: [{ op: "test", path: "/spec/replicas", value: 9 }],
    });
    assert.equal(failed.code, 422);
    const strategic = await client.send("PATCH", `${path}/patched`, {
      type: "application/strategic-merge-patch+json",
      body: { spec: { template: { spec: { containers: [{ name: "side", image: "busybox" }] } } } },
    });
    const spec = strategic.body["spec"] as { template: { spec: { containers: { name: string }[] } } };
    assert.deepEqual(
      spec.template.spec.containers.map(({ name }) => name),
      ["side", "app"],
    );
    const unknown = await client.send("PATCH", `${path}/patched`, { type: "application/json", body: {} });
    assert.equal(unknown.code, 415);
  });
});

describe("field validation", () => {
  const wrong = { ...configMap("fields"), dta: { a: "b" } };
  test("refuses, warns about or ignores unknown fields", async () => {
    const strict = await client.post(`${maps}?fieldValidation=Strict`, wrong);
    assert.equal(strict.code, 400);
    assert.equal(
      strict.body["message"],
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
    );
    const warned = await client.post(`${maps}?dryRun=All`, wrong);
    assert.deepEqual(warned.warnings, ['unknown field "dta"']);
    const ignored = await client.post(`${maps}?dryRun=All&fieldValidation=Ignore`, wrong);
    assert.deepEqual(ignored.warnings, []);
    assert.equal(ignored.body["dta"], undefined);
  });

  test("refuses values of another type", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments";
    const body = deployment("typed");
    (body["spec"] as JsonObject)["replicas"] = "two";
    const answer = await client.post(path, body);
    assert.equal(answer.code, 400);
    assert.equal(
      answer.body["message"],
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
  });
});

describe("bad input has a clear end", () => {
  const cases: readonly [string, string, { body?: string | Buffer; type?: string }, number][] = [
    ["malformed JSON", "POST", { body: "{" }, 400],
    ["no JSON at all", "POST", { body: "hello" }, 400],
    ["an array", "POST", { body: "[]" }, 400],
    ["an empty body", "POST", { body: "" }, 400],
    ["an unknown content type", "POST", { body: "x", type: "text/csv" }, 415],
    ["deep nesting", "POST", { body: `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}` }, 400],
    ["a huge body", "POST", { body: Buffer.alloc(3 * 1024 * 1024 + 1, 0x20) }, 413],
    ["malformed YAML", "POST", { body: "a: [", type: "application/yaml" }, 400],
  ];
  for (const [name, method, options, code] of cases) {
    test(name, async () => {
      const answer = await client.send(method, maps, options);
      assert.equal(answer.code, code, answer.text);
      assert.equal(answer.body["kind"], "Status");
    });
  }

  test("names that are none", async () => {
    const answer = await client.post(maps, configMap("Not_A_Name"));
    assert.equal(answer.code, 422);
    assert.match(
      answer.message,
      /^ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain must consist/,
    );
  });

  test("paths that nothing serves", async () => {
    assert.equal((await client.get("/apis/nope.example.com/v1/things")).code, 404);
    assert.equal((await client.get("/nope")).text, "404 page not found\n");
    assert.equal((await client.get("/api/v1/namespaces/default/configmaps/%zz")).code, 404);
  });

  test("prototype members are dropped", async () => {
    const body =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"proto"},"data":{"__proto__":{"polluted":"yes"}}}';
    const answer = await client.send("POST", maps, { body });
    assert.equal(answer.code, 201);
    assert.equal(({} as JsonObject)["polluted"], undefined);
  });
});

describe("paths beside resources", () => {
  test("version and health", async () => {
    const { body } = await client.get("/version");
    assert.equal(body["gitVersion"], "v1.36.3");
    for (const path of ["/healthz", "/livez", "/readyz"]) assert.equal((await client.get(path)).text, "ok");
    assert.match((await client.get("/metrics")).text, /apiserver_request_total \d+/);
  });

  test("discovery, plain and aggregated", async () => {
    const groups = (await client.get("/apis")).body["groups"] as JsonObject[];
    assert.ok(groups.some(({ name }) => name === "apps"));
    const resources = (await client.get("/apis/apps/v1")).body["resources"] as JsonObject[];
    assert.deepEqual(resources.find(({ name }) => name === "deployments")?.["shortNames"], ["deploy"]);
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const aggregated = await client.get("/apis", { headers: { accept } });
    assert.equal(aggregated.body["kind"], "APIGroupDiscoveryList");
    assert.match(String(aggregated.headers["content-type"]), /as=APIGroupDiscoveryList/);
  });

  test("OpenAPI v3 with an index and cacheable documents", async () => {
    const { paths } = (await client.get("/openapi/v3")).body as {
      paths: { [path: string]: { serverRelativeURL: string } };
    };
    const url = paths["apis/apps/v1"]?.serverRelativeURL ?? "";
    const document = await client.get(url);
    const { schemas } = document.body["components"] as { schemas: JsonObject };
    assert.ok(schemas["io.k8s.api.apps.v1.Deployment"] !== undefined);
    const etag = document.headers.etag ?? "";
    assert.equal((await client.get(url, { headers: { "if-none-match": etag } })).code, 304);
  });
});

describe("representations", () => {
  test("tables", async () => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const { body } = await client.get("/api/v1/namespaces/kube-system", { headers: { accept } });
    assert.equal(body["kind"], "Table");
    const columns = body["columnDefinitions"] as JsonObject[];
    assert.deepEqual(
      columns.map(({ name }) => name),
      ["Name", "Status", "Age"],
    );
    const [row] = body["rows"] as { cells: unknown[] }[];
    assert.deepEqual(row?.cells.slice(0, 2), ["kube-system", "Active"]);
  });

  test("metadata alone", async () => {
    const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";
    const { body } = await client.get("/api/v1/namespaces", { headers: { accept } });
    assert.equal(body["kind"], "PartialObjectMetadataList");
    const [first] = body["items"] as JsonObject[];
    assert.deepEqual(Object.keys(first ?? {}), ["kind", "apiVersion", "metadata"]);
  });

  test("what it cannot make", async () => {
    const answer = await client.get("/api/v1/namespaces", {
      headers: { accept: "application/vnd.kubernetes.protobuf" },
    });
    assert.equal(answer.code, 406);
  });
});
