import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { GitFixture, temporaryDirectory } from "@sluice/testing";
import type { GitCredentials } from "./credentials.ts";
import { GitError, type GitErrorCode } from "./errors.ts";
import { GitClient, type GitRemote } from "./git-client.ts";
import { type GitRequestRecord, type GitServer, type GitServerOptions, serveGitRepositories } from "./http-server.ts";
import { defaultTreeLimits } from "./limits.ts";
import { type GitReference, resolveReference } from "./resolve.ts";
import { formatRevision } from "./revision.ts";
import { openTree, type OpenTreeOptions } from "./tree.ts";

interface World {
  readonly fixture: GitFixture;
  readonly server: GitServer;
  readonly client: GitClient;
  readonly cache: string;
  readonly requests: GitRequestRecord[];
  readonly remote: (name?: string, credentials?: GitCredentials) => GitRemote;
  readonly signal: AbortSignal;
}

/** Over HTTP, or (several times faster) straight from the directory where the way there is not what is tested. */
async function setUp(test: TestContext, options: GitServerOptions & { local?: boolean } = {}): Promise<World> {
  const directory = temporaryDirectory(test);
  const fixture = new GitFixture(join(directory, "repositories"), "fleet");
  const requests: GitRequestRecord[] = [];
  const server = await serveGitRepositories(join(directory, "repositories"), {
    ...options,
    onRequest: (record) => requests.push(record),
  });
  test.after(() => server.close());
  const cache = join(directory, "cache");
  const allowLocal = options.local ?? false;
  const client = new GitClient({ directory: cache, allowLocal });
  const base = allowLocal ? join(directory, "repositories") : server.url;
  return {
    fixture,
    server,
    client,
    cache,
    requests,
    remote: (name = "fleet", credentials = {}) => ({ url: client.parseUrl(`${base}/${name}.git`), credentials }),
    signal: AbortSignal.timeout(30_000),
  };
}

async function contentOf(
  world: World,
  reference: GitReference,
  options: Partial<OpenTreeOptions> = {},
): Promise<Record<string, string>> {
  const remote = world.remote();
  const revision = await resolveReference(world.client, remote, reference, world.signal);
  await world.client.mirrorOf(remote).ensure(revision, world.signal);
  const tree = await openTree(world.client, remote, revision.commit, {
    limits: defaultTreeLimits,
    signal: world.signal,
    ...options,
  });
  const files = await tree.read(tree.paths);
  return Object.fromEntries(
    [...files].map(([path, file]) => [path + (file.executable ? "*" : ""), Buffer.from(file.bytes).toString()]),
  );
}

function hasCode(code: GitErrorCode, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GitError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

test("every form of reference finds its commit", async (t) => {
  const world = await setUp(t, { local: true });
  const { fixture } = world;
  const first = fixture.commit({ a: "1" }, { branch: "master" });
  fixture.tag("v1.0.0", { commit: first });
  const second = fixture.commit({ a: "2" }, { branch: "main" });
  fixture.tag("v1.1.0", { commit: second, message: "annotated" });
  const third = fixture.commit({ a: "3" }, { branch: "main" });
  fixture.tag("v2.0.0-rc.1", { commit: third });
  fixture.git("update-ref", "refs/pull/7/head", third);
  const cases: readonly (readonly [GitReference, string])[] = [
    [{}, `master@sha1:${first}`],
    [{ branch: "main" }, `main@sha1:${third}`],
    [{ tag: "v1.1.0", branch: "main" }, `v1.1.0@sha1:${second}`],
    [{ semver: ">=1.0.0", tag: "v1.0.0" }, `v1.1.0@sha1:${second}`],
    [{ semver: ">=1.0.0-0" }, `v2.0.0-rc.1@sha1:${third}`],
    [{ name: "refs/pull/7/head", semver: "*" }, `refs/pull/7/head@sha1:${third}`],
    [{ name: "refs/heads/main" }, `refs/heads/main@sha1:${third}`],
    [{ name: "refs/tags/v1.1.0" }, `refs/tags/v1.1.0@sha1:${second}`],
    [{ name: "refs/tags/v1.1.0^{}" }, `refs/tags/v1.1.0@sha1:${second}`],
    [{ name: "HEAD" }, `HEAD@sha1:${third}`],
    [{ commit: first, name: "refs/heads/main" }, `refs/heads/main@sha1:${first}`],
    [{ commit: first.toUpperCase() }, `sha1:${first}`],
    [{ commit: second, branch: "main" }, `main@sha1:${second}`],
  ];
  for (const [reference, want] of cases) {
    const revision = await resolveReference(world.client, world.remote(), reference, world.signal);
    assert.equal(formatRevision(revision), want, JSON.stringify(reference));
  }
});

test("equal versions: the tag of the newest commit wins", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.tag("1.0.0+newer", { commit: world.fixture.commit({ a: "1" }, { date: 1_800_000_000 }) });
  world.fixture.tag("1.0.0+older", { commit: world.fixture.commit({ a: "2" }, { date: 1_700_000_000 }) });
  const revision = await resolveReference(world.client, world.remote(), { semver: "1.x" }, world.signal);
  assert.equal(revision.reference, "refs/tags/1.0.0+newer");
});

