import type { Dispatcher } from "undici";
import { Pool, ProxyAgent, Socks5ProxyAgent } from "undici";
import type { ClientCertificate, RestConfig } from "../kubeconfig/rest-config.ts";

/**
 * Two pools per client certificate. Requests share a bounded number of kept-alive connections; streams (watches,
 * logs) each hold a connection for minutes, so they have a pool without bound and never starve the requests.
 */
export interface Pools {
  readonly requests: Dispatcher;
  readonly streams: Dispatcher;
}

export interface PoolOptions {
  /** Upper bound of concurrent connections for requests. */
  readonly maxConnections: number;
  /** How long to wait for the head of an answer. */
  readonly headersTimeoutMs: number;
}

/** Hands out the pools for a certificate; those of a certificate that was rotated away finish their work and close. */
export class ConnectionPools {
  readonly #config: RestConfig;
  readonly #options: PoolOptions;
  readonly #open = new Set<Dispatcher>();
  #current: { readonly certificate: ClientCertificate | undefined; readonly pools: Pools } | undefined;

  constructor(config: RestConfig, options: PoolOptions) {
    this.#config = config;
    this.#options = options;
  }

  for(certificate: ClientCertificate | undefined): Pools {
    if (this.#current !== undefined && this.#current.certificate === certificate) return this.#current.pools;
    const retired = this.#current?.pools;
    const pools = {
      requests: this.#create(certificate, this.#options.maxConnections),
      streams: this.#create(certificate, null),
    };
    this.#current = { certificate, pools };
    if (retired !== undefined) {
      for (const pool of [retired.requests, retired.streams]) {
        void pool.close().then(
          () => this.#open.delete(pool),
          () => this.#open.delete(pool), // destroyed meanwhile by close(): nothing is left to close
        );
      }
    }
    return pools;
  }

  /** Ends every connection at once; requests under way fail. */
  async close(): Promise<void> {
    const pools = [...this.#open];
    this.#open.clear();
    this.#current = undefined;
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #create(certificate: ClientCertificate | undefined, connections: number | null): Dispatcher {
    const config = this.#config;
    const tls: TlsOptions = {
      ...(config.certificateAuthority === undefined ? {} : { ca: config.certificateAuthority }),
      ...(config.tlsServerName === undefined ? {} : { servername: config.tlsServerName }),
      ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
      rejectUnauthorized: config.insecureSkipTlsVerify !== true,
    };
    const shared = {
      connections,
      // One TLS connection per concurrent request measured twice as fast as HTTP/2 multiplexing.
      allowH2: false,
      keepAliveTimeout: 30_000,
      headersTimeout: this.#options.headersTimeoutMs,
      bodyTimeout: connections === null ? 0 : this.#options.headersTimeoutMs,
      connectTimeout: 10_000,
    };
    const pool = createDispatcher(new URL(config.server).origin, config.proxyUrl, tls, shared);
    this.#open.add(pool);
    return pool;
  }
}

type SharedOptions = Omit<Pool.Options, "factory" | "connect">;
type TlsOptions = NonNullable<ProxyAgent.Options["requestTls"]>;

function createDispatcher(
  origin: string,
  proxyUrl: string | undefined,
  tls: TlsOptions,
  shared: SharedOptions,
): Dispatcher {
  if (proxyUrl === undefined) return new Pool(origin, { ...shared, connect: tls });
  if (/^socks5h?:/i.test(proxyUrl)) {
    return new Socks5ProxyAgent(proxyUrl.replace(/^socks5h:/i, "socks5:"), { ...shared, requestTls: tls });
  }
  return new ProxyAgent({ ...shared, uri: proxyUrl, requestTls: tls });
}
