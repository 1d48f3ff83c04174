import { PatchError } from "../errors.ts";
import { quote } from "../json/go-text.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import type { MergeKey } from "./list-order.ts";

/** How a field takes patches. */
export interface PatchField {
  readonly strategy: string | undefined;
  /** Whether it is a one-of: setting one key clears the others. */
  readonly retainsKeys: boolean;
  readonly mergeKey: MergeKey;
  readonly type: TypeSchema;
}

/**
 * Looks up a field that holds an object or a list. Throws `UnmergeablePatch` when the type has none of that name, unless
 * `isIrrelevant`: then it is `undefined`.
 */
export function fieldOf(type: TypeSchema | undefined, key: string, isIrrelevant: () => boolean): PatchField | undefined;
export function fieldOf(type: TypeSchema | undefined, key: string): PatchField;
export function fieldOf(
  type: TypeSchema | undefined,
  key: string,
  isIrrelevant?: () => boolean,
): PatchField | undefined {
  const field = type?.map?.fields.get(key);
  if (field !== undefined) {
    const strategies = field.patchStrategies ?? [];
    return {
      strategy: strategies.find((each) => each !== "retainKeys"),
      retainsKeys: strategies.includes("retainKeys"),
      mergeKey: field.patchMergeKey,
      type: field.type,
    };
  }
  if (isIrrelevant?.() === true) return undefined;
  const isPlainMap = type?.map?.fields.size === 0 && type.map.element !== undefined;
  throw new PatchError(
    "UnmergeablePatch",
    isPlainMap
      ? "merging an object in json but data type is not struct, instead is: map"
      : `unable to find api field in struct for the json field ${quote(key)}`,
  );
}