test("what is not there has its own code and names itself", async (t) => {
  const world = await setUp(t);
  new GitFixture(join(world.fixture.directory, ".."), "empty");
  world.fixture.commit({ a: "1" });
  const cases: readonly (readonly [GitReference, GitErrorCode, RegExp, string?])[] = [
    [{ branch: "nope" }, "ReferenceNotFound", /fleet\.git: couldn't find remote ref "refs\/heads\/nope"/],
    [{ tag: "nope" }, "ReferenceNotFound", /refs\/tags\/nope/],
    [{ name: "refs/x/y" }, "ReferenceNotFound", /refs\/x\/y/],
    [{ semver: "1.x" }, "NoMatchingVersion", /no match found for semver: 1\.x/],
    [{ semver: "one" }, "InvalidReference", /semver parse error: improper constraint: one/],
    [{ branch: "main" }, "EmptyRepository", /git repository is empty/, "empty"],
    [{ semver: "*" }, "EmptyRepository", /git repository is empty/, "empty"],
    [{ branch: "main" }, "RepositoryNotFound", /absent\.git/, "absent"],
    [{ commit: "abc" }, "InvalidReference", /not a full commit id/],
    [{ branch: "--upload-pack=x" }, "ReferenceNotFound", /upload-pack/],
    [{ branch: "a..b" }, "InvalidReference", /'\.\.'/],
    [{ name: "--exec=x" }, "InvalidReference", /begins with '-'/],
    [{ name: "refs/heads/x.lock" }, "InvalidReference", /\.lock/],
    [{ name: "refs/heads/a\nb" }, "InvalidReference", /character/],
    [{ name: "refs/heads/../../x" }, "InvalidReference", /'\.\.'/],
  ];
  for (const [reference, code, message, repository] of cases) {
    await assert.rejects(
      resolveReference(world.client, world.remote(repository), reference, world.signal),
      hasCode(code, message),
    );
  }
  const commit = "0123456789012345678901234567890123456789";
  const mirror = world.client.mirrorOf(world.remote());
  await assert.rejects(mirror.ensure({ commit }, world.signal), hasCode("CommitNotFound", new RegExp(commit)));
});

test("a tree comes with modes and without links", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({
    "a.yaml": "a: 1\n",
    "bin/run": { mode: "executable", content: "#!/bin/sh\n" },
    link: { mode: "symlink", target: "/etc/passwd" },
    "dir/link": { mode: "symlink", target: "../../.." },
    module: { mode: "submodule", commit: "0123456789012345678901234567890123456789" },
    "same.yaml": "a: 1\n",
    "näme with space\tand tab": "x",
  });
  assert.deepEqual(await contentOf(world, { branch: "main" }), {
    "a.yaml": "a: 1\n",
    "bin/run*": "#!/bin/sh\n",
    "näme with space\tand tab": "x",
    "same.yaml": "a: 1\n",
  });
});

test("a second fetch brings only what is new, and a third nothing at all", async (t) => {
  const world = await setUp(t);
  const noise = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 2_654_435_761) % 251));
  world.fixture.commit({ big: noise, "a.yaml": "a: 1\n" });
  await contentOf(world, { branch: "main" });
  const fetched = (): number =>
    world.requests
      .filter((each) => each.path.endsWith("/git-upload-pack"))
      .reduce((sum, each) => sum + each.bytesSent, 0);
  const full = fetched();
  world.requests.length = 0;
  world.fixture.commit({ "a.yaml": "a: 2\n" });
  assert.equal((await contentOf(world, { branch: "main" }))["a.yaml"], "a: 2\n");
  const incremental = fetched();
  assert.ok(incremental < 2_000, `${incremental} bytes after ${full}`);
  world.requests.length = 0;
  await contentOf(world, { branch: "main" });
  assert.deepEqual(
    world.requests.map((each) => each.path),
    ["/fleet.git/info/refs?service=git-upload-pack", "/fleet.git/git-upload-pack"],
  );
});

