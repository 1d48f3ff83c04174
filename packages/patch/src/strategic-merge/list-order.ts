import { PatchError } from "../errors.ts";
import { formatValue, typeName } from "../json/go-text.ts";
import { getOwn, isArray, isObject, type JsonObject, type JsonValue } from "../json/json.ts";

/** The field that tells the items of a list apart; `undefined` for lists of scalars. */
export type MergeKey = string | undefined;

/** What an item is known by. Throws `UnmergeablePatch` for an item that lacks the merge key. */
export function identify(item: JsonValue, mergeKey: MergeKey): string {
  if (mergeKey === undefined) return identityOf(item);
  if (!isObject(item)) throw wrongType("map[string]interface {}", item);
  const value = getOwn(item, mergeKey);
  if (value === undefined) throw missingMergeKey(item, mergeKey);
  return identityOf(value);
}

/** {@link identify}, or `undefined` for an item without the merge key. */
export function findIdentity(item: JsonValue, mergeKey: string): string | undefined {
  const value = isObject(item) ? getOwn(item, mergeKey) : undefined;
  return value === undefined ? undefined : identityOf(value);
}

function identityOf(value: JsonValue): string {
  return `${typeof value === "bigint" ? "number" : typeof value} ${formatValue(value)}`;
}

export function missingMergeKey(item: JsonObject, mergeKey: string): PatchError {
  return new PatchError(
    "UnmergeablePatch",
    `map: ${formatValue(item)} does not contain declared merge key: ${mergeKey}`,
  );
}

export function wrongType(expected: string, actual: JsonValue): PatchError {
  const received = actual === null ? "%!s(<nil>)" : typeName(actual);
  return new PatchError("UnmergeablePatch", `expected a ${expected}, but received a ${received}`);
}

/** Whether lists hold objects or scalars. Throws unless all items are of one type. */
export function itemKind(...lists: readonly (readonly JsonValue[])[]): "object" | "scalar" {
  const types = new Set<string>();
  for (const item of lists.flat()) {
    if (types.size === 0 && isArray(item)) throw new PatchError("PatchFailed", "lists of lists are not supported");
    types.add(typeName(item));
  }
  if (types.size > 1) {
    const items = lists.map((list) => formatValue(list)).join(" ");
    throw new PatchError("UnmergeablePatch", `list element types are not identical: [${items}]`);
  }
  const [type] = types;
  if (type === undefined) throw new PatchError("UnmergeablePatch", "no elements in any of the given slices");
  return type === "map[string]interface {}" ? "object" : "scalar";
}

/** How to order a merged list. */
export interface ListOrder {
  readonly mergeKey: MergeKey;
  /** The order of the items that the patch knows. */
  readonly patch: readonly JsonValue[];
  /** The order of all that were there before. */
  readonly live: readonly JsonValue[];
}

/**
 * Orders a merged list: items that the patch knows as the patch has them, the others as they were; both interleaved
 * so that an item which only the live list has stays in front of those it preceded.
 */
export function orderItems(items: readonly JsonValue[], { mergeKey, patch, live }: ListOrder): JsonValue[] {
  const patchRank = ranks(patch, mergeKey);
  const liveRank = ranks(live, mergeKey);
  const rankIn = (rank: ReadonlyMap<string, number>, item: JsonValue): number =>
    rank.get(identify(item, mergeKey)) ?? Number.MAX_SAFE_INTEGER;
  const known = items.filter((item) => patchRank.has(identify(item, mergeKey)));
  const others = items.filter((item) => !patchRank.has(identify(item, mergeKey)));
  known.sort((a, b) => rankIn(patchRank, a) - rankIn(patchRank, b));
  others.sort((a, b) => rankIn(liveRank, a) - rankIn(liveRank, b));

  const result: JsonValue[] = [];
  let next = 0;
  for (const item of known) {
    const rank = liveRank.get(identify(item, mergeKey));
    for (; next < others.length; next++) {
      const other = others[next] ?? null;
      if (rank === undefined || rankIn(liveRank, other) >= rank) break;
      result.push(other);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

function ranks(items: readonly JsonValue[], mergeKey: MergeKey): Map<string, number> {
  const result = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const identity = identify(item, mergeKey);
    if (!result.has(identity)) result.set(identity, index);
  }
  return result;
}
