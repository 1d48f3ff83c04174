import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startApiServer, type ApiServer } from "../index.ts";
import { stringAt, type JsonObject } from "../json/json.ts";
import { Client } from "../testing/client.ts";

let server: ApiServer;
let admin: Client;
const clients: Client[] = [];

function as(user: string, groups: readonly string[] = []): Client {
  const client = new Client(server, { user, groups });
  clients.push(client);
  return client;
}

before(async () => {
  server = await startApiServer({ workloads: false });
  admin = new Client(server);
  clients.push(admin);
});

after(async () => {
  for (const client of clients) client.close();
  await server.close();
});

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const maps = "/api/v1/namespaces/default/configmaps";

async function grant(name: string, subject: JsonObject, rules: JsonObject[], namespace = "default"): Promise<void> {
  const group = "rbac.authorization.k8s.io";
  await admin.post(`${rbac}/namespaces/${namespace}/roles`, {
    apiVersion: `${group}/v1`,
    kind: "Role",
    metadata: { name },
    rules,
  });
  const answer = await admin.post(`${rbac}/namespaces/${namespace}/rolebindings`, {
    apiVersion: `${group}/v1`,
    kind: "RoleBinding",
    metadata: { name },
    roleRef: { apiGroup: group, kind: "Role", name },
    subjects: [subject],
  });
  assert.equal(answer.code, 201, answer.text);
}

const readMaps: JsonObject = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] };

describe("authorization", () => {
  test("nobody may do what no role allows", async () => {
    const bob = as("bob");
    const answer = await bob.get(maps);
    assert.equal(answer.code, 403);
    assert.equal(
      answer.body["message"],
      'configmaps is forbidden: User "bob" cannot list resource "configmaps" in API group "" in the namespace "default"',
    );
    await grant("bob-reads", { kind: "User", name: "bob" }, [readMaps]);
    assert.equal((await bob.get(maps)).code, 200);
    assert.equal((await bob.get("/api/v1/configmaps")).code, 403);
    assert.equal((await bob.delete(`${maps}/kube-root-ca.crt`)).code, 403);
  });

  test("groups and missing roles count", async () => {
    await grant("devs-read", { kind: "Group", name: "devs" }, [readMaps]);
    assert.equal((await as("carol", ["devs"]).get(maps)).code, 200);
    await admin.delete(`${rbac}/namespaces/default/roles/devs-read`);
    const answer = await as("carol", ["devs"]).get(maps);
    assert.match(answer.message, /: RBAC: role\.rbac\.authorization\.k8s\.io "devs-read" not found$/);
  });

  test("roles are aggregated by label", async () => {
    const { body } = await admin.get(`${rbac}/clusterroles/view`);
    const rules = body["rules"] as JsonObject[];
    assert.ok(rules.some((rule) => (rule["resources"] as string[]).includes("configmaps")));
  });

  test("a user may ask what is allowed", async () => {
    const dave = as("dave");
    await grant("dave-reads", { kind: "User", name: "dave" }, [readMaps]);
    const review = (verb: string): JsonObject => ({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { verb, resource: "configmaps", namespace: "default" } },
    });
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    assert.deepEqual((await dave.post(path, review("get"))).body["status"], { allowed: true });
    assert.deepEqual((await dave.post(path, review("delete"))).body["status"], { allowed: false });
    const rules = await dave.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectRulesReview",
      spec: { namespace: "default" },
    });
    assert.ok(
      ((rules.body["status"] as JsonObject)["resourceRules"] as JsonObject[]).some((rule) =>
        JSON.stringify(rule).includes("configmaps"),
      ),
    );
  });

  test("nobody grants more than they have", async () => {
    const erin = as("erin");
    await grant("erin-manages-roles", { kind: "User", name: "erin" }, [
      { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs: ["create", "update"] },
      readMaps,
    ]);
    const role = (name: string, rules: JsonObject[]): JsonObject => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name },
      rules,
    });
    assert.equal((await erin.post(`${rbac}/namespaces/default/roles`, role("small", [readMaps]))).code, 201);
    const answer = await erin.post(
      `${rbac}/namespaces/default/roles`,
      role("large", [{ ...readMaps, verbs: ["delete"] }]),
    );
    assert.equal(answer.code, 403);
    assert.match(
      answer.message,
      /is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["configmaps"\], Verbs:\["delete"\]\}/,
    );
  });
});

describe("impersonation", () => {
  test("needs permission, and takes the other's place entirely", async () => {
    const headers = { "impersonate-user": "frank", "impersonate-group": ["devs", "ops"] };
    const denied = await as("grace").get(maps, { headers });
    assert.equal(denied.code, 403);
    assert.equal(
      denied.body["message"],
      'users "frank" is forbidden: User "grace" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const { body } = await admin.post(
      path,
      { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
      { headers },
    );
    const { userInfo } = body["status"] as { userInfo: JsonObject };
    assert.deepEqual(userInfo, { username: "frank", groups: ["devs", "ops", "system:authenticated"] });
  });

  test("a ServiceAccount brings its groups along", async () => {
    const headers = { "impersonate-user": "system:serviceaccount:default:default" };
    const answer = await admin.get(maps, { headers });
    assert.equal(answer.code, 403);
    assert.match(answer.message, /User "system:serviceaccount:default:default" cannot list/);
  });

  test("groups alone make no user", async () => {
    assert.equal((await admin.get(maps, { headers: { "impersonate-group": "devs" } })).code, 400);
  });
});

describe("tokens", () => {
  test("speak for their ServiceAccount as long as it lives", async () => {
    const accounts = "/api/v1/namespaces/default/serviceaccounts";
    await admin.post(accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "robot" } });
    const { body } = await admin.post(`${accounts}/robot/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 600 },
    });
    const { token } = body["status"] as { token: string };
    const robot = new Client(server, { token });
    clients.push(robot);
    await grant("robot-reads", { kind: "ServiceAccount", name: "robot", namespace: "default" }, [readMaps]);
    assert.equal((await robot.get(maps)).code, 200);
    const review = await admin.post("/apis/authentication.k8s.io/v1/tokenreviews", {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token },
    });
    assert.equal(
      ((review.body["status"] as JsonObject)["user"] as JsonObject)["username"],
      "system:serviceaccount:default:robot",
    );
    await admin.delete(`${accounts}/robot`);
    const answer = await robot.get(maps);
    assert.equal(answer.code, 401);
    assert.equal(answer.body["message"], "Unauthorized");
  });

  test("that are none are refused", async () => {
    for (const token of ["nonsense", "a.b.c"]) {
      const nobody = new Client(server, { token });
      assert.equal((await nobody.get("/version")).code, 401);
      nobody.close();
    }
  });

  test("Secrets of the old type are filled", async () => {
    const path = "/api/v1/namespaces/default/secrets";
    const annotations = { "kubernetes.io/service-account.name": "default" };
    await admin.post(path, {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/service-account-token",
      metadata: { name: "old", annotations },
    });
    const { body } = await admin.get(`${path}/old`);
    const token = Buffer.from(stringAt(body, "data", "token") ?? "", "base64").toString();
    const client = new Client(server, { token });
    assert.equal((await client.get("/version")).code, 200);
    client.close();
  });
});
