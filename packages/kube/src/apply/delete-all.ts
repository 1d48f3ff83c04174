import { isNotFound, type KubernetesObject } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { Client } from "../client/client.ts";
import { isNoMatch } from "../errors.ts";
import { ApplyError } from "./apply-error.ts";
import type { ChangeSet, ChangeSetEntry } from "./change-set.ts";
import { concurrently } from "./concurrently.ts";
import { hasLabels, isSelected, type MetadataSelector } from "./metadata-selector.ts";
import { formatSubject, type ObjectReference } from "./object-reference.ts";
import { compareForApply, ranksOf } from "./reconcile-order.ts";

export interface DeleteAllOptions {
  readonly signal: AbortSignal;
  /** Only objects that carry all of these are deleted. */
  readonly labels: { readonly [key: string]: string };
  /** Leave these alone. */
  readonly exclusions?: MetadataSelector;
  readonly concurrency: number;
}

/**
 * Deletes objects in the reverse order of applying, in the background: what is gone counts as deleted, what lost the
 * labels or is excluded as skipped. Goes through all of them, and then throws {@link ApplyError} `DeleteFailed` if any
 * could not be deleted; its `changeSet` holds those that were settled.
 */
export async function deleteAll(
  client: Client,
  references: readonly ObjectReference[],
  options: DeleteAllOptions,
): Promise<ChangeSet> {
  const changeSet: ChangeSetEntry[] = [];
  const failures: string[] = [];
  const causes: unknown[] = [];
  const ordered = references.toSorted((left, right) => compareForApply(right, left));
  for (const rank of ranksOf(ordered, ({ gvk }) => gvk.kind)) {
    await concurrently(rank, options.concurrency, async (reference) => {
      options.signal.throwIfAborted();
      try {
        changeSet.push(await deleteOne(client, reference, options));
      } catch (error) {
        options.signal.throwIfAborted();
        failures.push(`${formatSubject(reference)} delete failed: ${messageOf(error)}`);
        causes.push(error);
      }
    });
  }
  if (failures.length > 0) {
    const message = `delete failed, errors: ${failures.join("; ")}`;
    throw new ApplyError("DeleteFailed", message, { cause: causes[0], changeSet });
  }
  return changeSet;
}

async function deleteOne(
  client: Client,
  reference: ObjectReference,
  { signal, labels, exclusions }: DeleteAllOptions,
): Promise<ChangeSetEntry> {
  const { gvk, key } = reference;
  const live = await findMetadata(client, reference, signal);
  if (live === undefined) return { ...reference, action: "deleted" };
  if (!hasLabels(live, labels) || isSelected(live, exclusions)) return { ...reference, action: "skipped" };
  const { uid } = live.metadata;
  try {
    // The uid makes sure that what is deleted is what was looked at.
    await client.delete(gvk, key, {
      propagationPolicy: "Background",
      signal,
      ...(uid !== undefined && { preconditions: { uid } }),
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return { ...reference, action: "deleted" };
}

/** `undefined` also when the kind itself is gone: its objects went with it. */
async function findMetadata(
  client: Client,
  { gvk, key }: ObjectReference,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  try {
    return await client.find<KubernetesObject>(gvk, key, { metadataOnly: true, signal });
  } catch (error) {
    if (isNoMatch(error)) return undefined;
    throw error;
  }
}
