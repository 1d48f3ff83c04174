import type { Kustomization } from "@sluice/api";
import type { ObservedSource } from "./steps/observe-source.ts";

/** What an attempt found and did until its objects were applied. */
export interface AppliedState {
  readonly source: ObservedSource;
  /** Of the built manifests. */
  readonly digest: string;
  readonly startedAtMs: number;
  /** Whether anything in the cluster was changed. */
  readonly hasChanged: boolean;
  /** How the object stood before the attempt. */
  readonly wasReady: boolean;
  readonly wasHealthy: boolean;
  readonly isNewRevision: boolean;
  /** Whether somebody had asked for the attempt. */
  readonly isRequested: boolean;
}

/** An attempt that has applied everything and waits for health. It holds no worker: this is all there is of it. */
export interface PendingHealth {
  readonly applied: AppliedState;
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  /** The request to reconcile that the attempt answers. */
  readonly requestToken: string | undefined;
  readonly startedAtMs: number;
  readonly deadlineMs: number;
  /** Whether the status says that health is awaited. A routine look keeps quiet at first. */
  readonly isAnnounced: boolean;
}

/** Whether the attempt still answers what the object says: the same object, spec and request. */
export function isStillWanted(
  pending: PendingHealth,
  object: Kustomization,
  requestToken: string | undefined,
): boolean {
  return (
    pending.uid === object.metadata.uid &&
    pending.generation === object.metadata.generation &&
    pending.requestToken === requestToken
  );
}
