import type { StoredObject } from "./stored-object.ts";

/** What happened to one object at one revision. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  /** The object after the change; for a deletion its last state, with the revision of the deletion. */
  readonly stored: StoredObject;
  /** What was stored before; absent for an addition. */
  readonly previous?: StoredObject;
}

/** Hears every change of a collection, at once and in order. Listeners must not throw. */
export type ChangeListener = (change: Change) => void;
