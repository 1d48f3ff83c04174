import { ManagedKey } from "@sluice/api";
import {
  ApplyError,
  inventoryOf,
  objectsOf,
  subtractInventory,
  type ChangeSet,
  type InventoryEntry,
  type ResourceManager,
} from "@sluice/kube";

/** Objects that say so themselves are not deleted, even when they have left the source. */
const KEPT = {
  [ManagedKey.Prune]: "disabled",
  [ManagedKey.Reconcile]: "disabled",
  [ManagedKey.ServerSideApply]: "Ignore",
} as const;

/** How pruning went. */
export interface PruneResult {
  readonly changeSet: ChangeSet;
  /** Entries whose objects are still there and have to be tried again. */
  readonly survivors: readonly InventoryEntry[];
  /** Why there are survivors. */
  readonly error: ApplyError | undefined;
}

/** Deletes what inventory entries name, as far as it still belongs to the manager's owner. Never throws `ApplyError`. */
export async function pruneStale(
  manager: ResourceManager,
  stale: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<PruneResult> {
  try {
    const changeSet = await manager.deleteAll(objectsOf(stale), { signal, exclusions: KEPT });
    return { changeSet, survivors: [], error: undefined };
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error;
    const { changeSet } = error;
    return { changeSet, survivors: subtractInventory(stale, inventoryOf(changeSet)), error };
  }
}
