import { reconcileRequestOf, type FluxStatus, type KubernetesObject } from "@sluice/api";

/** An object that a controller of the Flux family reconciles. */
export interface FluxObject extends KubernetesObject {
  readonly status?: FluxStatus;
}

/** The status type of a kind. */
export type StatusOf<T extends FluxObject> = NonNullable<T["status"]>;

/** Whether somebody asked for a reconciliation that has not been handled yet. */
export function hasPendingRequest(object: FluxObject): boolean {
  const token = reconcileRequestOf(object);
  return token !== undefined && token !== object.status?.lastHandledReconcileAt;
}

/**
 * Whether a change of the object is a reason to reconcile it: its spec, a new request, or its deletion.
 * Changes of the status alone, which are our own, are not.
 */
export function isWorthReconciling(before: KubernetesObject | undefined, after: KubernetesObject): boolean {
  if (before === undefined) return true;
  return (
    before.metadata.uid !== after.metadata.uid ||
    before.metadata.generation !== after.metadata.generation ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
    reconcileRequestOf(before) !== reconcileRequestOf(after)
  );
}
