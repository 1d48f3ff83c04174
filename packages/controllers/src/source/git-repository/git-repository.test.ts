import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  type Condition,
  findCondition,
  gitRepositoryCrd,
  gitRepositoryGvk,
  type GitRepository,
  type GitRepositorySpec,
  requestedAtAnnotation,
  type UnstructuredObject,
} from "@sluice/api";
import { type Client, type Result, systemClock } from "@sluice/kube";
import {
  ArtifactStorage,
  defaultTreeLimits,
  fetchArtifact,
  GitClient,
  type GitRequestRecord,
  type GitServer,
  type GitServerOptions,
  serveArtifacts,
  serveGitRepositories,
} from "@sluice/source";
import { GitFixture, temporaryDirectory } from "@sluice/testing";
import { startTestCluster, type TestCluster } from "../../test-cluster/test-cluster.ts";
import { GitRepositoryReconciler } from "./git-repository-reconciler.ts";

const namespace = "default";
const name = "fleet";

interface RecordedEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata?: { readonly [key: string]: string };
}

/** A cluster, a Git server, a storage, and a reconciler between them. */
class World {
  readonly events: RecordedEvent[] = [];
  readonly gitRequests: GitRequestRecord[] = [];
  readonly fixture: GitFixture;
  readonly directory: string;
  storage: ArtifactStorage;
  reconciler: GitRepositoryReconciler;
  server: GitServer;
  readonly cluster: TestCluster;
  readonly #gitOptions: GitServerOptions;

  static async start(t: TestContext, gitOptions: GitServerOptions = {}): Promise<World> {
    const cluster = await startTestCluster(t, { workloads: false });
    await cluster.client.create(gitRepositoryCrd);
    const directory = temporaryDirectory(t);
    const fixture = new GitFixture(join(directory, "repositories"), "fleet");
    const requests: GitRequestRecord[] = [];
    const options: GitServerOptions = { ...gitOptions, onRequest: (record) => requests.push(record) };
    const server = await serveGitRepositories(join(directory, "repositories"), options);
    const world = new World(cluster, directory, fixture, server, options, requests);
    t.after(() => world.server.close());
    await world.storage.open();
    const artifacts = await serveArtifacts(world.storage);
    t.after(() => artifacts.close({ graceMs: 0 }));
    world.storage.advertise(artifacts.address);
    return world;
  }

  private constructor(
    cluster: TestCluster,
    directory: string,
    fixture: GitFixture,
    server: GitServer,
    gitOptions: GitServerOptions,
    requests: GitRequestRecord[],
  ) {
    this.cluster = cluster;
    this.directory = directory;
    this.fixture = fixture;
    this.server = server;
    this.#gitOptions = gitOptions;
    this.gitRequests = requests;
    this.storage = new ArtifactStorage({ directory: join(directory, "artifacts") });
    this.reconciler = this.#newReconciler();
  }

  get client(): Client {
    return this.cluster.client;
  }

