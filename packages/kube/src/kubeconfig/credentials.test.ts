import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { isForbidden, StatusError } from "@sluice/api";
import { FakeClock, temporaryDirectory, TestAuthority } from "@sluice/testing";
import { createClient, type ClientOptions } from "../client/create-client.ts";
import type { ApiClient } from "../client/dynamic-client.ts";
import { systemClock } from "../clock.ts";
import { isConnectionError, KubeConfigError } from "../errors.ts";
import { FakeApiServer, failure, reply, type Handler } from "../test-server/fake-api-server.ts";
import { staticCredentials, tokenFileCredentials } from "./credentials.ts";
import { execCredentials } from "./exec-credentials.ts";
import type { ExecConfig } from "./kube-config.ts";
import { oidcCredentials } from "./oidc-credentials.ts";
import { parseKubeConfig } from "./parse.ts";
import { resolveRestConfig } from "./resolve.ts";
import type { Credentials, RestConfig } from "./rest-config.ts";

const authority = new TestAuthority();
const base64 = (text: string): string => Buffer.from(text).toString("base64");

async function startTls(
  handler: Handler,
  hosts: readonly string[] = ["127.0.0.1", "kubernetes"],
): Promise<FakeApiServer> {
  const identity = authority.issue({ commonName: "server", hosts });
  return FakeApiServer.start(handler, {
    ...identity,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  });
}

function client(
  server: FakeApiServer,
  credentials: Credentials,
  more: Partial<RestConfig> = {},
  options: ClientOptions = {},
): ApiClient {
  return createClient(
    { server: server.url, certificateAuthority: authority.certificate, namespace: "default", credentials, ...more },
    { maxRetries: 0, ...options },
  );
}

/** Answers 401 to everything but this token. */
function tokenHandler(valid: () => string): Handler {
  return (request, response) => {
    if (request.headers.authorization === `Bearer ${valid()}`) reply(response, 200, { ok: true });
    else reply(response, 401, failure(401, "Unauthorized", "Unauthorized"));
  };
}

test("the server's certificate is verified against the authority and the name", async () => {
  await using server = await startTls((_request, response) => reply(response, 200, {}));
  const verified = client(server, staticCredentials({}));
  await verified.request("GET", "/version");
  await verified.close();
  await using elsewhere = await startTls((_request, response) => reply(response, 200, {}), ["kubernetes"]);
  const attempts: [Partial<RestConfig>, boolean][] = [
    [{ certificateAuthority: new TestAuthority().certificate }, false],
    [{}, false],
    [{ tlsServerName: "kubernetes" }, true],
    [{ certificateAuthority: new TestAuthority().certificate, insecureSkipTlsVerify: true }, true],
  ];
  for (const [config, isAccepted] of attempts) {
    const each = client(elsewhere, staticCredentials({}), config);
    const request = each.request("GET", "/version");
    if (isAccepted) await request;
    else await assert.rejects(request, (error) => isConnectionError(error) && error.code === "ConnectionFailed");
    await each.close();
  }
});

test("a client certificate from a kubeconfig identifies the client, on kept connections", async () => {
  await using server = await startTls((_request, response) => reply(response, 200, {}));
  const identity = authority.issue({ commonName: "jane" });
  const text = JSON.stringify({
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    clusters: [
      { name: "a", cluster: { server: server.url, "certificate-authority-data": base64(authority.certificate) } },
    ],
    users: [
      {
        name: "a",
        user: { "client-certificate-data": base64(identity.cert), "client-key-data": base64(identity.key) },
      },
    ],
  });
  const api = createClient(await resolveRestConfig(parseKubeConfig(text), { env: {} }));
  for (let count = 0; count < 10; count++) await api.request("GET", "/version");
  assert.deepEqual(new Set(server.requests.map((request) => request.peer)), new Set(["jane"]));
  assert.ok(server.connections <= 2, `${server.connections} connections`);
  await api.close();
});