test("nothing is checked out, and history stays shallow", async (t) => {
  const world = await setUp(t, { local: true });
  for (let i = 0; i < 5; i++) world.fixture.commit({ a: String(i) });
  await contentOf(world, { branch: "main" });
  const [mirror = ""] = readdirSync(world.cache);
  assert.deepEqual(
    readdirSync(join(world.cache, mirror)).sort(),
    ["HEAD", "branches", "config", "objects", "refs", "shallow"].filter(
      (name) => name !== "branches" || readdirSync(join(world.cache, mirror)).includes("branches"),
    ),
  );
  assert.equal(
    readFileSync(join(world.cache, mirror, "shallow"), "utf8")
      .trim()
      .split("\n").length,
    1,
  );
});

test("many fetches do not pile up", async (t) => {
  const plain = await setUp(t, { local: true });
  const world: World = { ...plain, client: new GitClient({ directory: plain.cache, maxPacks: 3, allowLocal: true }) };
  for (let i = 0; i < 4; i++) {
    world.fixture.commit({ a: String(i) });
    await contentOf(world, { branch: "main" });
  }
  const [mirror = ""] = readdirSync(world.cache);
  const packs = readdirSync(join(world.cache, mirror, "objects", "pack")).filter((name) => name.endsWith(".pack"));
  assert.ok(packs.length <= 2, String(packs.length));
});

test("repositories that nobody uses any more are removed", async (t) => {
  const plain = await setUp(t, { local: true });
  let now = 0;
  const client = new GitClient({ directory: plain.cache, now: () => now, allowLocal: true });
  const world: World = { ...plain, client };
  world.fixture.commit({ a: "1" });
  assert.equal(await client.removeUnused(1000), 0, "before there is anything");
  await contentOf(world, { branch: "main" });
  now = 1000;
  assert.equal(await client.removeUnused(1000), 0);
  now = 1001;
  assert.equal(await client.removeUnused(1000), 1);
  assert.deepEqual(readdirSync(world.cache), []);
  assert.deepEqual(await contentOf(world, { branch: "main" }), { a: "1" });
  assert.equal(await new GitClient({ directory: plain.cache }).removeUnused(1000), 1, "of an earlier process");
});

test("a commit has to be on the branch that is named", async (t) => {
  const world = await setUp(t, { local: true });
  const old = world.fixture.commit({ a: "old" });
  for (let i = 0; i < 3; i++) world.fixture.commit({ a: String(i) });
  const elsewhere = world.fixture.commit({ a: "elsewhere" }, { branch: "other", orphan: true });
  const mirror = world.client.mirrorOf(world.remote());
  await mirror.ensureOnBranch(old, "refs/heads/main", world.signal);
  await mirror.ensure({ commit: elsewhere }, world.signal);
  await assert.rejects(
    mirror.ensureOnBranch(elsewhere, "refs/heads/main", world.signal),
    hasCode("CommitNotFound", /is not part of refs\/heads\/main/),
  );
});

test("a force-pushed branch is followed", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ a: "1", b: "1" });
  await contentOf(world, { branch: "main" });
  world.fixture.commit({ a: "2" }, { orphan: true });
  assert.deepEqual(await contentOf(world, { branch: "main" }), { a: "2" });
});

test("a process that was killed leaves nothing that stops the next one", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ a: "1" });
  await contentOf(world, { branch: "main" });
  const [mirror = ""] = readdirSync(world.cache);
  writeFileSync(join(world.cache, mirror, "shallow.lock"), "");
  writeFileSync(join(world.cache, mirror, "HEAD.lock"), "");
  writeFileSync(join(world.cache, mirror, "objects", "pack", "tmp_pack_abc"), "half");
  world.fixture.commit({ a: "2" });
  const restarted = { ...world, client: new GitClient({ directory: world.cache }) };
  assert.deepEqual(await contentOf(restarted, { branch: "main" }), { a: "2" });
  assert.ok(!readdirSync(join(world.cache, mirror, "objects", "pack")).includes("tmp_pack_abc"));
});

