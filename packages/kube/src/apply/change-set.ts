import { formatSubject, type ObjectReference } from "./object-reference.ts";

/** What was done with an object. */
export type Action = "created" | "configured" | "unchanged" | "deleted" | "skipped";

/** What was done with one object. */
export interface ChangeSetEntry extends ObjectReference {
  readonly action: Action;
  /** Of the object as it was written: what a cache shows of it before is out of date. */
  readonly resourceVersion?: string;
}

/** What was done, in the order it was done. */
export type ChangeSet = readonly ChangeSetEntry[];

/** Whether the cluster is different now. */
export function isChange(entry: ChangeSetEntry): boolean {
  return entry.action === "created" || entry.action === "configured" || entry.action === "deleted";
}

/** One line per entry: `Deployment/apps/podinfo configured`. */
export function formatChangeSet(changeSet: ChangeSet): string {
  return changeSet.map((entry) => `${formatSubject(entry)} ${entry.action}`).join("\n");
}
