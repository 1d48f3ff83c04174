import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request as sendRequest } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ApiServer } from "@sluice/apiserver";

/** A write on its way: not yet sent to the API server, or done there while the client has not heard of it. */
export interface PassingWrite {
  readonly stage: "before" | "after";
  /** `PATCH /api/v1/…`. */
  readonly line: string;
}

/** Stands between a client and an API server. */
export interface ApiProxy {
  /** Speaks plain HTTP, and is the administrator to the server. */
  readonly url: string;
  /** Sees each write twice. What answers `false` is cut off there. */
  onWrite: (write: PassingWrite) => boolean;
  close(): Promise<void>;
}

/** Starts a proxy on loopback, so that a test knows at which request a process is. */
export async function startApiProxy(server: ApiServer): Promise<ApiProxy> {
  const { cert, key } = server.clientIdentity("kubernetes-admin", ["system:masters"]);
  const agent = new Agent({ ca: server.caCertificate, cert, key, keepAlive: true, maxSockets: 64 });
  const sockets = new Set<Socket>();
  const proxy: ApiProxy = {
    url: "",
    onWrite: () => true,
    async close() {
      const closed = once(listener, "close");
      listener.close();
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };

  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = "GET", url = "/", headers } = request;
    const isWrite = method !== "GET";
    const line = `${method} ${url}`;
    if (isWrite && !proxy.onWrite({ stage: "before", line })) {
      request.socket.destroy();
      return;
    }
    const upstream = sendRequest(new URL(url, server.url), { method, headers, agent });
    upstream.on("response", (answer) => {
      if (isWrite && !proxy.onWrite({ stage: "after", line })) {
        request.socket.destroy();
        answer.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  };

  const listener = createServer(forward);
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  return Object.assign(proxy, { url: `http://127.0.0.1:${port}` });
}
