import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startApiServer, type ApiServer } from "../index.ts";
import { objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import { Client } from "../testing/client.ts";

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

const metadataOf = (object: JsonObject): JsonObject => object["metadata"] as JsonObject;
const configMap = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
});
const maps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;

/** Waits until an object is gone, by watching it. */
async function gone(path: string): Promise<void> {
  const slash = path.lastIndexOf("/");
  const watch = await client.watch(
    `${path.slice(0, slash)}?watch=true&fieldSelector=metadata.name%3D${path.slice(slash + 1)}`,
  );
  for (;;) {
    if ((await client.get(path)).code === 404) break;
    const event = await watch.next();
    if (event === undefined || event.type === "DELETED") break;
  }
  watch.close();
}

async function createNamespace(name: string): Promise<void> {
  await client.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

describe("namespaces", () => {
  test("are furnished, and emptied when they go", async () => {
    await createNamespace("full");
    await client.post(maps("full"), configMap("content"));
    await client.delete("/api/v1/namespaces/full");
    await gone("/api/v1/namespaces/full");
    assert.deepEqual((await client.get(maps("full"))).body["items"], []);
  });

  test("say what holds them, and take nothing new", async () => {
    await createNamespace("stuck");
    await client.post(maps("stuck"), configMap("held", { finalizers: ["example.com/hold"] }));
    await client.delete("/api/v1/namespaces/stuck");
    const watch = await client.watch("/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3Dstuck");
    let conditions: JsonObject[] = [];
    while (conditions.length === 0) {
      const event = await watch.next();
      conditions = objectsAt(event?.object, "status", "conditions");
    }
    watch.close();
    const remaining = conditions.find(({ type }) => type === "NamespaceFinalizersRemaining");
    assert.equal(
      remaining?.["message"],
      "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    );
    const refused = await client.post(maps("stuck"), configMap("late"));
    assert.equal(refused.code, 403);
    assert.equal(
      refused.body["message"],
      'configmaps "late" is forbidden: unable to create new content in namespace stuck because it is being terminated',
    );
    await client.merge(`${maps("stuck")}/held`, { metadata: { finalizers: null } });
    await gone("/api/v1/namespaces/stuck");
  });

  test("must exist", async () => {
    const answer = await client.post(maps("missing"), configMap("a"));
    assert.equal(answer.code, 404);
    assert.equal(answer.body["message"], 'namespaces "missing" not found');
  });

  test("some stay", async () => {
    assert.equal((await client.delete("/api/v1/namespaces/default")).code, 403);
  });
});

describe("owners", () => {
  async function family(name: string): Promise<{ owner: string; dependent: string }> {
    const { body } = await client.post(maps("default"), configMap(`${name}-owner`));
    const reference = {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: `${name}-owner`,
      uid: metadataOf(body)["uid"] ?? "",
      blockOwnerDeletion: true,
    };
    await client.post(maps("default"), configMap(`${name}-dependent`, { ownerReferences: [reference] }));
    return { owner: `${maps("default")}/${name}-owner`, dependent: `${maps("default")}/${name}-dependent` };
  }

  test("take their dependents along in the background", async () => {
    const { owner, dependent } = await family("background");
    await client.delete(owner);
    assert.equal((await client.get(owner)).code, 404);
    await gone(dependent);
  });

  test("wait for their dependents in the foreground", async () => {
    const { owner, dependent } = await family("foreground");
    await client.merge(dependent, { metadata: { finalizers: ["example.com/hold"] } });
    const { body } = await client.delete(owner, { propagationPolicy: "Foreground" });
    assert.deepEqual(metadataOf(body)["finalizers"], ["foregroundDeletion"]);
    assert.equal((await client.get(owner)).code, 200);
    await client.merge(dependent, { metadata: { finalizers: null } });
    await gone(owner);
    assert.equal((await client.get(dependent)).code, 404);
  });

  test("leave orphans behind on request", async () => {
    const { owner, dependent } = await family("orphan");
    await client.delete(owner, { propagationPolicy: "Orphan" });
    await gone(owner);
    const { body } = await client.get(dependent);
    assert.equal(metadataOf(body)["ownerReferences"], undefined);
  });

  test("that never existed count as gone", async () => {
    const reference = {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: "ghost",
      uid: "11111111-1111-1111-1111-111111111111",
    };
    await client.post(maps("default"), configMap("haunted", { ownerReferences: [reference] }));
    await gone(`${maps("default")}/haunted`);
  });
});

describe("custom resources", () => {
  const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const path = "/apis/example.com/v1/namespaces/default/widgets";
  const definition: JsonObject = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"] },
      versions: ["v1", "v1beta1"].map((name) => ({
        name,
        served: true,
        storage: name === "v1",
        deprecated: name !== "v1",
        subresources: {
          status: {},
          scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
        },
        additionalPrinterColumns: [
          { name: "Size", type: "string", jsonPath: ".spec.size" },
          { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        ],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["size"],
                properties: {
                  size: { type: "string", enum: ["S", "M"] },
                  replicas: { type: "integer", default: 2, minimum: 0 },
                  every: { type: "string", pattern: "^[0-9]+s$" },
                },
              },
              status: { type: "object", default: { observed: -1 }, "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      })),
    },
  };
  const widget = (name: string, spec: JsonObject, version = "v1"): JsonObject => ({
    apiVersion: `example.com/${version}`,
    kind: "Widget",
    metadata: { name },
    spec,
  });

  before(async () => {
    assert.equal((await client.post(crds, definition)).code, 201);
    const { body } = await client.get(`${crds}/widgets.example.com`);
    const conditions = (body["status"] as JsonObject)["conditions"] as JsonObject[];
    assert.deepEqual(
      conditions.map((condition) => `${stringAt(condition, "type") ?? ""}=${stringAt(condition, "status") ?? ""}`),
      ["NamesAccepted=True", "Established=True"],
    );
  });

  test("are defaulted and pruned", async () => {
    const { body, warnings } = await client.post(path, widget("defaulted", { size: "M", colour: "red" }));
    assert.deepEqual(body["spec"], { size: "M", replicas: 2 });
    assert.deepEqual(body["status"], { observed: -1 });
    assert.deepEqual(warnings, ['unknown field "spec.colour"']);
  });

  test("are validated in the real server's words", async () => {
    const answer = await client.post(path, widget("wrong", { size: "XL", replicas: -1, every: "soon" }));
    assert.equal(answer.code, 422);
    assert.equal(
      answer.body["message"],
      'Widget.example.com "wrong" is invalid: [spec.size: Unsupported value: "XL": supported values: "S", "M", ' +
        "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0, " +
        "spec.every: Invalid value: \"soon\": spec.every in body should match '^[0-9]+s$']",
    );
    const missing = await client.post(path, widget("missing", {}));
    assert.equal(missing.body["message"], 'Widget.example.com "missing" is invalid: spec.size: Required value');
    const typed = await client.post(path, widget("typed", { size: 7 }));
    assert.equal(
      typed.body["message"],
      'Widget.example.com "typed" is invalid: [spec.size: Invalid value: "integer": spec.size in body must be of type string: "integer", spec.size: Unsupported value: 7: supported values: "S", "M"]',
    );
  });

  test("are served in all versions", async () => {
    await client.post(path, widget("versions", { size: "S" }));
    const old = await client.get("/apis/example.com/v1beta1/namespaces/default/widgets/versions");
    assert.equal(old.body["apiVersion"], "example.com/v1beta1");
    assert.deepEqual(old.warnings, ["example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget"]);
  });

  test("keep status and spec apart, and scale", async () => {
    await client.post(path, widget("parts", { size: "S" }));
    const status = await client.merge(`${path}/parts/status`, {
      status: { conditions: [{ type: "Ready", status: "True" }] },
      spec: { size: "M" },
    });
    assert.deepEqual(status.body["spec"], { size: "S", replicas: 2 });
    assert.equal(metadataOf(status.body)["generation"], 1);
    const scale = await client.merge(`${path}/parts/scale`, { spec: { replicas: 5 } });
    assert.deepEqual(scale.body["spec"], { replicas: 5 });
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { body } = await client.get(`${path}/parts`, { headers: { accept } });
    assert.deepEqual((body["rows"] as { cells: unknown[] }[])[0]?.cells, ["parts", "S", "True"]);
  });

  test("a schema change takes effect", async () => {
    const spec = structuredClone(definition["spec"]) as {
      versions: { schema: { openAPIV3Schema: { properties: { spec: { properties: JsonObject } } } } }[];
    };
    for (const version of spec.versions)
      version.schema.openAPIV3Schema.properties.spec.properties["colour"] = { type: "string" };
    assert.equal(
      (await client.merge(`${crds}/widgets.example.com`, { spec: spec as unknown as JsonObject })).code,
      200,
    );
    const { body } = await client.post(path, widget("coloured", { size: "M", colour: "red" }));
    assert.equal((body["spec"] as JsonObject)["colour"], "red");
  });

  test("are listed by discovery and described", async () => {
    const list = (await client.get("/apis/example.com/v1")).body["resources"] as JsonObject[];
    assert.deepEqual(
      list.map(({ name }) => name),
      ["widgets", "widgets/status", "widgets/scale"],
    );
    const { body } = await client.get("/openapi/v3/apis/example.com/v1");
    assert.ok(((body["components"] as JsonObject)["schemas"] as JsonObject)["com.example.v1.Widget"] !== undefined);
  });

  test("definitions that are wrong are refused", async () => {
    const wrong = structuredClone(definition);
    metadataOf(wrong)["name"] = "gadgets.example.com";
    const answer = await client.post(crds, wrong);
    assert.equal(answer.code, 422);
    assert.match(answer.message, /must be spec\.names\.plural\+"\."\+spec\.group/);
  });

  test("go with their definition", async () => {
    await client.delete(`${crds}/widgets.example.com`);
    await gone(`${crds}/widgets.example.com`);
    assert.equal((await client.get(path)).code, 404);
  });
});

describe("built-in kinds", () => {
  test("Services get an address that stays", async () => {
    const path = "/api/v1/namespaces/default/services";
    const { body } = await client.post(path, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { ports: [{ port: 80 }] },
    });
    const spec = body["spec"] as JsonObject;
    assert.match(stringAt(spec, "clusterIP") ?? "", /^10\.\d+\.\d+\.\d+$/);
    assert.deepEqual(spec["ports"], [{ port: 80, protocol: "TCP", targetPort: 80 }]);
    const answer = await client.merge(`${path}/web`, { spec: { clusterIP: "10.96.77.77" } });
    assert.equal(answer.code, 422);
    assert.match(answer.message, /spec\.clusterIPs\[0\]: Invalid value: \["10\.96\.77\.77"\]: may not change once set/);
  });

  test("Secrets take text, and stay what they are when immutable", async () => {
    const path = "/api/v1/namespaces/default/secrets";
    const { body } = await client.post(path, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      stringData: { a: "b" },
      immutable: true,
    });
    assert.deepEqual(body["data"], { a: "Yg==" });
    assert.equal(body["type"], "Opaque");
    const changed = await client.merge(`${path}/s`, { data: { a: "Yw==" } });
    assert.equal(
      changed.body["message"],
      'Secret "s" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    );
    const wrong = await client.post(path, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "w" },
      data: { a: "not base64!" },
    });
    assert.equal(wrong.code, 400);
    assert.match(wrong.message, /illegal base64 data at input byte 3/);
  });

  test("a Deployment's selector stays", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments";
    const body: JsonObject = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "d" },
      spec: {
        selector: { matchLabels: { a: "b" } },
        template: { metadata: { labels: { a: "b", c: "d" } }, spec: { containers: [{ name: "a", image: "b" }] } },
      },
    };
    await client.post(path, body);
    const answer = await client.merge(`${path}/d`, { spec: { selector: { matchLabels: { a: null, c: "d" } } } });
    assert.equal(
      answer.body["message"],
      'Deployment.apps "d" is invalid: spec.selector: Invalid value: {"matchLabels":{"c":"d"}}: field is immutable',
    );
  });
});
