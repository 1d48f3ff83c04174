import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** One request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Which connection carried it, counted from one. */
  readonly connection: number;
  /** Common name of the client's certificate. */
  readonly peer: string | undefined;
}

/** Answers a request; anything not written through `reply` is the handler's own business. */
export type Handler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** A protocol-level stand-in for an API server: tests say what each request is answered. */
export class FakeApiServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Map<Socket, number>();

  private constructor(handler: Handler, tls?: ServerOptions) {
    const listener = (message: IncomingMessage, response: ServerResponse): void => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("end", () => {
        const url = new URL(message.url ?? "/", "http://fake");
        const request: SeenRequest = {
          method: message.method ?? "",
          path: url.pathname,
          query: url.searchParams,
          headers: message.headers,
          body: Buffer.concat(chunks).toString("utf8"),
          connection: this.#sockets.get(message.socket) ?? 0,
          peer: peerOf(message.socket),
        };
        this.requests.push(request);
        Promise.resolve(handler(request, response)).catch((error: unknown) => response.destroy(error as Error));
      });
    };
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
    this.#server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      this.#sockets.set(socket, ++this.connections);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a port of the system's choice. */
  static async start(handler: Handler, tls?: ServerOptions): Promise<FakeApiServer> {
    const server = new FakeApiServer(handler, tls);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** The requests apart from discovery. */
  get objectRequests(): SeenRequest[] {
    return this.requests.filter((request) => !/^\/api(\/v1)?$|^\/apis(\/[^/]+){0,2}$/.test(request.path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }
}

function peerOf(socket: Socket): string | undefined {
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Answers with JSON. */
export function reply(
  response: ServerResponse,
  statusCode: number,
  body: unknown,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(statusCode, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A `Status` as a server sends it. */
export function failure(code: number, reason: string, message: string, details: object = {}): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code };
}

interface FakeResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** What the fake serves unless a test says otherwise. */
export const coreResources: readonly FakeResource[] = [
  { group: "", version: "v1", kind: "ConfigMap", resource: "configmaps", namespaced: true },
  { group: "", version: "v1", kind: "Event", resource: "events", namespaced: true },
  { group: "", version: "v1", kind: "Namespace", resource: "namespaces", namespaced: false },
  { group: "apps", version: "v1", kind: "Deployment", resource: "deployments", namespaced: true },
  { group: "coordination.k8s.io", version: "v1", kind: "Lease", resource: "leases", namespaced: true },
];

/** Answers aggregated discovery; false when the request is not about discovery. */
export function replyDiscovery(
  request: SeenRequest,
  response: ServerResponse,
  resources: readonly FakeResource[] = coreResources,
): boolean {
  if (request.path !== "/api" && request.path !== "/apis") return replyResourceList(request, response, resources);
  const wanted = resources.filter((each) => (each.group === "") === (request.path === "/api"));
  const groups = [...new Set(wanted.map((each) => each.group))];
  const items = groups.map((group) => ({
    metadata: { name: group },
    versions: [
      {
        version: "v1",
        freshness: "Current",
        resources: wanted
          .filter((each) => each.group === group)
          .map((each) => ({
            resource: each.resource,
            responseKind: { group: "", version: "", kind: each.kind },
            scope: each.namespaced ? "Namespaced" : "Cluster",
            singularResource: each.kind.toLowerCase(),
            verbs: ["get", "list", "watch"],
            subresources: [{ subresource: "status" }],
          })),
      },
    ],
  }));
  reply(response, 200, { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items });
  return true;
}

function replyResourceList(
  request: SeenRequest,
  response: ServerResponse,
  resources: readonly FakeResource[],
): boolean {
  const match = /^\/api\/(v1)$|^\/apis\/([^/]+)\/([^/]+)$/.exec(request.path);
  if (match === null) return false;
  const [, core, group = "", version = core ?? ""] = match;
  const found = resources.filter((each) => each.group === group && each.version === version);
  if (found.length === 0) {
    response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n");
    return true;
  }
  reply(response, 200, {
    kind: "APIResourceList",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: found.flatMap((each) => [
      { name: each.resource, singularName: "", namespaced: each.namespaced, kind: each.kind, verbs: ["get"] },
      {
        name: `${each.resource}/status`,
        singularName: "",
        namespaced: each.namespaced,
        kind: each.kind,
        verbs: ["get"],
      },
    ]),
  });
  return true;
}
