import { Agent, request, type AgentOptions } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { startApiServer } from "@sluice/apiserver";
import { startControlPlane } from "../../control-plane.ts";

/** A request as it goes over the wire. */
export interface Call {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
  /** Leaves out the administrator's credentials. */
  readonly isAnonymous?: boolean;
}

/** An answer, read to its end. */
export interface RawAnswer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that scenarios run on. */
export interface Server {
  readonly name: "real" | "embedded";
  call(call: Call): Promise<RawAnswer>;
  /** Begins a request whose answer goes on. `onLine` gets each line; resolves with the status and what a failure says. */
  stream(call: Call, onLine: (line: string) => void, signal: AbortSignal): Promise<RawAnswer>;
  close(): Promise<void>;
}

interface Credentials {
  readonly url: string;
  readonly tls: AgentOptions;
  readonly headers: Readonly<Record<string, string>>;
}

/** What both servers know the caller by. */
const userName = "conformance";

/** Starts the embedded server, without life behind the API: a lone kube-apiserver has none either. */
export async function startEmbedded(): Promise<Server> {
  const server = await startApiServer({ controllers: false });
  const { cert, key } = server.clientIdentity(userName, ["system:masters"]);
  const tls = { ca: server.caCertificate, cert, key };
  return connect("embedded", { url: server.url, tls, headers: {} }, () => server.close());
}

/** Starts a real etcd and kube-apiserver. */
export async function startReal(binaries: { readonly etcd: string; readonly apiserver: string }): Promise<Server> {
  const plane = await startControlPlane(binaries);
  // The server makes its own certificate; the connection never leaves this machine.
  const tls = { rejectUnauthorized: false };
  return connect("real", { url: plane.url, tls, headers: { authorization: `Bearer ${plane.token}` } }, () =>
    plane.close(),
  );
}

function connect(name: Server["name"], { url, tls, headers }: Credentials, stop: () => Promise<void>): Server {
  const agent = new Agent({ keepAlive: true, ...tls });
  const { cert: _cert, key: _key, ...trust } = tls;
  const anonymousAgent = new Agent({ keepAlive: true, ...trust });
  const begin = (call: Call): ReturnType<typeof request> => {
    const isAnonymous = call.isAnonymous === true;
    const made = request(url + call.path, {
      method: call.method,
      agent: isAnonymous ? anonymousAgent : agent,
      headers: {
        "user-agent": "conformance/v1",
        accept: "application/json",
        ...(isAnonymous ? {} : headers),
        ...call.headers,
        ...(call.body === undefined ? {} : { "content-length": String(Buffer.byteLength(call.body)) }),
      },
    });
    made.end(call.body);
    return made;
  };
  return {
    name,
    call: (call) =>
      new Promise((resolve, reject) => {
        const made = begin(call);
        made.on("error", reject);
        made.on("response", (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const body = Buffer.concat(chunks).toString("utf8");
            resolve({ code: response.statusCode ?? 0, headers: response.headers, body });
          });
        });
      }),
    stream: (call, onLine, signal) =>
      new Promise((resolve, reject) => {
        const made = begin(call);
        signal.addEventListener("abort", () => made.destroy(), { once: true });
        made.on("error", (error) => (signal.aborted ? undefined : reject(error)));
        made.on("response", (response) => {
          const { statusCode: code = 0, headers: answered } = response;
          let rest = "";
          response.setEncoding("utf8");
          response.on("error", () => undefined);
          response.on("data", (chunk: string) => {
            const lines = (rest + chunk).split("\n");
            rest = lines.pop() ?? "";
            if (code === 200) lines.filter((line) => line !== "").forEach(onLine);
            else rest = rest === "" ? lines.join("\n") : rest;
          });
          if (code === 200) resolve({ code, headers: answered, body: "" });
          else response.on("end", () => resolve({ code, headers: answered, body: rest }));
        });
      }),
    close: async () => {
      agent.destroy();
      anonymousAgent.destroy();
      await stop();
    },
  };
}
