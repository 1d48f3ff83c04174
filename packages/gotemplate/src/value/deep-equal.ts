import { WalkBudget } from "./limits.ts";
import { getKey, hasKey } from "./map.ts";
import { GoObject, GoValue, integerOf, isNilValue, isSlice, typeName, type Value, type ValueMap } from "./value.ts";

/** Go's `reflect.DeepEqual`: types count, 1 and 1.0 differ. */
export function deepEqual(left: Value, right: Value): boolean {
  return isDeepEqual(left, right, new WalkBudget(), 0);
}

function isDeepEqual(left: Value, right: Value, budget: WalkBudget, depth: number): boolean {
  budget.visit(depth);
  if (typeof left === "number" && typeof right === "number") return left === right;
  if (left === right) return true;
  if (left === null || left === undefined || right === null || right === undefined)
    return (left ?? null) === (right ?? null);
  if (typeof left !== "object" || typeof right !== "object" || typeName(left) !== typeName(right)) return false;
  if (isNilValue(left) !== isNilValue(right)) return false;
  if (left instanceof GoObject) return right instanceof GoObject && left.equals(right);
  if (left instanceof GoValue) return integerOf(left) !== undefined && integerOf(left) === integerOf(right);
  if (left instanceof Uint8Array)
    return right instanceof Uint8Array && left.length === right.length && left.every((byte, at) => byte === right[at]);
  if (isSlice(left)) {
    return (
      isSlice(right) &&
      left.length === right.length &&
      left.every((item, index) => isDeepEqual(item, right[index], budget, depth + 1))
    );
  }
  const [a, b] = [left, right as ValueMap];
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => hasKey(b, key) && isDeepEqual(getKey(a, key), getKey(b, key), budget, depth + 1));
}
