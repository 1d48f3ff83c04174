import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { messageOf } from "@sluice/errors";
import type { Dispatcher } from "undici";
import { reasonOf, type Clock } from "../clock.ts";
import { ConnectionError } from "../errors.ts";
import type { Credential, RestConfig } from "../kubeconfig/rest-config.ts";
import { ConnectionPools } from "./connection-pools.ts";
import { isLoopback } from "./loopback.ts";
import { parseWarnings } from "./warnings.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

export interface HttpRequest {
  readonly method: Method;
  /** Path with query, relative to the server's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Sending it twice does what sending it once does, so a lost connection is no reason to give up. */
  readonly idempotent: boolean;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/** What one exchange with the server was like; for metrics. */
export interface Exchange {
  readonly method: string;
  readonly host: string;
  /** The status code, or `<error>` when no answer came. */
  readonly code: string;
  readonly durationMs: number;
}

export interface TransportOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly userAgent: string;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  /** Further attempts after one that failed on the way; 429 answers have a budget of their own. */
  readonly maxRetries: number;
  readonly onWarning?:
    | ((text: string, request: { readonly method: string; readonly path: string }) => void)
    | undefined;
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

const maxThrottledRetries = 10;
const maxRetryAfterSeconds = 60;
const inflate = promisify(gunzip);

/** Sends requests to one server: credentials, pooled connections, bounded retries. Knows nothing of objects. */
export class Transport {
  readonly #config: RestConfig;
  readonly #options: TransportOptions;
  readonly #pools: ConnectionPools;
  readonly #origin: string;
  readonly #host: string;
  readonly #prefix: string;
  readonly #acceptEncoding: string | undefined;

  constructor(config: RestConfig, options: TransportOptions) {
    const url = new URL(config.server);
    this.#config = config;
    this.#options = options;
    this.#pools = new ConnectionPools(config, options);
    this.#origin = url.origin;
    this.#host = url.host;
    this.#prefix = url.pathname.replace(/\/+$/, "");
    // Between processes of one machine compressing costs more than it saves.
    const compress = config.disableCompression !== true && !isLoopback(url.hostname);
    this.#acceptEncoding = compress ? "gzip" : undefined;
  }

  /** Sends a request and reads the whole answer. Answers of any status are returned, not thrown. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const headers =
      this.#acceptEncoding === undefined
        ? request.headers
        : { ...request.headers, "accept-encoding": this.#acceptEncoding };
    return this.#attempt(
      { ...request, headers },
      async (credential) => {
        const answer = await this.#dispatch({ ...request, headers }, credential, "requests");
        return this.#read(request, answer);
      },
      (response) => response,
    );
  }

  /** Sends a request and leaves the body of a good answer to the caller, who must read it or abort the signal. */
  async open(request: HttpRequest): Promise<HttpResponse | { readonly stream: AsyncIterable<Uint8Array> }> {
    return this.#attempt(
      request,
      async (credential) => {
        const answer = await this.#dispatch(request, credential, "streams");
        if (answer.statusCode >= 300) return this.#read(request, answer);
        return { stream: this.#chunks(request, answer.body) };
      },
      (result) => ("stream" in result ? undefined : result),
    );
  }

  async close(): Promise<void> {
    await this.#pools.close();
  }

