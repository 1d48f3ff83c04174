import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is served under a path: a status code and a text. */
export type HttpRoute = (request: IncomingMessage) => Promise<HttpAnswer> | HttpAnswer;

export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
  readonly contentType?: string;
}

/** A small HTTP server for probes and metrics. */
export class HttpListener {
  readonly #server: Server;
  readonly #routes: ReadonlyMap<string, HttpRoute>;

  private constructor(routes: ReadonlyMap<string, HttpRoute>) {
    this.#routes = routes;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.headersTimeout = 10_000;
    this.#server.requestTimeout = 10_000;
  }

  /** Listens on `host:port`; `:8080` and `8080` listen on loopback only, `0.0.0.0:8080` everywhere, port 0 on any. */
  static async start(address: string, routes: ReadonlyMap<string, HttpRoute>): Promise<HttpListener> {
    const { host, port } = parseAddress(address);
    const listener = new HttpListener(routes);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once("error", reject);
      listener.#server.listen(port, host, () => {
        listener.#server.removeListener("error", reject);
        resolve();
      });
    });
    return listener;
  }

  /** Where it listens: `http://127.0.0.1:8080`. */
  get url(): string {
    const address = this.#server.address() as AddressInfo;
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").replace(/\?.*/s, "");
    const answer = await this.#route(request, path);
    response.writeHead(answer.statusCode, {
      "content-type": answer.contentType ?? "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  }

  async #route(request: IncomingMessage, path: string): Promise<HttpAnswer> {
    const route = this.#routes.get(path);
    if (route === undefined) return { statusCode: 404, body: "404 page not found\n" };
    if (request.method !== "GET" && request.method !== "HEAD") return { statusCode: 405, body: "method not allowed\n" };
    try {
      return await route(request);
    } catch {
      // What failed is for the log of whoever registered the route, not for whoever asks.
      return { statusCode: 500, body: "internal error\n" };
    }
  }
}

/** Reads `host:port`, `:port` or `port`. Throws `RangeError` for anything else. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(?<host>\[[^\]]+\]|[^:]*):)?(?<port>\d{1,5})$/.exec(address);
  const port = Number(match?.groups?.["port"] ?? "65536");
  if (port > 65_535) throw new RangeError(`not an address to listen on: ${JSON.stringify(address)}`);
  const host = match?.groups?.["host"] ?? "";
  return { host: host === "" ? "127.0.0.1" : host.replace(/^\[|\]$/g, ""), port };
}