test("a lock that appears while the process runs does not stop it for good", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ a: "1" });
  await contentOf(world, { branch: "main" });
  const [mirror = ""] = readdirSync(world.cache);
  writeFileSync(join(world.cache, mirror, "shallow.lock"), "");
  world.fixture.commit({ a: "2" });
  assert.deepEqual(await contentOf(world, { branch: "main" }), { a: "2" });
});

test("killing the process at any point of a fetch harms nothing", async (t) => {
  const world = await setUp(t);
  const program = `
    import { GitClient } from ${JSON.stringify(new URL("./git-client.ts", import.meta.url).href)};
    const git = new GitClient({ directory: ${JSON.stringify(world.cache)} });
    const remote = { url: git.parseUrl(${JSON.stringify(world.remote().url.address)}), credentials: {} };
    const signal = AbortSignal.timeout(20_000);
    process.stdout.write("ready");
    for await (const line of process.stdin) await git.mirrorOf(remote).ensure({ commit: String(line).trim() }, signal);`;
  for (const delayMs of [0, 20, 60]) {
    const big = randomBytes(500_000);
    const commit = world.fixture.commit({ big, [`after-${delayMs}`]: "1" });
    const args = ["--input-type=module-typescript", "-e", program];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
    await once(child.stdout, "data");
    child.stdin.write(`${commit}\n`);
    await delay(delayMs);
    child.kill("SIGKILL");
    await once(child, "exit");
    const restarted: World = { ...world, client: new GitClient({ directory: world.cache }) };
    const files = await contentOf(restarted, { branch: "main" });
    assert.equal(files[`after-${delayMs}`], "1");
  }
});

test("a damaged cache is made anew", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ a: "1" });
  await contentOf(world, { branch: "main" });
  const [mirror = ""] = readdirSync(world.cache);
  writeFileSync(join(world.cache, mirror, "shallow"), "garbage\n");
  world.fixture.commit({ a: "2" });
  const restarted = { ...world, client: new GitClient({ directory: world.cache }) };
  assert.deepEqual(await contentOf(restarted, { branch: "main" }), { a: "2" });
});

test("objects that were lost are noticed, and fetched again at the next attempt", async (t) => {
  const world = await setUp(t, { local: true });
  const b = randomBytes(2000).toString("base64");
  world.fixture.commit({ a: "1", b });
  const remote = world.remote();
  const revision = await resolveReference(world.client, remote, { branch: "main" }, world.signal);
  const mirror = world.client.mirrorOf(remote);
  await mirror.ensure(revision, world.signal);
  const [name = ""] = readdirSync(world.cache);
  const packs = join(world.cache, name, "objects", "pack");
  for (const file of readdirSync(packs)) {
    if (!file.endsWith(".pack")) continue;
    const path = join(packs, file);
    chmodSync(path, 0o600);
    // Commits and trees come first in a pack; this hits the last blob.
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, bytes.length - 400, bytes.length - 20));
  }
  await assert.rejects(contentOf(world, { branch: "main" }), hasCode("CacheDamaged"));
  assert.deepEqual(await contentOf(world, { branch: "main" }), { a: "1", b });
});

test("a branch may become a directory of branches", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ a: "1" }, { branch: "release" });
  assert.deepEqual(await contentOf(world, { branch: "release" }), { a: "1" });
  world.fixture.git("branch", "-D", "release");
  world.fixture.commit({ a: "2" }, { branch: "release/1.0" });
  assert.deepEqual(await contentOf(world, { branch: "release/1.0" }), { a: "2" });
});

test("credentials open the door, and only the right ones", async (t) => {
  const auth = { username: "git user", password: "p'a\"$(id)`;ss:w%rd" };
  const world = await setUp(t, { auth });
  world.fixture.commit({ a: "1" });
  const list = async (credentials: GitCredentials): Promise<number> =>
    (await world.client.listReferences(world.remote("fleet", credentials), "heads", world.signal)).size;
  assert.equal(await list(auth), 1);
  await assert.rejects(list({}), hasCode("AuthenticationFailed"));
  await assert.rejects(list({ username: "git user", password: "wrong-secret" }), (error) => {
    hasCode("AuthenticationFailed")(error);
    assert.ok(!String(error).includes("wrong-secret"));
    return true;
  });
  await world.client
    .mirrorOf(world.remote("fleet", auth))
    .ensure({ commit: world.fixture.git("rev-parse", "main") }, world.signal);
});

