import { eventMetadataPrefix, type KubernetesObject } from "@sluice/api";
import type { EventRecorder as ClusterEventRecorder } from "@sluice/kube";

/** One thing worth telling about an object. `Trace` events stay inside the cluster, they are never posted onwards. */
export interface EventDraft {
  readonly type: "Normal" | "Warning" | "Trace";
  readonly reason: string;
  readonly message: string;
  /** Extra keys such as `kustomize.toolkit.fluxcd.io/revision`, kept as annotations of the Event. */
  readonly metadata?: { readonly [key: string]: string };
}

/**
 * Tells what happened to objects. Never fails and never delays a reconciliation: what cannot be delivered is logged
 * and dropped.
 */
export interface EventRecorder {
  event(object: KubernetesObject, draft: EventDraft): void;
}

/**
 * Tells the cluster, in Kubernetes Events. What the object's own `event.toolkit.fluxcd.io/…` annotations say is added
 * to each of its events.
 */
export function createEventRecorder(cluster: ClusterEventRecorder): EventRecorder {
  return {
    event(object, { type, reason, message, metadata }) {
      const annotations = { ...metadataOf(object), ...metadata };
      cluster.event(object, { type: type === "Warning" ? "Warning" : "Normal", reason, message, annotations });
    },
  };
}

function metadataOf(object: KubernetesObject): { readonly [key: string]: string } {
  return Object.fromEntries(
    Object.entries(object.metadata.annotations ?? {}).filter(([key]) => key.startsWith(eventMetadataPrefix)),
  );
}
