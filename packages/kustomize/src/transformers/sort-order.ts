import { KustomizeError } from "../errors.ts";
import { defaultOrderFirst, defaultOrderLast, equalGvk, formatGvk, gvkSortKey, rankKinds } from "../gvk.ts";
import type { SortOptions } from "../kustomization.ts";
import type { ResId } from "../res-id.ts";
import type { ResMap } from "../res-map.ts";

/** Puts the resources in the order that `sortOptions` asks for. */
export function sortResources(resources: ResMap, { order = "", legacySortOptions }: SortOptions): void {
  if (order !== "fifo" && order !== "legacy") {
    throw new KustomizeError("InvalidKustomization", "the field 'sortOptions.order' must be one of [fifo, legacy]", {
      field: "sortOptions.order",
    });
  }
  if (order === "fifo") {
    if (legacySortOptions === undefined) return;
    throw new KustomizeError(
      "InvalidKustomization",
      "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
      { field: "sortOptions.legacySortOptions" },
    );
  }
  const first = legacySortOptions === undefined ? defaultOrderFirst : (legacySortOptions.orderFirst ?? []);
  const last = legacySortOptions === undefined ? defaultOrderLast : (legacySortOptions.orderLast ?? []);
  const compare = legacyOrder(rankKinds(first, last));
  const keyed = resources.resources.map((resource) => ({ resource, id: resource.currentId }));
  keyed.sort((a, b) => compare(a.id, b.id));
  const sorted = keyed.map(({ resource }) => resource);
  resources.reset([]);
  resources.appendAll(sorted);
}

function legacyOrder(ranks: ReadonlyMap<string, number>): (a: ResId, b: ResId) => number {
  return (a, b) => {
    if (equalGvk(a, b)) return compareText(sortKey(a), sortKey(b));
    const rank = (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0);
    if (rank !== 0) return rank;
    const order = compareText(gvkSortKey(a), gvkSortKey(b));
    // Kubernetes' own namespaces come before what others call by that name.
    return a.kind === "Namespace" && b.kind === "Namespace" && (a.group === "" || b.group === "") ? -order : order;
  };
}

function sortKey(id: ResId): string {
  return [formatGvk(id), id.namespace || "~X", id.name || "~N"].join("|");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