  #newReconciler(): GitRepositoryReconciler {
    return new GitRepositoryReconciler({
      client: this.cluster.client,
      clock: systemClock,
      recorder: { event: (_object, draft) => void this.events.push(draft) },
      git: new GitClient({ directory: join(this.directory, "cache") }),
      storage: this.storage,
      limits: { ...defaultTreeLimits, maxFileBytes: 1_000_000 },
      random: () => 0.5,
    });
  }

  /** What a new process would find. */
  async restart(): Promise<void> {
    this.storage = new ArtifactStorage({
      directory: join(this.directory, "artifacts"),
      advertisedAddress: "restarted:1",
    });
    await this.storage.open();
    this.reconciler = this.#newReconciler();
  }

  async goAway(): Promise<void> {
    await this.server.close();
  }

  async comeBack(): Promise<void> {
    const { port } = this.server;
    this.server = await serveGitRepositories(join(this.directory, "repositories"), { ...this.#gitOptions, port });
  }

  async create(spec: Partial<GitRepositorySpec> = {}, as: string = name): Promise<void> {
    const object: GitRepository = {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name: as, namespace },
      spec: { interval: "1m", url: `${this.server.url}/fleet.git`, ref: { branch: "main" }, ...spec },
    };
    await this.client.create(object);
  }

  async patch(body: object, as: string = name): Promise<void> {
    await this.client.patch(gitRepositoryGvk, { namespace, name: as }, { type: "merge", body });
  }

  async get(as: string = name): Promise<GitRepository> {
    return this.client.get<GitRepository>(gitRepositoryGvk, { namespace, name: as });
  }

  async reconcile(as: string = name): Promise<Result> {
    return this.reconciler.reconcile({ namespace, name: as }, AbortSignal.timeout(20_000));
  }

  async fail(as: string = name): Promise<void> {
    await assert.rejects(this.reconcile(as));
  }

  async condition(type: string, as: string = name): Promise<Condition | undefined> {
    return findCondition((await this.get(as)).status?.conditions, type);
  }

  /** `Type=Status Reason: message`, sorted by type. */
  async conditions(as: string = name): Promise<string[]> {
    const conditions = (await this.get(as)).status?.conditions ?? [];
    return conditions.map((each) => `${each.type}=${each.status} ${each.reason}: ${each.message}`).sort();
  }

  async files(as: string = name): Promise<Record<string, string>> {
    const { artifact } = (await this.get(as)).status ?? {};
    assert.ok(artifact !== undefined, "there is an artifact");
    const files = await fetchArtifact(artifact, { retries: 0 });
    return Object.fromEntries([...files].map(([path, file]) => [path, Buffer.from(file.bytes).toString()]));
  }

  takeEvents(): string[] {
    return this.events.splice(0).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  }
}

test("the first reconciliation stores an artifact and says so", async (t) => {
  const world = await World.start(t);
  const commit = world.fixture.commit(
    { "apps/a.yaml": "a: 1\n", "logo.png": "x" },
    { message: "Add the app\n\nLong text." },
  );
  await world.create();
  const result = await world.reconcile();
  assert.equal(result.requeueAfterMs, 60_000);
  const object = await world.get();
  assert.deepEqual(object.metadata.finalizers, ["finalizers.fluxcd.io"]);
  const { artifact, observedGeneration } = object.status ?? {};
  assert.equal(observedGeneration, 1);
  assert.equal(artifact?.revision, `main@sha1:${commit}`);
  assert.equal(artifact.path, `gitrepository/default/fleet/${commit}.tar.gz`);
  assert.deepEqual(await world.conditions(), [
    `ArtifactInStorage=True Succeeded: stored artifact for revision 'main@sha1:${commit}'`,
    `Ready=True Succeeded: stored artifact for revision 'main@sha1:${commit}'`,
  ]);
  assert.deepEqual(world.events[0]?.metadata, {
    "source.toolkit.fluxcd.io/revision": artifact.revision,
    "source.toolkit.fluxcd.io/digest": artifact.digest,
  });
  assert.deepEqual(world.takeEvents(), ["Normal NewArtifact: stored artifact for commit 'Add the app'"]);
  assert.deepEqual(await world.files(), { "apps/a.yaml": "a: 1\n" });
});

test("nothing new costs one look at the remote, one read and no write", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create();
  await world.reconcile();
  const before = await world.get();
  world.gitRequests.length = 0;
  world.cluster.takeCalls();
  world.takeEvents();
  await world.reconcile();
  assert.deepEqual(world.cluster.takeCalls(), ["get GitRepository default/fleet"]);
  assert.deepEqual(
    world.gitRequests.map(({ path }) => path),
    ["/fleet.git/info/refs?service=git-upload-pack", "/fleet.git/git-upload-pack"],
  );
  assert.deepEqual(await world.get(), before);
  assert.deepEqual(world.takeEvents(), []);
});