test("a certificate that is rotated is used from then on", async () => {
  await using server = await startTls((_request, response) => reply(response, 200, {}));
  let certificate = authority.issue({ commonName: "first" });
  const api = client(server, { current: () => Promise.resolve({ certificate }), refused: () => false });
  await api.request("GET", "/version");
  await api.request("GET", "/version");
  certificate = authority.issue({ commonName: "second" });
  await api.request("GET", "/version");
  assert.deepEqual(
    server.requests.map((request) => request.peer),
    ["first", "first", "second"],
  );
  await api.close();
});

test("a token file is read again when the server refuses what it said", async (context) => {
  const path = join(temporaryDirectory(context), "token");
  let valid = "one";
  writeFileSync(path, "one\n");
  await using server = await FakeApiServer.start(tokenHandler(() => valid));
  const api = client(server, tokenFileCredentials(path, systemClock));
  await api.request("GET", "/version");
  valid = "two";
  await assert.rejects(api.request("GET", "/version"), (error) => error instanceof StatusError && error.code === 401);
  assert.equal(server.requests.length, 3, "asked once more, not for ever");
  writeFileSync(path, "two\n");
  await api.request("GET", "/version");
  await api.close();
});

test("a refused constant token is not sent again", async () => {
  await using server = await FakeApiServer.start(tokenHandler(() => "other"));
  const api = client(server, staticCredentials({ authorization: "Bearer mine" }));
  await assert.rejects(api.request("GET", "/version"), (error) => error instanceof StatusError && !isForbidden(error));
  assert.equal(server.requests.length, 1);
  await api.close();
});

/** A plugin that counts its runs in a file and answers with `status` as JSON. */
function plugin(context: TestContext, script: string, more: Partial<ExecConfig> = {}): ExecConfig {
  const folder = temporaryDirectory(context);
  const path = join(folder, "plugin.mjs");
  writeFileSync(
    path,
    `import { appendFileSync, readFileSync, existsSync } from "node:fs";\nconst file = ${JSON.stringify(join(folder, "runs"))};\nappendFileSync(file, "x");\nconst run = readFileSync(file, "utf8").length;\nconst info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);\nconst answer = (status) => console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: "ExecCredential", status }));\n${script}`,
  );
  return {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: [path],
    interactiveMode: "Never",
    ...more,
  };
}

test("an exec plugin runs once until its credential ends or is refused", async (context) => {
  const clock = new FakeClock();
  const expires = new Date(clock.now() + 60_000).toISOString();
  const config = plugin(context, `answer({ token: "t" + run, expirationTimestamp: ${JSON.stringify(expires)} });`);
  const credentials = execCredentials(config, { env: process.env, clock });
  const both = await Promise.all([credentials.current(), credentials.current()]);
  assert.deepEqual(both, [{ authorization: "Bearer t1" }, { authorization: "Bearer t1" }]);
  await clock.advance(59_999);
  assert.deepEqual(await credentials.current(), { authorization: "Bearer t1" });
  await clock.advance(1);
  assert.deepEqual(await credentials.current(), { authorization: "Bearer t2" });
  assert.ok(credentials.refused());
  assert.deepEqual(await credentials.current(), { authorization: "Bearer t3" });
});

test("an exec plugin is told about the cluster and its own environment", async (context) => {
  const config = plugin(
    context,
    `answer({ token: [process.env.EXTRA, info.spec.interactive, info.spec.cluster?.server, info.spec.cluster?.config?.audience, Buffer.from(info.spec.cluster?.["certificate-authority-data"] ?? "", "base64")].join("|") });`,
    {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      provideClusterInfo: true,
      env: [{ name: "EXTRA", value: "e" }],
    },
  );
  const text = JSON.stringify({
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    clusters: [
      {
        name: "a",
        cluster: {
          server: "https://x",
          "certificate-authority-data": base64("CA"),
          extensions: [{ name: "client.authentication.k8s.io/exec", extension: { audience: "aud" } }],
        },
      },
    ],
    users: [{ name: "a", user: { exec: config } }],
  });
  const rest = await resolveRestConfig(parseKubeConfig(text), { env: { PATH: process.env["PATH"] } });
  assert.deepEqual(await rest.credentials.current(), { authorization: "Bearer e|false|https://x|aud|CA" });
});

