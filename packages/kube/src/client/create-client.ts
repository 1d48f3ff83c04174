import packageManifest from "../../package.json" with { type: "json" };
import { systemClock, type Clock } from "../clock.ts";
import { ConnectionError } from "../errors.ts";
import type { RestConfig } from "../kubeconfig/rest-config.ts";
import { DynamicClient, type ApiClient } from "./dynamic-client.ts";
import { impersonationHeaders, type Headers } from "./impersonation.ts";
import { decodeJson } from "./json.ts";
import { DiscoveryRestMapper } from "./rest-mapper.ts";
import { toStatusError } from "./status-error.ts";
import { Transport, type Exchange } from "./transport.ts";

export interface ClientOptions {
  /** `sluice/<version>` when absent. */
  readonly userAgent?: string;
  /** Receives the texts of `Warning` headers, such as deprecations. */
  readonly onWarning?: (text: string, request: { readonly method: string; readonly path: string }) => void;
  /** Receives every exchange with the server; `restClientMetrics` turns them into metrics. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Upper bound of concurrent requests, 64 when absent. Watches do not count. */
  readonly maxConnections?: number;
  /** How long to wait for the head of an answer, 70 s when absent: the server itself gives up after 60 s. */
  readonly headersTimeoutMs?: number;
  /** Further attempts after a connection failed, 4 when absent. */
  readonly maxRetries?: number;
  readonly clock?: Clock;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
}

/**
 * Connects to an API server. Nothing is sent before the first call. The caller owns the client and closes it.
 *
 * @example
 * ```ts
 * const client = createClient(await loadRestConfig());
 * const pods = await client.list({ group: "", version: "v1", kind: "Pod" }, { namespace: "default" });
 * await client.close();
 * ```
 */
export function createClient(config: RestConfig, options: ClientOptions = {}): ApiClient {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const transport = new Transport(config, {
    clock,
    random,
    userAgent: options.userAgent ?? `sluice/${packageManifest.version}`,
    maxConnections: options.maxConnections ?? 64,
    headersTimeoutMs: options.headersTimeoutMs ?? 70_000,
    maxRetries: options.maxRetries ?? 4,
    onWarning: options.onWarning,
    onExchange: options.onExchange,
  });
  const identity = config.impersonate === undefined ? {} : impersonationHeaders(config.impersonate);
  const restMapper = new DiscoveryRestMapper((path, accept) => getJson(transport, identity, path, accept), clock);
  return new DynamicClient({ transport, restMapper, clock, random, namespace: config.namespace }, config.impersonate);
}

async function getJson(transport: Transport, identity: Headers, path: string, accept: string): Promise<unknown> {
  const response = await transport.send({ method: "GET", path, headers: { ...identity, accept }, idempotent: true });
  if (response.statusCode >= 300) throw toStatusError({ ...response, method: "GET", path });
  try {
    return decodeJson(response.body);
  } catch (cause) {
    throw new ConnectionError("MalformedResponse", `GET ${path}: the answer is not JSON`, { cause });
  }
}
