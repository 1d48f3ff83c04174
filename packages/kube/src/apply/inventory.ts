import { formatObjectId, parseObjectId, type ObjectReference } from "./object-reference.ts";

/** One object of an inventory, as it is stored. */
export interface InventoryEntry {
  /** As {@link formatObjectId} writes it. */
  readonly id: string;
  /** The version of the object's `apiVersion`. */
  readonly v: string;
}

/** The entries for some objects, in their order, each id once (the last version wins). */
export function inventoryOf(objects: Iterable<ObjectReference>): InventoryEntry[] {
  return mergeInventories([...objects].map((object) => ({ id: formatObjectId(object), v: object.gvk.version })));
}

/** All entries of all inventories, the first one's first, each id once (the last version wins). */
export function mergeInventories(...inventories: readonly (readonly InventoryEntry[])[]): InventoryEntry[] {
  const versions = new Map<string, string>();
  for (const inventory of inventories) for (const { id, v } of inventory) versions.set(id, v);
  return [...versions].map(([id, v]) => ({ id, v }));
}

/** The entries of `before` whose id is not in `after`: what became stale. A changed version alone does not count. */
export function subtractInventory(
  before: readonly InventoryEntry[],
  after: readonly InventoryEntry[],
): InventoryEntry[] {
  const kept = new Set(after.map((entry) => entry.id));
  return before.filter((entry) => !kept.has(entry.id));
}

/** The objects that an inventory names. Entries that cannot be read are left out: they name nothing to act upon. */
export function objectsOf(inventory: readonly InventoryEntry[]): ObjectReference[] {
  return inventory.flatMap(({ id, v }) => parseObjectId(id, v) ?? []);
}

/** Whether both name the same objects in the same versions. Order does not count. */
export function isSameInventory(left: readonly InventoryEntry[], right: readonly InventoryEntry[]): boolean {
  if (left.length !== right.length) return false;
  const versions = new Map(left.map(({ id, v }) => [id, v]));
  return right.every(({ id, v }) => versions.get(id) === v);
}