test("a new commit replaces the artifact; progress is visible meanwhile", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create();
  await world.reconcile();
  const seen: string[] = [];
  const watching = new AbortController();
  const { resourceVersion = "" } = (await world.get()).metadata;
  const watch = (async () => {
    const events = world.client.watch<GitRepository>(gitRepositoryGvk, {
      namespace,
      resourceVersion,
      signal: watching.signal,
    });
    for await (const event of events) {
      if (event.type !== "MODIFIED") continue;
      const conditions = event.object.status?.conditions ?? [];
      seen.push(
        conditions
          .map((each) => `${each.type}=${each.status} ${each.message}`)
          .sort()
          .join("; "),
      );
      if (seen.length === 2) return;
    }
  })();
  const commit = world.fixture.commit({ a: "2" }, { message: "x".repeat(60) });
  world.takeEvents();
  await world.reconcile();
  await watch;
  watching.abort();
  assert.match(seen[0] ?? "", new RegExp(`ArtifactOutdated=True new upstream revision 'main@sha1:${commit}'`));
  assert.match(seen[0] ?? "", /Ready=Unknown building artifact: new upstream revision/);
  assert.match(
    seen[0] ?? "",
    new RegExp(`Reconciling=True building artifact: new upstream revision 'main@sha1:${commit}'`),
  );
  assert.deepEqual(world.takeEvents(), [`Normal NewArtifact: stored artifact for commit '${"x".repeat(50)}...'`]);
  assert.deepEqual(await world.files(), { a: "2" });
});

test("an outage keeps the artifact, says so, and recovery is told", async (t) => {
  const world = await World.start(t);
  const commit = world.fixture.commit({ a: "1" });
  await world.create();
  await world.reconcile();
  world.takeEvents();
  await world.goAway();
  await world.fail();
  await world.fail();
  const [fetchFailed, ready] = [await world.condition("FetchFailed"), await world.condition("Ready")];
  assert.equal(ready?.status, "False");
  assert.equal(ready.reason, "GitOperationFailed");
  assert.match(
    ready.message,
    /^failed to checkout and determine revision: http:\/\/127\.0\.0\.1:\d+\/fleet\.git: .*onnect/,
  );
  assert.equal(fetchFailed?.message, ready.message);
  assert.equal((await world.condition("Reconciling"))?.reason, "ProgressingWithRetry");
  assert.deepEqual(await world.files(), { a: "1" });
  assert.match(world.takeEvents()[0] ?? "", /^Warning GitOperationFailed: failed to checkout/);
  await world.comeBack();
  await world.reconcile();
  assert.deepEqual(await world.conditions(), [
    `ArtifactInStorage=True Succeeded: stored artifact for revision 'main@sha1:${commit}'`,
    `Ready=True Succeeded: stored artifact for revision 'main@sha1:${commit}'`,
  ]);
  assert.deepEqual(world.takeEvents(), [`Normal Succeeded: stored artifact for commit 'main@sha1:${commit}'`]);
});

test("a restart during an outage serves the artifact under the new address", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create();
  await world.reconcile();
  const before = (await world.get()).status?.artifact;
  await world.goAway();
  await world.restart();
  await world.fail();
  const after = (await world.get()).status?.artifact;
  assert.deepEqual(after, { ...before, url: `http://restarted:1/${before?.path}` });
  assert.equal(await world.storage.verify(after), "present");
});

test("an artifact that disappeared, or was damaged, is built again with the same digest", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create();
  await world.reconcile();
  const before = (await world.get()).status?.artifact;
  assert.ok(before !== undefined);
  world.takeEvents();
  await world.storage.remove(before.path);
  await world.reconcile();
  assert.equal((await world.get()).status?.artifact?.digest, before.digest);
  assert.deepEqual(world.takeEvents(), []);
  writeFileSync(world.storage.localPath(before.path), "damaged");
  await world.reconcile();
  assert.deepEqual(await world.files(), { a: "1" });
  assert.match(world.takeEvents().join("\n"), /^Warning ArtifactVerificationFailed: /);
});

test("a request is marked as handled, even when the attempt fails", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create({ ref: { branch: "nope" } });
  await world.patch({ metadata: { annotations: { [requestedAtAnnotation]: "token-1" } } });
  await world.fail();
  const { status } = await world.get();
  assert.equal(status?.lastHandledReconcileAt, "token-1");
  assert.equal(status.observedGeneration, -1, "the generation is not settled");
  assert.match((await world.condition("Ready"))?.message ?? "", /couldn't find remote ref "refs\/heads\/nope"/);
});

