import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { GitFixture, temporaryDirectory } from "@sluice/testing";
import { gitCredentialsFrom } from "./credentials.ts";
import { GitError, type GitErrorCode } from "./errors.ts";
import { GitClient, type GitRemote } from "./git-client.ts";
import { serveGitRepositories } from "./http-server.ts";

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const skip = hasOpenssl() ? false : "openssl is not installed";

/** A certificate authority, and what it has signed. */
class Authority {
  readonly #directory: string;
  readonly certificate: string;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    const [key, certificate] = [join(directory, "ca.key"), join(directory, "ca.crt")];
    this.#openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      key,
      "-out",
      certificate,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
    );
    this.certificate = readFileSync(certificate, "utf8");
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { stdio: "ignore" });
  }

  issue(name: string, extension: string): { cert: string; key: string } {
    const at = (suffix: string): string => join(this.#directory, `${name}.${suffix}`);
    writeFileSync(at("ext"), extension);
    this.#openssl(
      "req",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      at("key"),
      "-out",
      at("csr"),
      "-subj",
      `/CN=${name}`,
    );
    this.#openssl(
      "x509",
      "-req",
      "-in",
      at("csr"),
      "-CA",
      join(this.#directory, "ca.crt"),
      "-CAkey",
      join(this.#directory, "ca.key"),
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      at("ext"),
      "-out",
      at("crt"),
    );
    return { cert: readFileSync(at("crt"), "utf8"), key: readFileSync(at("key"), "utf8") };
  }
}

function hasCode(code: GitErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GitError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

function secretOf(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
}

test("certificates: the authority's and the client's own", { skip }, async (t) => {
  const directory = temporaryDirectory(t);
  const authority = new Authority(directory, "test authority");
  const server = authority.issue("server", "subjectAltName=IP:127.0.0.1\n");
  const client = authority.issue("client", "extendedKeyUsage=clientAuth\n");
  new GitFixture(join(directory, "repositories"), "fleet").commit({ a: "1" });
  const start = async (requestCert: boolean): Promise<string> => {
    const tls = { ...server, ca: authority.certificate, requestCert, rejectUnauthorized: requestCert };
    const running = await serveGitRepositories(join(directory, "repositories"), { tls });
    t.after(() => running.close());
    return running.url;
  };
  const git = new GitClient({ directory: join(directory, "cache") });
  const list = async (base: string, secret: Record<string, string>): Promise<number> => {
    const url = git.parseUrl(`${base}/fleet.git`);
    const remote: GitRemote = { url, credentials: gitCredentialsFrom(url, secretOf(secret), "default/tls") };
    return (await git.listReferences(remote, "heads", AbortSignal.timeout(20_000))).size;
  };
  const open = await start(false);
  assert.equal(await list(open, { "ca.crt": authority.certificate }), 1);
  assert.equal(await list(open, { caFile: authority.certificate }), 1);
  await assert.rejects(list(open, {}), hasCode("CertificateRejected"));
  const mutual = await start(true);
  const pair = { "tls.crt": client.cert, "tls.key": client.key };
  assert.equal(await list(mutual, { ...pair, "ca.crt": authority.certificate }), 1);
  assert.equal(await list(mutual, { certFile: client.cert, keyFile: client.key, caFile: authority.certificate }), 1);
  // With TLS 1.3 the refusal comes after the handshake, and may overtake the request or cut the connection.
  await assert.rejects(list(mutual, { "ca.crt": authority.certificate }), (error) => {
    assert.ok(error instanceof GitError && /^(CertificateRejected|ConnectionFailed)$/.test(error.code), String(error));
    return true;
  });
  await assert.rejects(
    list(mutual, { "tls.crt": client.cert, "ca.crt": authority.certificate }),
    hasCode("AuthenticationFailed"),
  );
});

/** An HTTP proxy that wants a login and counts its tunnels and requests. */
async function startProxy(t: TestContext): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const wanted = `Basic ${Buffer.from("pat:p@ss/word").toString("base64")}`;
  const proxy = createServer((request, response) => {
    if (request.headers["proxy-authorization"] !== wanted) {
      response.writeHead(407, { "Proxy-Authenticate": 'Basic realm="proxy"' }).end();
      return;
    }
    const target = new URL(request.url ?? "");
    seen.push(target.pathname);
    const upstream = connect(Number(target.port), target.hostname);
    const { "proxy-authorization": _login, ...headers } = request.headers;
    const head = Object.entries({ ...headers, connection: "close" }).map(
      ([name, value]) => `${name}: ${String(value)}\r\n`,
    );
    upstream.write(`${request.method} ${target.pathname}${target.search} HTTP/1.1\r\n${head.join("")}\r\n`);
    relay(request, upstream);
    upstream.pipe(request.socket);
    response.detachSocket(request.socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen };
}

function relay(request: IncomingMessage, upstream: NodeJS.WritableStream): void {
  request.on("data", (chunk: Buffer) => upstream.write(chunk));
}

test("a proxy with a login", async (t) => {
  const directory = temporaryDirectory(t);
  new GitFixture(join(directory, "repositories"), "fleet").commit({ a: "1" });
  const server = await serveGitRepositories(join(directory, "repositories"));
  t.after(() => server.close());
  const proxy = await startProxy(t);
  const git = new GitClient({ directory: join(directory, "cache") });
  const list = (login: string): Promise<unknown> => {
    const url = git.parseUrl(`${server.url}/fleet.git`);
    const remote: GitRemote = { url, credentials: { proxy: proxy.url.replace("http://", `http://${login}`) } };
    return git.listReferences(remote, "heads", AbortSignal.timeout(20_000));
  };
  await list("pat:p%40ss%2Fword@");
  assert.ok(proxy.seen.includes("/fleet.git/info/refs"));
  await assert.rejects(
    list("pat:wrong@"),
    (error) => hasCode("AuthenticationFailed")(error) && !String(error).includes("wrong"),
  );
});
