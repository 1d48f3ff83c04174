/**
 * Kubernetes client and controller runtime, in the vocabulary of controller-runtime.
 * @packageDocumentation
 */
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./logger.ts";
export { redact } from "./redact.ts";
export * from "./client/client.ts";
export { createClient, type ClientOptions } from "./client/create-client.ts";
export type { ApiClient, RawRequestOptions } from "./client/dynamic-client.ts";
export type { Exchange } from "./client/transport.ts";
export type * from "./kubeconfig/rest-config.ts";
export type * from "./controller/reconciler.ts";
export { loadKubeConfig, loadRestConfig, type Environment, type LoadOptions } from "./kubeconfig/load.ts";
export { parseKubeConfig, type ParseOptions } from "./kubeconfig/parse.ts";
export { resolveRestConfig, type ResolveOptions } from "./kubeconfig/resolve.ts";
export {
  mergeKubeConfigs,
  type Cluster,
  type Context,
  type ExecConfig,
  type KubeConfig,
  type User,
} from "./kubeconfig/kube-config.ts";
export { inClusterConfig, type InClusterOptions } from "./kubeconfig/in-cluster.ts";
export { anonymousCredentials, staticCredentials, tokenFileCredentials } from "./kubeconfig/credentials.ts";
export type { KubeConfigOverrides } from "./kubeconfig/overrides.ts";
export type { Trust } from "./kubeconfig/untrusted.ts";
export { computeStatus, type ComputeStatusOptions } from "./kstatus/compute-status.ts";
export type { ComputedStatus, StatusName } from "./kstatus/status.ts";
export * from "./apply/index.ts";
