import { LimitError } from "../errors.ts";

/** Longest text that a function may build, in UTF-16 units. */
export const MAX_TEXT: number = 64 * 1024 * 1024;
/** Longest list that a function may build. */
export const MAX_ITEMS: number = 1_000_000;
/** Deepest nesting of values that is walked. */
export const MAX_VALUE_DEPTH: number = 1000;

export function checkText(length: number): void {
  if (length > MAX_TEXT) throw new LimitError(`text is longer than ${MAX_TEXT} characters`);
}

export function checkItems(count: number): void {
  if (count > MAX_ITEMS) throw new LimitError(`list has more than ${MAX_ITEMS} items`);
}

export function checkDepth(depth: number): void {
  if (depth > MAX_VALUE_DEPTH) throw new LimitError(`value is nested deeper than ${MAX_VALUE_DEPTH} levels`);
}

/** Counts the values that a walk meets: shared parts make a small value grow without bound. */
export class WalkBudget {
  #left = 5_000_000;

  visit(depth: number): void {
    checkDepth(depth);
    if (--this.#left < 0) throw new LimitError("value has too many parts");
  }
}
