/**
 * An embedded Kubernetes API server: what `kubectl` and controllers talk to where no cluster is at hand.
 * @packageDocumentation
 */
export { startApiServer, type ApiServer } from "./api-server.ts";
export type { ApiServerOptions, Logger, WorkloadOptions } from "./server-options.ts";
export type { Clock } from "./clock.ts";
export type { Identity } from "./certificates/authority.ts";
export type { KubeConfigFile } from "./kubeconfig.ts";
