import type { Impersonation } from "../client/client.ts";

/** A TLS client certificate with its key, both PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What proves who is asking. Both may be absent (anonymous), both may be present. */
export interface Credential {
  /** Value of the `Authorization` header: `Bearer …`, `Basic …`. */
  readonly authorization?: string;
  /** The same object as long as the certificate is the same: connections are kept per certificate. */
  readonly certificate?: ClientCertificate;
}

/** Where credentials come from: a constant, a file that rotates, a plugin, an identity provider. */
export interface Credentials {
  /** The credential to use now; cached by the implementation. Throws `KubeConfigError("CredentialsFailed")`. */
  current(signal?: AbortSignal): Promise<Credential>;
  /** The server answered 401. Forgets what is cached; true when asking again may give something else. */
  refused(): boolean;
}

/** Everything that is needed to talk to one API server: a kubeconfig context, resolved. */
export interface RestConfig {
  /** Base URL; may have a path prefix. */
  readonly server: string;
  /** PEM of the authorities to trust instead of the system's. */
  readonly certificateAuthority?: string;
  /** Name to expect in the server's certificate when it differs from the host. */
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly credentials: Credentials;
  /** `http:`, `https:` or `socks5:`; the environment was already consulted. */
  readonly proxyUrl?: string;
  readonly disableCompression?: boolean;
  readonly impersonate?: Impersonation;
  /** The context's namespace; `default` when it names none. */
  readonly namespace: string;
}
