import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { ArtifactStorage } from "./artifact-storage.ts";
import { ArtifactError } from "./errors.ts";

export interface ArtifactServerOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: one that is free. */
  readonly port?: number;
}

/** A running server. */
export interface ArtifactServer {
  /** `host:port`. */
  readonly address: string;
  readonly port: number;
  /** Stops listening, lets downloads end for `graceMs` (default 5 s), then cuts them. */
  readonly close: (options?: { readonly graceMs?: number }) => Promise<void>;
}

/** Bytes that a `Range` header asks for, inclusive; `undefined` to send everything, `invalid` for one beyond the file. */
function parseRange(header: string | undefined, size: number): { start: number; end: number } | "invalid" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null) return undefined; // absent, or several ranges: the whole file answers that as well
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || start > end ? "invalid" : { start, end };
}

/** The artifact's path in a URL; `undefined` for whatever cannot be one. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split("?")[0] ?? "").slice(1);
  } catch {
    return undefined; // malformed escapes: there is no such file
  }
}

async function serve(storage: ArtifactStorage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "Content-Length": 0, ...headers }).end();
  };
  if (request.method !== "GET" && request.method !== "HEAD") {
    answer(405, { Allow: "GET, HEAD" });
    return;
  }
  const path = pathOf(request.url ?? "/");
  const stats = path === undefined ? undefined : await storage.find(path);
  if (path === undefined || stats === undefined) {
    answer(404);
    return;
  }
  const etag = `"${stats.size.toString(16)}-${Math.floor(stats.mtimeMs).toString(16)}"`;
  const headers: Record<string, string> = {
    ETag: etag,
    "Last-Modified": stats.mtime.toUTCString(),
    "Accept-Ranges": "bytes",
    "Content-Type": path.endsWith(".gz") ? "application/gzip" : "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
  };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, stats.size) : undefined;
  if (range === "invalid") {
    answer(416, { "Content-Range": `bytes */${stats.size}` });
    return;
  }
  const length = range === undefined ? stats.size : range.end - range.start + 1;
  if (range !== undefined) headers["Content-Range"] = `bytes ${range.start}-${range.end}/${stats.size}`;
  headers["Content-Length"] = String(length);
  if (request.method === "HEAD" || length === 0) {
    response.writeHead(range === undefined ? 200 : 206, headers).end();
    return;
  }
  const file = await storage.read(path, range);
  if (file === undefined) {
    answer(404); // collected since we looked
    return;
  }
  response.writeHead(range === undefined ? 200 : 206, headers);
  await pipeline(file.stream, response);
}

/** Serves the files of a storage by `GET` and `HEAD`, with entity tags and ranges. There are no listings. */
export async function serveArtifacts(
  storage: ArtifactStorage,
  options: ArtifactServerOptions = {},
): Promise<ArtifactServer> {
  const { host = "127.0.0.1", port = 0 } = options;
  const server = createServer((request, response) => {
    serve(storage, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy(); // the client has to notice that the body is not whole
      else response.writeHead(error instanceof ArtifactError && error.code === "InvalidArtifactPath" ? 404 : 500).end();
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.listen(port, host);
  await once(server, "listening");
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    address: `${host.includes(":") ? `[${host}]` : host}:${actualPort}`,
    port: actualPort,
    close: async ({ graceMs = 5_000 } = {}) => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
