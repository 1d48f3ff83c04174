import type { SequenceNode } from "@sluice/yaml";
import { fieldOf } from "../node/fields.ts";
import { isNilOrEmpty } from "../node/test.ts";

/** The values of an element's merge keys, in their order; empty where a key is missing. */
export type Tuple = readonly string[];

/** The tuples of all elements, each once, in the order of the lists. */
export function elementTuples(lists: readonly SequenceNode[], keys: readonly string[]): Tuple[] {
  return distinctTuples(
    lists.flatMap((list) =>
      list.items.map((item) =>
        keys.map((key) => {
          const value = fieldOf(item, key);
          return isNilOrEmpty(value) || value?.kind !== "scalar" ? "" : value.value;
        }),
      ),
    ),
  );
}

export function distinctTuples(tuples: readonly Tuple[]): Tuple[] {
  const seen = new Map<string, Tuple>();
  for (const tuple of tuples) {
    const key = tuple.join("\0");
    if (!seen.has(key)) seen.set(key, tuple);
  }
  return [...seen.values()];
}

/** Fills gaps: tuples that agree where both say something, and agree somewhere, are the same element. */
export function completeTuples(tuples: readonly Tuple[]): Tuple[] {
  const result = [...tuples];
  for (let i = 0; i < result.length; i++) {
    // As it was before this round: one tuple with a gap may meet several without.
    const tuple = result[i] ?? [];
    for (let j = 0; j < result.length; j++) {
      const both = unite(tuple, result[j] ?? []);
      if (both === undefined) continue;
      result[i] = both;
      result[j] = both;
    }
  }
  return result;
}

function unite(a: Tuple, b: Tuple): Tuple | undefined {
  if (a.length !== b.length) return undefined;
  let agrees = false;
  const united: string[] = [];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? "";
    if (value === other) agrees = true;
    else if (value !== "" && other !== "") return undefined;
    united.push(value === "" ? other : value);
  }
  return agrees ? united : undefined;
}

/** Leaves out the keys that no element uses; all keys stay when none is used. */
export function narrowKeys(
  tuples: readonly Tuple[],
  values: Tuple,
  keys: readonly string[],
): { readonly keys: readonly string[]; readonly values: Tuple } {
  const used = new Set<string>();
  for (const tuple of tuples) {
    for (const [index, value] of tuple.entries()) if (value !== "") used.add(keys[index] ?? "");
  }
  if (used.size === 0) return { keys, values };
  return {
    keys: keys.filter((key) => used.has(key)),
    values: values.filter((value, index) => value !== "" || used.has(keys[index] ?? "")),
  };
}