test("an exec plugin may answer with a certificate", async (context) => {
  await using server = await startTls((_request, response) => reply(response, 200, {}));
  const { cert, key } = authority.issue({ commonName: "from-plugin" });
  const config = plugin(
    context,
    `answer({ clientCertificateData: ${JSON.stringify(cert)}, clientKeyData: ${JSON.stringify(key)} });`,
  );
  const api = client(server, execCredentials(config, { env: process.env, clock: systemClock }));
  await api.request("GET", "/version");
  await api.request("GET", "/version");
  assert.deepEqual(
    server.requests.map((request) => request.peer),
    ["from-plugin", "from-plugin"],
  );
  await api.close();
});

test("a plugin that fails says why, and is run again the next time", async (context) => {
  const cases: [string, Partial<ExecConfig>, RegExp][] = [
    ['console.error("login first"); process.exit(3);', {}, /exit code 3: login first; see the docs$/],
    ['console.log("not json");', {}, /not an ExecCredential in JSON/],
    ['console.log(\'{"kind":"Pod"}\');', {}, /not an ExecCredential/],
    ["answer({});", {}, /neither a token nor a certificate/],
    ['answer({ clientCertificateData: "x" });', {}, /must come together/],
    ['answer({ token: "t", expirationTimestamp: "soon" });', {}, /bad expirationTimestamp/],
    [
      'info.apiVersion = "client.authentication.k8s.io/v1beta1"; answer({ token: "t" });',
      {},
      /configured for client\.authentication\.k8s\.io\/v1, answered/,
    ],
    ["", { command: "/does/not/exist" }, /ENOENT.*; see the docs$/],
  ];
  for (const [script, more, message] of cases) {
    const config = plugin(context, script, { installHint: "see the docs", ...more });
    const credentials = execCredentials(config, { env: process.env, clock: systemClock });
    for (let attempt = 0; attempt < (script === "" ? 2 : 1); attempt++) {
      await assert.rejects(
        credentials.current(),
        (error) =>
          error instanceof KubeConfigError && error.code === "CredentialsFailed" && message.test(error.message),
        script,
      );
    }
  }
});

test("interactive plugins need a terminal, v1 plugins must say so", () => {
  const base = { command: "x", apiVersion: "client.authentication.k8s.io/v1" };
  const options = { env: {}, clock: systemClock, interactive: false };
  assert.throws(() => execCredentials({ ...base, interactiveMode: "Always" }, options), /needs a terminal/);
  assert.throws(() => execCredentials(base, options), /interactiveMode is required/);
  assert.throws(
    () => execCredentials({ ...base, command: "", interactiveMode: "Never" }, options),
    /command is required/,
  );
});

