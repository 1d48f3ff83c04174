import { spawn } from "node:child_process";
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { baseEnvironment, configEnvironment } from "./run-git.ts";

/** One answered request. */
export interface GitRequestRecord {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  /** Of the answer's body. */
  readonly bytesSent: number;
  /** Of the request's body. */
  readonly bytesReceived: number;
}

export interface GitServerOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** What a request has to bring. Default: nothing. */
  readonly auth?: { readonly username: string; readonly password: string } | { readonly bearerToken: string };
  /** Whether `git push` is accepted. Default: yes. */
  readonly allowPush?: boolean;
  /** Serve HTTPS with these. */
  readonly tls?: TlsOptions;
  readonly onRequest?: (record: GitRequestRecord) => void;
}

/** A running server. */
export interface GitServer {
  /** `http://127.0.0.1:<port>`; a repository in `<directory>/fleet.git` is at `<url>/fleet.git`. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, cuts open connections and ends running git processes. */
  readonly close: () => Promise<void>;
}

const endpoint = /^\/[^\0]*\/(info\/refs|git-upload-pack|git-receive-pack)$/;

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function isAuthorized(header: string | undefined, auth: GitServerOptions["auth"]): boolean {
  if (auth === undefined) return true;
  const [scheme = "", value = ""] = (header ?? "").split(" ", 2);
  if ("bearerToken" in auth) return scheme.toLowerCase() === "bearer" && sameText(value, auth.bearerToken);
  const given = Buffer.from(value, "base64").toString("utf8");
  return scheme.toLowerCase() === "basic" && sameText(given, `${auth.username}:${auth.password}`);
}

function cgiEnvironment(request: IncomingMessage, directory: string, allowPush: boolean): Record<string, string> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const header = (name: string): string => String(request.headers[name] ?? "");
  return {
    ...baseEnvironment(),
    ...configEnvironment([
      ["safe.directory", "*"],
      ["http.getanyfile", "false"],
      ["http.receivepack", allowPush ? "true" : "false"],
      ["gc.auto", "0"],
      ["receive.autogc", "false"],
    ]),
    GIT_PROJECT_ROOT: directory,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_PROTOCOL: header("git-protocol"),
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? "GET",
    CONTENT_TYPE: header("content-type"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    REMOTE_ADDR: request.socket.remoteAddress ?? "",
    REMOTE_USER: "git",
  };
}

/** Reads the head of a CGI answer: `Status: 404 Not Found` and other headers. */
function parseCgiHead(head: string): { status: number; headers: readonly (readonly [string, string])[] } {
  let status = 200;
  const headers: (readonly [string, string])[] = [];
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.push([name, value]);
  }
  return { status, headers };
}

/** Takes the head off a CGI answer, hands it to `onHead`, and yields the body. */
async function* bodyOf(output: AsyncIterable<Buffer>, onHead: (head: string) => void): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    onHead(head.toString("latin1", 0, end));
    const rest = head.subarray(end + 4);
    head = undefined;
    if (rest.length > 0) yield rest;
  }
  if (head !== undefined) onHead("Status: 500 Internal Server Error");
}

/** Runs one request through `git http-backend`. Resolves to the number of body bytes sent. */
async function runBackend(
  request: IncomingMessage,
  response: ServerResponse,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<number> {
  const child = spawn("git", ["http-backend"], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
    signal,
    killSignal: "SIGKILL",
  });
  child.on("error", () => response.destroy());
  child.stdin.on("error", () => {}); // the backend stopped reading: its answer says why
  request.pipe(child.stdin);
  response.on("close", () => {
    if (!response.writableFinished) child.kill("SIGKILL");
  });
  let bytesSent = 0;
  const body = bodyOf(child.stdout as AsyncIterable<Buffer>, (head) => {
    const { status, headers } = parseCgiHead(head);
    for (const [name, value] of headers) response.setHeader(name, value);
    response.writeHead(status);
  });
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytesSent += chunk.length;
        yield chunk;
      }
    },
    response,
  );
  return bytesSent;
}

/**
 * Serves every repository below a directory over Git's smart HTTP protocol, clone and push, by `git http-backend`.
 * Meant for a machine's own use: the demo's fleet repository, tests.
 */
export async function serveGitRepositories(directory: string, options: GitServerOptions = {}): Promise<GitServer> {
  const { host = "127.0.0.1", port = 0, auth, allowPush = true, tls, onRequest } = options;
  const root = resolve(directory);
  const running = new AbortController();
  const sockets = new Set<Socket>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    if (!isAuthorized(request.headers.authorization, auth)) {
      request.resume();
      const challenge = auth !== undefined && "bearerToken" in auth ? "Bearer" : 'Basic realm="git"';
      response.writeHead(401, { "WWW-Authenticate": challenge, "Content-Length": 0 }).end();
      return 0;
    }
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (!endpoint.test(pathname) || /(^|\/)\.\.?(\/|$)|%/.test(pathname)) {
      request.resume();
      response.writeHead(404, { "Content-Length": 0 }).end();
      return 0;
    }
    return runBackend(request, response, cgiEnvironment(request, root, allowPush), running.signal);
  };

  const listener: RequestListener = (request, response) => {
    let bytesReceived = 0;
    request.on("data", (chunk: Buffer) => {
      bytesReceived += chunk.length;
    });
    const record = (bytesSent: number): void => {
      const { method = "GET", url: path = "/" } = request;
      onRequest?.({ method, path, status: response.statusCode, bytesSent, bytesReceived });
    };
    handle(request, response).then(record, () => {
      response.destroy(); // the client sees a broken connection, as it would from any server that failed here
    });
  };

  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  const { port: actualPort } = server.address() as AddressInfo;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${shownHost}:${actualPort}`,
    port: actualPort,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      running.abort();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