test("suspended objects are left alone", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create({ suspend: true });
  assert.deepEqual(await world.reconcile(), {});
  assert.deepEqual((await world.get()).status, { observedGeneration: -1 });
});

test("deletion removes the files, then the finalizer", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create();
  await world.reconcile();
  const { artifact } = (await world.get()).status ?? {};
  await world.client.delete(gitRepositoryGvk, { namespace, name });
  assert.deepEqual(await world.reconcile(), {});
  assert.equal(await world.client.find(gitRepositoryGvk, { namespace, name }), undefined);
  assert.equal(await world.storage.verify(artifact!), "missing");
  assert.deepEqual(await world.reconcile(), {});
});

test("what is left out: ignore rules of files and spec", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({
    ".sourceignore": "*.txt\n",
    "a.txt": "a",
    "b.md": "b",
    "c.yaml": "c",
    "d/e.txt": "e",
    "logo.png": "p",
  });
  await world.create();
  await world.reconcile();
  assert.deepEqual(Object.keys(await world.files()), [".sourceignore", "b.md", "c.yaml", "logo.png"]);
  const { digest } = (await world.get()).status?.artifact ?? {};
  await world.patch({ spec: { ignore: "*.md\n!d/e.txt\n" } });
  await world.reconcile();
  const { status } = await world.get();
  assert.deepEqual(Object.keys(await world.files()), [".sourceignore", "c.yaml", "d/e.txt", "logo.png"]);
  assert.equal(status?.observedIgnore, "*.md\n!d/e.txt\n");
  assert.notEqual(status.artifact?.digest, digest);
  assert.equal(status.observedGeneration, 2);
});

test("sparse checkout, and a directory that is not there", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ "a/x": "1", "b/y": "2" });
  await world.create({ sparseCheckout: ["./a"] });
  await world.reconcile();
  assert.deepEqual(await world.files(), { "a/x": "1" });
  await world.patch({ spec: { sparseCheckout: ["../../etc"] } });
  await world.fail();
  assert.match((await world.condition("Ready"))?.message ?? "", /'\.\.\/\.\.\/etc' cannot be resolved/);
  await world.patch({ spec: { sparseCheckout: ["c"] } });
  await world.fail();
  const ready = await world.condition("Ready");
  assert.equal(ready?.reason, "GitOperationFailed");
  assert.match(
    ready.message,
    /failed to sparse checkout directories : sparse checkout dir 'c' does not exist in repository/,
  );
});

test("artifacts of other repositories become part of this one", async (t) => {
  const world = await World.start(t);
  const library = new GitFixture(join(world.directory, "repositories"), "library");
  library.commit({ "charts/app/values.yaml": "v1", "README.md": "readme" });
  world.fixture.commit({ "a.yaml": "a", "vendor/charts": "a file in the way" });
  const include = [
    { repository: { name: "library" }, fromPath: "./charts", toPath: "vendor/charts" },
    { repository: { name: "library" } },
    { repository: { name: "library" }, fromPath: "README.md", toPath: "../../docs/README.md" },
  ];
  await world.create({ include });
  assert.deepEqual(await world.reconcile(), { requeueAfterMs: 30_000 });
  assert.deepEqual(await world.condition("IncludeUnavailable").then((each) => [each?.status, each?.reason]), [
    "True",
    "NotFound",
  ]);
  await world.create({ url: `${world.server.url}/library.git` }, "library");
  await world.reconcile();
  assert.equal((await world.condition("Ready"))?.reason, "NoArtifact");
  assert.match(world.takeEvents().at(-1) ?? "", /^Normal NoArtifact: no artifact available for include 'library'/);
  await world.reconcile("library");
  await world.reconcile();
  assert.deepEqual(await world.files(), {
    "a.yaml": "a",
    "docs/README.md": "readme",
    "library/README.md": "readme",
    "library/charts/app/values.yaml": "v1",
    "vendor/charts/app/values.yaml": "v1",
  });
  const { status } = await world.get();
  assert.deepEqual(status?.observedInclude, include);
  assert.equal(status.includedArtifacts?.length, 3);
  assert.equal(await world.condition("IncludeUnavailable"), undefined);
  library.commit({ "charts/app/values.yaml": "v2" });
  await world.reconcile("library");
  await world.reconcile();
  assert.equal((await world.files())["vendor/charts/app/values.yaml"], "v2");
});

