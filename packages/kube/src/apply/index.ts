export { ApplyError, maskSecret, type ApplyErrorCode } from "./apply-error.ts";
export { formatChangeSet, isChange, type Action, type ChangeSet, type ChangeSetEntry } from "./change-set.ts";
export type { DeleteAllOptions } from "./delete-all.ts";
export { Fingerprints, liveFingerprint } from "./fingerprints.ts";
export {
  inventoryOf,
  isSameInventory,
  mergeInventories,
  objectsOf,
  subtractInventory,
  type InventoryEntry,
} from "./inventory.ts";
export { hasLabels, isSelected, type MetadataSelector } from "./metadata-selector.ts";
export { normalize } from "./normalize.ts";
export { formatObjectId, formatSubject, parseObjectId, referenceOf, type ObjectReference } from "./object-reference.ts";
export { compareForApply, reconcileRank } from "./reconcile-order.ts";
export { ResourceManager, type ApplyAllOptions, type Owner, type ResourceManagerOptions } from "./resource-manager.ts";
export type { CleanupOptions, FieldManagerSelector } from "./take-over.ts";
export { waitUntilGone, waitUntilReady, type WaitOptions } from "./wait.ts";
