import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gitRepositoryCrd, gitRepositoryGvk, type GitRepository, requestedAtAnnotation } from "@sluice/api";
import { type Client, Manager } from "@sluice/kube";
import { ArtifactStorage, GitClient, serveGitRepositories } from "@sluice/source";
import { GitFixture, temporaryDirectory } from "@sluice/testing";
import { startTestCluster } from "../../test-cluster/test-cluster.ts";
import { addGitRepositoryController } from "./add-git-repository-controller.ts";

const namespace = "default";

/** Follows the objects until one satisfies the condition. */
async function until(client: Client, name: string, holds: (object: GitRepository) => boolean): Promise<GitRepository> {
  const signal = AbortSignal.timeout(15_000);
  const { items, metadata } = await client.list<GitRepository>(gitRepositoryGvk, { namespace, signal });
  const present = items.find((item) => item.metadata.name === name && holds(item));
  if (present !== undefined) return present;
  const { resourceVersion = "0" } = metadata;
  for await (const event of client.watch<GitRepository>(gitRepositoryGvk, { namespace, resourceVersion, signal })) {
    if (event.type !== "MODIFIED") continue;
    if (event.object.metadata.name === name && holds(event.object)) return event.object;
  }
  throw new Error("the watch ended");
}

function repository(name: string, url: string, spec: Partial<GitRepository["spec"]> = {}): GitRepository {
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name, namespace },
    spec: { interval: "1h", url, ref: { branch: "main" }, ...spec },
  };
}

async function startManager(t: TestContext): Promise<{ client: Client; directory: string; url: string }> {
  const { client } = await startTestCluster(t, { workloads: false });
  await client.create(gitRepositoryCrd);
  const directory = temporaryDirectory(t);
  const server = await serveGitRepositories(join(directory, "repositories"));
  t.after(() => server.close());
  const storage = new ArtifactStorage({ directory: join(directory, "artifacts"), advertisedAddress: "source.local" });
  await storage.open();
  const manager = new Manager({ client });
  addGitRepositoryController(manager, { storage, git: new GitClient({ directory: join(directory, "cache") }) });
  const stop = new AbortController();
  const running = manager.run(stop.signal);
  t.after(async () => {
    stop.abort(new Error("the test is over"));
    await running;
  });
  return { client, directory, url: server.url };
}

test("changes drive reconciliations: creation, a request, an included artifact, deletion", async (t) => {
  const { client, directory, url } = await startManager(t);
  const fleet = new GitFixture(join(directory, "repositories"), "fleet");
  const library = new GitFixture(join(directory, "repositories"), "library");
  const first = fleet.commit({ a: "1" });
  library.commit({ b: "1" });

  await client.create(repository("fleet", `${url}/fleet.git`, { include: [{ repository: { name: "library" } }] }));
  await until(
    client,
    "fleet",
    ({ status }) => status?.conditions?.some(({ type }) => type === "IncludeUnavailable") ?? false,
  );
  await client.create(repository("library", `${url}/library.git`));
  const ready = await until(client, "fleet", ({ status }) => status?.artifact !== undefined);
  assert.equal(ready.status?.artifact?.revision, `main@sha1:${first}`, "long before the 30 s of the safety net");

  const second = fleet.commit({ a: "2" });
  const annotations = { [requestedAtAnnotation]: "now" };
  await client.patch(
    gitRepositoryGvk,
    { namespace, name: "fleet" },
    { type: "merge", body: { metadata: { annotations } } },
  );
  const updated = await until(client, "fleet", ({ status }) => status?.lastHandledReconcileAt === "now");
  assert.equal(updated.status?.artifact?.revision, `main@sha1:${second}`);

  library.commit({ b: "2" });
  await client.patch(
    gitRepositoryGvk,
    { namespace, name: "library" },
    { type: "merge", body: { metadata: { annotations } } },
  );
  const rebuilt = await until(
    client,
    "fleet",
    ({ status }) => status?.artifact?.digest !== updated.status?.artifact?.digest,
  );
  assert.equal(rebuilt.status?.artifact?.revision, `main@sha1:${second}`);

  await client.delete(gitRepositoryGvk, { namespace, name: "fleet" });
  const signal = AbortSignal.timeout(15_000);
  while ((await client.find(gitRepositoryGvk, { namespace, name: "fleet" }, { signal })) !== undefined) {
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("a poisoned object does not stop the others", async (t) => {
  const { client, directory, url } = await startManager(t);
  new GitFixture(join(directory, "repositories"), "fleet").commit({ a: "1" });
  await client.create(repository("poisoned", `${url}/fleet.git`, { interval: "99999999999999999999h" }));
  await client.create(repository("fleet", `${url}/fleet.git`));
  await until(client, "fleet", ({ status }) => status?.artifact !== undefined);
  const poisoned = await until(client, "poisoned", ({ status }) => (status?.conditions?.length ?? 0) > 0);
  const stalled = poisoned.status?.conditions?.find(({ type }) => type === "Stalled");
  assert.match(stalled?.message ?? "", /spec\.interval: invalid duration/);
});