test("credentials come from the secret, and what is wrong with them is said without showing them", async (t) => {
  const world = await World.start(t, { auth: { username: "ada", password: "s3cret-pass" } });
  world.fixture.commit({ a: "1" });
  const put = async (values: Record<string, string>): Promise<void> => {
    const encode = ([key, value]: [string, string]): [string, string] => [key, Buffer.from(value).toString("base64")];
    const data = Object.fromEntries(Object.entries(values).map(encode));
    const secret: UnstructuredObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login", namespace },
      data,
    };
    await world.client.apply(secret, { fieldManager: "test", force: true });
  };
  await world.create({ secretRef: { name: "login" } });
  const failsWith = async (message: RegExp, reason = "AuthenticationFailed"): Promise<void> => {
    await world.fail();
    const ready = await world.condition("Ready");
    assert.equal(ready?.reason, reason, ready?.message);
    assert.match(ready.message, message);
    assert.equal((await world.condition("FetchFailed"))?.reason, reason);
    assert.doesNotMatch(JSON.stringify([await world.get(), world.events]), /wrong-pass|s3cret-pass/);
  };
  await failsWith(/failed to get secret 'default\/login': secrets "login" not found/);
  await put({ password: "s3cret-pass" });
  await failsWith(/'password' is set but 'username' is not/);
  await put({ username: "ada", password: "wrong-pass" });
  await failsWith(/Authentication failed/);
  await put({ username: "ada", password: "s3cret-pass", githubAppID: "1" });
  await failsWith(/github app data but provider is not set to github/, "InvalidProviderConfiguration");
  await put({ username: "ada", password: "s3cret-pass" });
  await world.patch({ spec: { timeout: "20s" } });
  const secret = { group: "", version: "v1", kind: "Secret" };
  await world.client.delete(secret, { namespace, name: "login" });
  await put({ username: "ada", password: "s3cret-pass" });
  await world.reconcile();
  assert.equal((await world.condition("Ready"))?.status, "True");
});

test("what cannot be done yet is refused, not ignored", async (t) => {
  const world = await World.start(t);
  world.fixture.commit({ a: "1" });
  await world.create({ verify: { secretRef: { name: "keys" } } });
  assert.deepEqual(await world.reconcile(), {});
  assert.deepEqual(await world.conditions(), [
    "Ready=False UnsupportedField: spec.verify: verification of signatures is not available yet",
    "Stalled=True UnsupportedField: spec.verify: verification of signatures is not available yet",
  ]);
  assert.equal((await world.get()).status?.artifact, undefined);
  await world.patch({ spec: { verify: null, provider: "azure" } });
  await world.reconcile();
  assert.match((await world.condition("Stalled"))?.message ?? "", /spec\.provider/);
  await world.patch({ spec: { provider: null } });
  await world.reconcile();
  assert.equal((await world.condition("Ready"))?.status, "True");
  assert.equal(await world.condition("Stalled"), undefined);
});

test("a repository without commits, and a file that is too large", async (t) => {
  const world = await World.start(t);
  await world.create();
  await world.fail();
  assert.equal((await world.condition("Ready"))?.reason, "EmptyGitRepository");
  world.fixture.commit({ "big.bin": "x".repeat(2_000_000) });
  await world.fail();
  assert.match(
    (await world.condition("Ready"))?.message ?? "",
    /big\.bin: file of 2000000 bytes is larger than 1000000 bytes/,
  );
  await world.patch({ spec: { ignore: "big.bin" } });
  await world.reconcile();
  assert.equal((await world.condition("Ready"))?.status, "True");
});