test("a bearer token", async (t) => {
  const world = await setUp(t, { auth: { bearerToken: "t0ken" } });
  const commit = world.fixture.commit({ a: "1" });
  const mirror = world.client.mirrorOf(world.remote("fleet", { bearerToken: "t0ken" }));
  await mirror.ensure({ commit }, world.signal);
  assert.equal(await mirror.has(commit, world.signal), true);
  const wrong = world.client.listReferences(world.remote("fleet", { bearerToken: "no" }), "heads", world.signal);
  await assert.rejects(wrong, hasCode("AuthenticationFailed"));
});

/** Answers every request with a redirect, and remembers the credentials that arrived. */
async function redirector(t: TestContext, target: (path: string) => string): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization ?? "");
    response.writeHead(302, { Location: target(request.url ?? "") }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test("credentials stay with their origin", async (t) => {
  const seen: string[] = [];
  const thief = createServer((request, response) => {
    seen.push(request.headers.authorization ?? "");
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
  });
  await new Promise<void>((resolve) => thief.listen(0, "127.0.0.1", resolve));
  t.after(() => thief.close());
  const thiefUrl = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;
  const gate = await redirector(t, (path) => thiefUrl + path);
  const client = new GitClient({ directory: temporaryDirectory(t) });
  const list = (credentials: GitCredentials): Promise<unknown> =>
    client.listReferences(
      { url: client.parseUrl(`${gate.url}/fleet.git`), credentials },
      "heads",
      AbortSignal.timeout(10_000),
    );
  await assert.rejects(list({ bearerToken: "t0ken" }), hasCode("Redirected"));
  await assert.rejects(list({ username: "u", password: "p" }), hasCode("AuthenticationFailed"));
  assert.deepEqual(
    seen.filter((header) => header !== ""),
    [],
    "nothing was shown to the other origin",
  );
});

test("a redirect without credentials is followed", async (t) => {
  const world = await setUp(t);
  world.fixture.commit({ a: "1" });
  const gate = await redirector(t, (path) => world.server.url + path);
  const remote: GitRemote = { url: world.client.parseUrl(`${gate.url}/fleet.git`), credentials: {} };
  assert.equal((await world.client.listReferences(remote, "heads", world.signal)).size, 1);
});

test("submodules are part of the tree, with the parent's credentials at the same origin only", async (t) => {
  const auth = { username: "u", password: "p" };
  const world = await setUp(t, { auth });
  const library = new GitFixture(join(world.fixture.directory, ".."), "library");
  const commit = library.commit({ "lib.yaml": "lib" });
  library.commit({ "lib.yaml": "newer" });
  world.fixture.commit({
    ".gitmodules":
      '[submodule "l"]\n\tpath = vendor/lib\n\turl = ../library.git\n[submodule "gone"]\n\tpath = gone\n\turl = ../gone.git\n',
    "vendor/lib": { mode: "submodule", commit },
    "a.yaml": "a",
  });
  const remote = world.remote("fleet", auth);
  const read = async (options: Partial<OpenTreeOptions>): Promise<readonly string[]> => {
    const revision = await resolveReference(world.client, remote, { branch: "main" }, world.signal);
    await world.client.mirrorOf(remote).ensure(revision, world.signal);
    const tree = await openTree(world.client, remote, revision.commit, {
      limits: defaultTreeLimits,
      signal: world.signal,
      ...options,
    });
    return [...(await tree.read(tree.paths)).keys()];
  };
  assert.deepEqual(await read({ recurseSubmodules: true }), [".gitmodules", "a.yaml", "vendor/lib/lib.yaml"]);
  assert.deepEqual(await read({ recurseSubmodules: false }), [".gitmodules", "a.yaml"]);
  assert.deepEqual(await read({ recurseSubmodules: true, sparseCheckout: ["vendor"] }), ["vendor/lib/lib.yaml"]);
});

for (const [name, url, code] of [
  ["an option", "--upload-pack=touch x", "InvalidUrl"],
  ["an external helper", "ext::sh -c id", "InvalidUrl"],
  ["a local directory", "/etc", "InvalidUrl"],
  ["a file URL", "file:///etc", "InvalidUrl"],
  ["an option as host", "ssh://-oProxyCommand=id/x", "InvalidUrl"],
  ["itself for ever", "./", "LimitExceeded"],
] as const) {
  test(`a submodule is refused: ${name}`, async (t) => {
    const world = await setUp(t);
    const modules = { ".gitmodules": `[submodule "m"]\n\tpath = m\n\turl = ${url}\n` };
    const base = world.fixture.commit(modules);
    // The link points to the commit that holds the same link again, where the URL leads back here.
    const commit = name === "itself for ever" ? base : "0123456789012345678901234567890123456789";
    world.fixture.commit({ ...modules, m: { mode: "submodule", commit } });
    const limits = { ...defaultTreeLimits, maxSubmodules: 0 };
    await assert.rejects(
      contentOf(
        world,
        { branch: "main" },
        { recurseSubmodules: true, limits: code === "LimitExceeded" ? limits : defaultTreeLimits },
      ),
      hasCode(code, /^submodule m: /),
    );
  });
}

test("sparse checkout takes directories, and has to find them", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ "a/x": "1", "ab/x": "2", "b/c/y": "3", z: "4" });
  const paths = async (...sparseCheckout: string[]): Promise<string[]> =>
    Object.keys(await contentOf(world, { branch: "main" }, { sparseCheckout }));
  assert.deepEqual(await paths("a"), ["a/x"]);
  assert.deepEqual(await paths("./a", "b/c/"), ["a/x", "b/c/y"]);
  assert.deepEqual(await paths("."), ["a/x", "ab/x", "b/c/y", "z"]);
  await assert.rejects(
    paths("a", "nope"),
    hasCode("PathNotFound", /sparse checkout dir 'nope' does not exist in repository/),
  );
  await assert.rejects(paths("../x"), hasCode("InvalidPath", /'\.\.\/x'/));
  await assert.rejects(paths("a/../../x"), hasCode("InvalidPath"));
  await assert.rejects(paths("/etc"), hasCode("InvalidPath"));
});

