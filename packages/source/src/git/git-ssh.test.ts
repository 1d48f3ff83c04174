import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { generateSshKey, GitFixture, sshUnavailable, startSshServer, temporaryDirectory } from "@sluice/testing";
import { gitCredentialsFrom, type GitCredentials } from "./credentials.ts";
import { GitError, type GitErrorCode } from "./errors.ts";
import { GitClient, type GitRemote } from "./git-client.ts";
import { parseGitUrl } from "./git-url.ts";
import { defaultTreeLimits } from "./limits.ts";
import { openTree } from "./tree.ts";

const skip = sshUnavailable() ?? false;

interface World {
  readonly client: GitClient;
  readonly commit: string;
  readonly keys: { readonly good: string; readonly encrypted: string; readonly stranger: string };
  readonly knownHosts: string;
  readonly otherKnownHosts: string;
  readonly remote: (data: Record<string, string>, path?: string) => GitRemote;
  readonly repository: string;
  readonly signal: AbortSignal;
}

function encode(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
}

async function setUp(t: TestContext): Promise<World> {
  const directory = temporaryDirectory(t);
  const fixture = new GitFixture(directory, "fleet");
  const commit = fixture.commit({ "a.yaml": "a: 1\n" });
  const good = generateSshKey(directory, "good");
  const encrypted = generateSshKey(directory, "encrypted", "open sesame's");
  const stranger = generateSshKey(directory, "stranger");
  const server = await startSshServer(join(directory, "sshd"), [good.publicKey, encrypted.publicKey]);
  t.after(() => server.close());
  const client = new GitClient({ directory: join(directory, "cache") });
  return {
    client,
    commit,
    keys: { good: good.identity, encrypted: encrypted.identity, stranger: stranger.identity },
    knownHosts: server.knownHosts,
    otherKnownHosts: `[127.0.0.1]:${server.port} ${stranger.publicKey}\n`,
    remote: (values, path = fixture.directory) => {
      const url = client.parseUrl(`ssh://${server.user}@127.0.0.1:${server.port}${path}`);
      return { url, credentials: gitCredentialsFrom(url, encode(values), "default/ssh") };
    },
    repository: fixture.directory,
    signal: AbortSignal.timeout(30_000),
  };
}

function hasCode(code: GitErrorCode, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GitError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

test("fetches over SSH with a key, with and without a passphrase", { skip }, async (t) => {
  const world = await setUp(t);
  const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("sluice-git-"));
  const before = temporary();
  const { good, encrypted } = world.keys;
  const windows = good.replaceAll("\n", "\r\n").trimEnd();
  const fetches = [{ identity: good }, { identity: encrypted, password: "open sesame's" }, { identity: windows }].map(
    async (data) => {
      const remote = world.remote({ ...data, known_hosts: world.knownHosts });
      const revision = { commit: world.commit, reference: "refs/heads/main" };
      await world.client.mirrorOf(remote).ensure(revision, world.signal);
      const options = { limits: defaultTreeLimits, signal: world.signal };
      const tree = await openTree(world.client, remote, revision.commit, options);
      assert.deepEqual(tree.paths, ["a.yaml"]);
    },
  );
  await Promise.all(fetches);
  assert.deepEqual(
    temporary().filter((name) => !before.includes(name)),
    [],
    "no key stays on the disk",
  );
});

test("refuses what it must refuse", { skip }, async (t) => {
  const world = await setUp(t);
  const { good, encrypted, stranger } = world.keys;
  const { knownHosts, otherKnownHosts } = world;
  const list = (data: Record<string, string>, path?: string): Promise<unknown> =>
    world.client.listReferences(world.remote(data, path), "heads", world.signal);
  const unknown = "[192.0.2.1]:22 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ5dGVzYnl0ZXNieXRlc2J5dGVzYnl0ZXNieXRlc2J5\n";
  const revoked = knownHosts.replace("[", "@revoked [") + knownHosts;
  const hostile = "/srv/x'$(touch${IFS}y)`id`";
  const known = { known_hosts: knownHosts };
  const attempts: readonly (readonly [Promise<unknown>, GitErrorCode, RegExp?])[] = [
    [list({ identity: stranger, ...known }), "AuthenticationFailed", /Permission denied/],
    [list({ identity: good, known_hosts: unknown }), "AuthenticationFailed", /[Hh]ost key/],
    [list({ identity: good, known_hosts: otherKnownHosts }), "AuthenticationFailed", /[Hh]ost key/],
    [list({ identity: good, known_hosts: revoked }), "AuthenticationFailed"],
    [list({ identity: encrypted, ...known, password: "wrong-one" }), "AuthenticationFailed", /^(?!.*wrong-one)/s],
    [list({ identity: "not a key", ...known }), "AuthenticationFailed"],
    [list({ identity: good, ...known }, `${world.repository}-absent`), "RepositoryNotFound"],
    [list({ identity: good, ...known }, hostile), "RepositoryNotFound"],
  ];
  await Promise.all(attempts.map(([attempt, code, message]) => assert.rejects(attempt, hasCode(code, message))));
});

test("a secret that cannot work is refused before anything is asked", { skip }, (t) => {
  const directory = temporaryDirectory(t);
  const knownHosts = "host ssh-ed25519 AAAA";
  const keys = {
    good: generateSshKey(directory, "good").identity,
    encrypted: generateSshKey(directory, "encrypted", "secret").identity,
  };
  const url = parseGitUrl("ssh://git@host/x");
  const remote = (values: Record<string, string>): unknown => gitCredentialsFrom(url, encode(values), "default/ssh");
  const refuses = (data: Record<string, string>, message: RegExp): void => {
    assert.throws(() => remote(data), hasCode("AuthenticationFailed", message));
  };
  refuses({ known_hosts: knownHosts }, /'identity' is required/);
  refuses({ identity: keys.good }, /'known_hosts' is required/);
  refuses(
    { identity: keys.encrypted, known_hosts: knownHosts },
    /encrypted but no 'password' field was provided in the secret 'default\/ssh'/,
  );
});

test("aborting ends ssh as well", { skip }, async (t) => {
  const { identity } = generateSshKey(temporaryDirectory(t), "key");
  const client = new GitClient({ directory: temporaryDirectory(t) });
  const credentials: GitCredentials = { identity, knownHosts: "host ssh-ed25519 AAAA" };
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  t.after(() => silent.close());
  const { port } = silent.address() as { port: number };
  const closed = new Promise<void>((resolve) =>
    silent.on("connection", (socket) =>
      socket
        .on("error", () => {})
        .on("close", () => resolve())
        .resume(),
    ),
  );
  const remote: GitRemote = { url: client.parseUrl(`ssh://git@127.0.0.1:${port}/x.git`), credentials };
  await assert.rejects(client.listReferences(remote, "heads", AbortSignal.timeout(400)), hasCode("Timeout"));
  await closed;
});
