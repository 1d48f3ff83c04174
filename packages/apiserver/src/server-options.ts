import type { Clock } from "./clock.ts";
import type { Durability } from "./storage/journal.ts";
import type { PodTimings } from "./workloads/index.ts";

/** How the simulated cluster behind the API behaves. */
export interface WorkloadOptions {
  /** How long pods take for each step of their start, in milliseconds. */
  readonly timings?: Partial<PodTimings>;
}

/** Where the server reports what it cannot tell a client. */
export interface Logger {
  error(message: string): void;
}

export interface ApiServerOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Keeps everything in this directory across restarts; in memory only when absent. */
  readonly dataDirectory?: string;
  /** What an acknowledged write survives; default `process`. Only matters with a data directory. */
  readonly durability?: Durability;
  readonly clock?: Clock;
  /** Whether pods and what owns them come to life; default true. */
  readonly workloads?: boolean | WorkloadOptions;
  /**
   * Whether what a controller manager does is done: garbage collection, the end of namespaces, their ServiceAccounts,
   * aggregated roles; default true. Without it the server is like a kube-apiserver alone.
   */
  readonly controllers?: boolean;
  /** Name of the kubeconfig's context; default `sluice`. */
  readonly contextName?: string;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  /** Changes kept per resource for watches that resume; default 8192. */
  readonly historyLimit?: number;
}
