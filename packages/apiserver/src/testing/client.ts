import { Agent, request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import type { ApiServer } from "../api-server.ts";
import { stringAt, type Json, type JsonObject } from "../json/json.ts";

/** An answer as a test looks at it. */
export interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  /** Parsed when it is JSON, text otherwise. */
  readonly body: JsonObject;
  readonly text: string;
  /** The message of a `Status`; `""` for anything else. */
  readonly message: string;
  readonly warnings: readonly string[];
}

export interface Options {
  readonly body?: Json | string | Buffer;
  readonly type?: string;
  readonly headers?: { readonly [name: string]: string | string[] };
}

/** One event of a watch. */
export interface Event {
  readonly type: string;
  readonly object: JsonObject;
}

/** A small client for tests: plain requests over one kept-alive agent. */
export class Client {
  readonly #server: ApiServer;
  readonly #agent: Agent;
  readonly #headers: { readonly [name: string]: string };

  constructor(
    server: ApiServer,
    as?: { readonly user: string; readonly groups?: readonly string[] } | { readonly token: string },
  ) {
    this.#server = server;
    const ca = server.caCertificate;
    if (as !== undefined && "token" in as) {
      this.#agent = new Agent({ ca, keepAlive: true });
      this.#headers = { authorization: `Bearer ${as.token}` };
    } else {
      this.#agent = new Agent({
        ca,
        keepAlive: true,
        ...server.clientIdentity(as?.user ?? "admin", as?.groups ?? (as === undefined ? ["system:masters"] : [])),
      });
      this.#headers = {};
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  get(path: string, options?: Options): Promise<Answer> {
    return this.send("GET", path, options);
  }

  post(path: string, body: Json, options?: Options): Promise<Answer> {
    return this.send("POST", path, { ...options, body });
  }

  put(path: string, body: Json, options?: Options): Promise<Answer> {
    return this.send("PUT", path, { ...options, body });
  }

  merge(path: string, body: Json): Promise<Answer> {
    return this.send("PATCH", path, { body, type: "application/merge-patch+json" });
  }

  apply(path: string, body: Json, manager = "test", more = ""): Promise<Answer> {
    return this.send("PATCH", `${path}?fieldManager=${manager}${more}`, { body, type: "application/apply-patch+yaml" });
  }

  delete(path: string, body?: Json): Promise<Answer> {
    return this.send("DELETE", path, body === undefined ? {} : { body });
  }

  async send(
    method: string,
    path: string,
    { body, type = "application/json", headers = {} }: Options = {},
  ): Promise<Answer> {
    const isRaw = typeof body === "string" || Buffer.isBuffer(body);
    const bytes = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
    const response = await this.#open(
      {
        method,
        path,
        headers: {
          ...this.#headers,
          ...(bytes === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(bytes) }),
          ...headers,
        },
      },
      bytes,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const isJson = response.headers["content-type"]?.startsWith("application/json") === true;
    const warnings = [response.headers["warning"] ?? []].flat().flatMap((header) => header.split(/,\s(?=299 )/));
    const parsed = isJson ? (JSON.parse(text) as JsonObject) : {};
    return {
      code: response.statusCode ?? 0,
      headers: response.headers,
      body: parsed,
      message: stringAt(parsed, "message") ?? "",
      text,
      warnings: warnings.map((warning) => warning.replace(/^299 - "(.*)"$/, "$1").replaceAll('\\"', '"')),
    };
  }

  /** Opens a watch; `next` waits for the next event, `undefined` once the stream has ended. */
  async watch(path: string, headers: { readonly [name: string]: string } = {}): Promise<Watch> {
    return new Watch(await this.#open({ method: "GET", path, headers: { ...this.#headers, ...headers } }));
  }

  #open(options: RequestOptions, body?: string | Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.#server.url);
      const outgoing = request({ ...options, hostname, port, agent: this.#agent }, resolve);
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

/** A stream of events. */
export class Watch {
  readonly #response: IncomingMessage;
  readonly #lines: AsyncGenerator<Event, undefined>;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.#lines = readEvents(response);
  }

  async next(): Promise<Event | undefined> {
    return (await this.#lines.next()).value;
  }

  /** The next events as `TYPE name`. */
  async names(count: number): Promise<string[]> {
    const names: string[] = [];
    while (names.length < count) {
      const event = await this.next();
      if (event === undefined) break;
      names.push(`${event.type} ${stringAt(event.object, "metadata", "name") ?? ""}`.trim());
    }
    return names;
  }

  close(): void {
    this.#response.destroy();
  }
}

async function* readEvents(response: IncomingMessage): AsyncGenerator<Event, undefined> {
  let rest = "";
  try {
    for await (const chunk of response) {
      rest += (chunk as Buffer).toString("utf8");
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as Event;
    }
  } catch {
    // The test has closed the stream.
  }
  return undefined;
}