  async #attempt<T>(
    request: HttpRequest,
    once: (credential: Credential) => Promise<T>,
    responseOf: (result: T) => HttpResponse | undefined,
  ): Promise<T> {
    let failures = 0;
    let throttled = 0;
    let refused = false;
    for (;;) {
      request.signal?.throwIfAborted();
      const credential = await this.#config.credentials.current(request.signal);
      const startedAt = this.#options.clock.now();
      const report = (code: string): void =>
        this.#options.onExchange?.({
          method: request.method,
          host: this.#host,
          code,
          durationMs: this.#options.clock.now() - startedAt,
        });
      try {
        const result = await once(credential);
        const response = responseOf(result);
        report(String(response?.statusCode ?? 200));
        if (response?.statusCode === 401 && !refused && this.#config.credentials.refused()) {
          refused = true;
          continue;
        }
        const waitMs =
          response === undefined || throttled >= maxThrottledRetries ? undefined : throttleDelayMs(response);
        if (waitMs === undefined) return result;
        throttled++;
        await this.#options.clock.sleep(this.#jitter(waitMs), request.signal);
      } catch (error) {
        if (request.signal?.aborted === true) throw reasonOf(request.signal);
        if (!(error instanceof ConnectionError)) throw error;
        report("<error>");
        if (failures >= this.#options.maxRetries || !isRetriable(request, error)) throw error;
        await this.#options.clock.sleep(this.#jitter(100 * 2 ** failures), request.signal);
        failures++;
      }
    }
  }

  async #dispatch(
    request: HttpRequest,
    credential: Credential,
    pool: "requests" | "streams",
  ): Promise<Dispatcher.ResponseData> {
    const { authorization, certificate } = credential;
    try {
      return await this.#pools.for(certificate)[pool].request({
        origin: this.#origin,
        path: this.#prefix + request.path,
        method: request.method,
        headers: {
          "user-agent": this.#options.userAgent,
          ...(authorization === undefined ? {} : { authorization }),
          ...request.headers,
        },
        body: request.body ?? null,
        signal: request.signal ?? null,
      });
    } catch (error) {
      throw this.#toConnectionError(request, error);
    }
  }

  async #read(request: HttpRequest, answer: Dispatcher.ResponseData): Promise<HttpResponse> {
    const { statusCode, headers } = answer;
    for (const text of parseWarnings(headers["warning"])) this.#options.onWarning?.(text, request);
    let body: string;
    try {
      body =
        headers["content-encoding"] === "gzip"
          ? (await inflate(await answer.body.bytes())).toString("utf8")
          : await answer.body.text();
    } catch (error) {
      throw this.#toConnectionError(request, error);
    }
    const retryAfterSeconds = parseRetryAfter(headers["retry-after"], this.#options.clock.now());
    return { statusCode, headers, body, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }

  async *#chunks(request: HttpRequest, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      if (request.signal?.aborted === true) throw reasonOf(request.signal);
      throw this.#toConnectionError(request, error);
    }
  }

  #toConnectionError(request: HttpRequest, cause: unknown): Error {
    if (request.signal?.aborted === true) return reasonOf(request.signal);
    const place = `${request.method} ${this.#origin}${this.#prefix}${request.path.replace(/\?.*/s, "")}`;
    const code = codeOf(cause);
    const timedOut = code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT";
    return new ConnectionError(timedOut ? "RequestTimeout" : "ConnectionFailed", `${place}: ${messageOf(cause)}`, {
      cause,
    });
  }

  #jitter(delayMs: number): number {
    return delayMs * (1 + 0.25 * this.#options.random());
  }
}

// The request never reached the server, so it may be repeated whatever it was.
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

// The connection broke with the request on its way.
const broken: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET"]);

function isRetriable(request: HttpRequest, error: ConnectionError): boolean {
  const code = codeOf(error.cause);
  return neverSent.has(code) || (request.idempotent && broken.has(code));
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}

// The server has not begun to process what it throttles: repeating is safe for writes as well.
function throttleDelayMs(response: HttpResponse): number | undefined {
  const { statusCode, retryAfterSeconds } = response;
  if (statusCode === 429) return Math.min(retryAfterSeconds ?? 1, maxRetryAfterSeconds) * 1000;
  if (statusCode === 503 && retryAfterSeconds !== undefined)
    return Math.min(retryAfterSeconds, maxRetryAfterSeconds) * 1000;
  return undefined;
}

function parseRetryAfter(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = typeof header === "string" ? header : header?.[0];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1000);
}
