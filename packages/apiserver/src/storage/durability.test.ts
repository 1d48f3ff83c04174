import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startApiServer } from "../index.ts";
import type { JsonObject } from "../json/json.ts";
import { Client } from "../testing/client.ts";

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "apiserver-"));
});

after(async () => {
  await rm(directory, { recursive: true, force: true });
});

const maps = "/api/v1/namespaces/default/configmaps";

describe("a data directory", () => {
  test("keeps objects, revisions, credentials and custom resources across restarts", async () => {
    const dataDirectory = join(directory, "restart");
    const first = await startApiServer({ workloads: false, dataDirectory });
    const client = new Client(first);
    const { body } = await client.post(maps, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kept" },
      data: { a: "b" },
    });
    await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "things.example.com" },
      spec: {
        group: "example.com",
        scope: "Cluster",
        names: { plural: "things", kind: "Thing" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        ],
      },
    });
    await client.post("/apis/example.com/v1/things", {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "one" },
      spec: 1,
    });
    client.close();
    await first.close();
    const second = await startApiServer({ workloads: false, dataDirectory });
    assert.equal(second.caCertificate, first.caCertificate);
    const again = new Client(second);
    assert.deepEqual((await again.get(`${maps}/kept`)).body, body);
    assert.equal((await again.get("/apis/example.com/v1/things/one")).body["spec"], 1);
    const later = await again.post(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "later" } });
    const revision = (answer: JsonObject): number => Number((answer["metadata"] as JsonObject)["resourceVersion"]);
    assert.ok(revision(later.body) > revision(body));
    again.close();
    await second.close();
  });

  test("loses nothing that was acknowledged when the process is killed", async () => {
    const dataDirectory = join(directory, "kill");
    const acknowledged = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const child = startWriter(dataDirectory, round);
      const lines = createInterface({ input: child.stdout ?? process.stdin });
      const limit = 20 + round * 37;
      for await (const line of lines) {
        acknowledged.add(line);
        if (acknowledged.size >= limit * (round + 1)) break;
      }
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const server = await startApiServer({ workloads: false, dataDirectory });
    const client = new Client(server);
    const { body } = await client.get(maps);
    const names = new Set((body["items"] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name));
    assert.deepEqual(
      [...acknowledged].filter((name) => !names.has(name)),
      [],
    );
    client.close();
    await server.close();
  });
});

/** Starts a process that creates objects as fast as it can and prints the name of each one that was acknowledged. */
function startWriter(dataDirectory: string, round: number): ChildProcess {
  const program = new URL("../testing/writer.ts", import.meta.url).pathname;
  return spawn(process.execPath, [program, dataDirectory, String(round)], { stdio: ["ignore", "pipe", "inherit"] });
}
