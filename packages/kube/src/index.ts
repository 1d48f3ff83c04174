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
export type { Environment } from "./kubeconfig/environment.ts";
export { loadKubeConfig, loadRestConfig, type LoadOptions } from "./kubeconfig/load.ts";
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
export { Cache, type CacheOptions } from "./cache/cache.ts";
export {
  Informer,
  stripManagedFields,
  type InformerOptions,
  type InformerSelection,
  type ResourceEventHandler,
} from "./cache/informer.ts";
export { Indexer, namespaceIndex, type IndexFunction, type Lister } from "./cache/indexer.ts";
export {
  Controller,
  TerminalError,
  type ControllerObserver,
  type ControllerOptions,
  type ReconcileOutcome,
} from "./controller/controller.ts";
export { enqueueMapped, enqueueOwner, enqueueSelf, type EventHandler } from "./controller/event-handlers.ts";
export * from "./controller/predicates.ts";
export { WorkQueue, type WorkQueueObserver, type WorkQueueOptions } from "./controller/work-queue.ts";
export { reconcileLogger, withReconcileLogger } from "./controller/reconcile-logger.ts";
export { createEventRecorder, type EventRecorder, type EventRecorderOptions } from "./events/event-recorder.ts";
export type { CoreEvent, EventNote, EventType } from "./events/event.ts";
export { LeaderElector, LeadershipLostError, type LeaderElectionOptions } from "./leader-election/leader-elector.ts";
export type { HealthCheck } from "./manager/health.ts";
export { HttpListener, parseAddress, type HttpAnswer, type HttpRoute } from "./manager/http-listener.ts";
export { Manager, ShutdownTimeoutError, type ManagerOptions, type Runnable } from "./manager/manager.ts";
export {
  exponentialBuckets,
  MetricsRegistry,
  type Counter,
  type Gauge,
  type Histogram,
  type Labels,
} from "./metrics/registry.ts";
export {
  collectQueueMetrics,
  controllerMetrics,
  processMetrics,
  restClientMetrics,
} from "./metrics/runtime-metrics.ts";