function idToken(expiresAtMs: number, name: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp: expiresAtMs / 1000, name })}.x`;
}

test("an OIDC id token is renewed with its refresh token", async () => {
  const clock = new FakeClock();
  let count = 0;
  await using issuer = await startTls((request, response) => {
    if (request.path.endsWith("/.well-known/openid-configuration")) {
      reply(response, 200, { token_endpoint: `${issuer.url}/token` });
      return;
    }
    count++;
    reply(response, 200, { id_token: idToken(clock.now() + 3_600_000, `n${count}`), refresh_token: `r${count}` });
  });
  const config = {
    issuerUrl: `${issuer.url}/realm/`,
    clientId: "kubectl",
    clientSecret: "s",
    certificateAuthority: authority.certificate,
  };
  const first = idToken(clock.now() + 60_000, "n0");
  const credentials = oidcCredentials({ ...config, idToken: first, refreshToken: "r0" }, clock);
  assert.deepEqual(await credentials.current(), { authorization: `Bearer ${first}` });
  await clock.advance(50_000);
  const renewed = await Promise.all([credentials.current(), credentials.current()]);
  assert.deepEqual(
    new Set(renewed.map((each) => each.authorization)),
    new Set([`Bearer ${idToken(clock.now() + 3_600_000, "n1")}`]),
  );
  assert.ok(credentials.refused());
  await credentials.current();
  const forms = issuer.requests.filter((request) => request.path === "/token").map((request) => request.body);
  assert.deepEqual(
    forms,
    [0, 1].map((index) => `grant_type=refresh_token&refresh_token=r${index}&client_id=kubectl&client_secret=s`),
  );

  const withoutRefresh = oidcCredentials({ ...config, idToken: idToken(0, "old") }, clock);
  await assert.rejects(withoutRefresh.current(), /has expired, and there is no refresh token/);
  assert.equal(withoutRefresh.refused(), false);
  const plain = oidcCredentials({ ...config, issuerUrl: "http://issuer.example", refreshToken: "r" }, clock);
  await assert.rejects(plain.current(), /not an https URL/);
});

/** A proxy that tunnels CONNECT and forwards nothing else. */
async function startProxy(): Promise<{ server: Server; targets: string[]; url: string; close: () => Promise<void> }> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, socket: Socket) => {
    targets.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    const [host, port] = (request.url ?? "").split(":");
    const upstream = connect(Number(port), host ?? "", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on("error", () => {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    targets,
    url: `http://user:pa%20ss@127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("requests and watches go through the proxy", async () => {
  const proxy = await startProxy();
  await using server = await startTls((request, response) => {
    if (request.query.has("follow")) response.end("line\n");
    else reply(response, 200, {});
  });
  const api = client(server, staticCredentials({ authorization: "Bearer t" }), { proxyUrl: proxy.url });
  await api.request("GET", "/version");
  const chunks: string[] = [];
  for await (const chunk of api.stream("/logs?follow=true")) chunks.push(Buffer.from(chunk).toString());
  assert.deepEqual(chunks, ["line\n"]);
  assert.deepEqual(new Set(proxy.targets), new Set([`127.0.0.1:${server.port} Basic ${base64("user:pa ss")}`]));
  await api.close();
  await proxy.close();
});

test("a gzip answer is unpacked where compression is asked for", async () => {
  await using server = await FakeApiServer.start((request, response) => {
    const body = JSON.stringify({ encoding: request.headers["accept-encoding"] ?? "none" });
    if (request.headers["accept-encoding"] === "gzip")
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync(body));
    else response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  const local = client(server, staticCredentials({}));
  assert.deepEqual(await local.request("GET", "/version"), { encoding: "none" });
  await local.close();
  // An address that does not look like loopback, though it leads there.
  const remote = createClient({
    server: `http://0.0.0.0:${server.port}`,
    namespace: "default",
    credentials: staticCredentials({}),
  });
  assert.deepEqual(await remote.request("GET", "/version"), { encoding: "gzip" });
  await remote.close();
});

/** A SOCKS5 server: no authentication, connects to IPv4 addresses and names. */
async function startSocks(): Promise<{ url: string; targets: string[]; close: () => Promise<void> }> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (request: Buffer) => {
        const isName = request[3] === 3;
        const size = isName ? request[4]! : 4;
        const at = isName ? 5 : 4;
        const host = isName ? request.toString("utf8", at, at + size) : request.subarray(at, at + size).join(".");
        const port = request.readUInt16BE(at + size);
        targets.push(`${host}:${port}`);
        const upstream = connect(port, host, () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.pipe(upstream).pipe(socket);
        });
        upstream.on("error", () => {});
        sockets.add(upstream);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    targets,
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("requests go through a SOCKS5 proxy", async () => {
  const proxy = await startSocks();
  await using server = await startTls((_request, response) => reply(response, 200, { ok: true }));
  const api = client(server, staticCredentials({}), { proxyUrl: proxy.url, tlsServerName: "kubernetes" });
  assert.deepEqual(await api.request("GET", "/version"), { ok: true });
  assert.deepEqual(proxy.targets, [`127.0.0.1:${server.port}`]);
  await api.close();
  await proxy.close();
});
