import type { GroupVersionKind } from "@sluice/api";
import type { KubeObject } from "../json/object.ts";

/** How an object changed. */
export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/**
 * What the simulation sees of the API server: the same reads and writes that a controller in a real cluster has, with
 * the same conflicts and the same admission. Objects handed out are shared and must not be mutated.
 */
export interface Cluster {
  /** Calls back for every object that exists and then, in order, for every change. Returns how to stop. */
  subscribe(kind: GroupVersionKind, onChange: (type: ChangeType, object: KubeObject) => void): () => void;
  create(object: KubeObject, manager: string): Promise<KubeObject>;
  /** Fails with a conflict when the object has changed since it was read. */
  update(object: KubeObject, manager: string): Promise<KubeObject>;
  updateStatus(object: KubeObject, manager: string): Promise<KubeObject>;
  delete(object: KubeObject, options: { readonly gracePeriodSeconds?: number }): Promise<void>;
}
