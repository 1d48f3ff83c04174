import type { KubernetesObject } from "@sluice/api";

/** One thing worth telling about an object. `Trace` events stay inside the cluster, they are never posted onwards. */
export interface EventDraft {
  readonly type: "Normal" | "Warning" | "Trace";
  readonly reason: string;
  readonly message: string;
  /** Extra keys such as `kustomize.toolkit.fluxcd.io/revision`, kept as annotations of the Event. */
  readonly metadata?: { readonly [key: string]: string };
}

/**
 * Tells what happened to objects: as Kubernetes Events and, where an address is configured, to the notification
 * controller. Never fails and never delays a reconciliation: what cannot be delivered is logged and dropped.
 */
export interface EventRecorder {
  event(object: KubernetesObject, draft: EventDraft): void;
}

/** Longest message that an Event of `events.k8s.io` or the notification controller takes, in bytes. */
export const MAX_EVENT_MESSAGE_BYTES = 39_000;
