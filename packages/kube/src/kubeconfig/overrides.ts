import type { Impersonation } from "../client/client.ts";

/** kubectl's connection flags. An empty string counts as absent. */
export interface KubeConfigOverrides {
  /** `--context` */
  readonly context?: string;
  /** `--cluster` */
  readonly cluster?: string;
  /** `--user` */
  readonly user?: string;
  /** `--namespace` */
  readonly namespace?: string;
  /** `--server` */
  readonly server?: string;
  /** `--tls-server-name` */
  readonly tlsServerName?: string;
  /** `--insecure-skip-tls-verify` */
  readonly insecureSkipTlsVerify?: boolean;
  /** `--certificate-authority`, a file. */
  readonly certificateAuthority?: string;
  /** `--client-certificate`, a file. */
  readonly clientCertificate?: string;
  /** `--client-key`, a file. */
  readonly clientKey?: string;
  /** `--token` */
  readonly token?: string;
  /** `--username` */
  readonly username?: string;
  /** `--password` */
  readonly password?: string;
  /** `--as`, `--as-uid`, `--as-group` */
  readonly impersonate?: Impersonation;
  /** `--disable-compression` */
  readonly disableCompression?: boolean;
  /** `--proxy-url` */
  readonly proxyUrl?: string;
}