test("limits have a clear end", async (t) => {
  const world = await setUp(t, { local: true });
  world.fixture.commit({ "big.bin": "x".repeat(1000), small: "x", tiny: "y" });
  const read = (limits: Partial<typeof defaultTreeLimits>): Promise<unknown> =>
    contentOf(world, { branch: "main" }, { limits: { ...defaultTreeLimits, ...limits } });
  await assert.rejects(
    read({ maxFileBytes: 999 }),
    hasCode("LimitExceeded", /^big\.bin: file of 1000 bytes is larger than 999/),
  );
  await assert.rejects(read({ maxTotalBytes: 1001 }), hasCode("LimitExceeded", /^tiny: .*larger than 1001 bytes/));
  await assert.rejects(read({ maxEntries: 2 }), hasCode("LimitExceeded", /more than 2 files/));
});

test("a server that hangs is a timeout, a caller that leaves is not a failure", async (t) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = new GitClient({ directory: temporaryDirectory(t) });
  const remote: GitRemote = {
    url: client.parseUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`),
    credentials: {},
  };
  await assert.rejects(
    client.listReferences(remote, "heads", AbortSignal.timeout(300)),
    hasCode("Timeout", /x\.git: timed out/),
  );
  const controller = new AbortController();
  const reason = new Error("shutting down");
  const pending = client.listReferences(remote, "heads", controller.signal);
  controller.abort(reason);
  await assert.rejects(pending, reason);
});

test("a server that is away is a failed connection", async (t) => {
  const world = await setUp(t);
  world.fixture.commit({ a: "1" });
  await world.server.close();
  await assert.rejects(
    world.client.listReferences(world.remote(), "heads", world.signal),
    hasCode("ConnectionFailed", /^http:\/\/127\.0\.0\.1:\d+\/fleet\.git: /),
  );
});

test("callers of the same moment share a request", async (t) => {
  const world = await setUp(t);
  world.fixture.commit({ a: "1" });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => world.client.listReferences(world.remote(), "heads", world.signal)),
  );
  assert.equal(answers.length, 20);
  const polls = world.requests.filter((each) => each.path.includes("info/refs")).length;
  assert.ok(polls <= 2, `${polls} polls`);
});

test("a local directory needs permission", async (t) => {
  const directory = temporaryDirectory(t);
  const fixture = new GitFixture(directory, "local");
  const commit = fixture.commit({ a: "1" });
  const client = new GitClient({ directory: join(directory, "cache"), allowLocal: true });
  for (const address of [fixture.directory, `file://${fixture.directory}`]) {
    const remote: GitRemote = { url: client.parseUrl(address), credentials: {} };
    const revision = await resolveReference(client, remote, { branch: "main" }, AbortSignal.timeout(10_000));
    await client.mirrorOf(remote).ensure(revision, AbortSignal.timeout(10_000));
    assert.equal(revision.commit, commit);
    assert.throws(() => new GitClient({ directory }).parseUrl(address), hasCode("InvalidUrl"));
  }
});
