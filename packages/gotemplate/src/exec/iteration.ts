import { valueText } from "../printf/print-value.ts";
import { getKey, sortedKeys } from "../value/map.ts";
import { GoInt, goTypeOf, hasInterfaceElements, int, integerOf, isMap, isSlice, type Value } from "../value/value.ts";
import type { Frame } from "./execution.ts";
import { GoSequence } from "./sequence.ts";

/** What a range goes over. */
export interface Iteration {
  readonly elements: Iterable<Value>;
  /** The index or key of the n-th element. */
  readonly keys: (count: number) => Value;
  readonly isBoxed: boolean;
}

const nothing: Iteration = { elements: [], keys: () => undefined, isBoxed: false };

/** How a value is ranged over; fails at the frame's current node when it cannot be. */
export function iterationOf(frame: Frame, value: Value, variables: number): Iteration {
  if (value === undefined || value === null) return nothing;
  if (isSlice(value)) {
    // The length is fixed when the range begins.
    return { elements: value.map((item) => item ?? null), keys: int, isBoxed: hasInterfaceElements(value) };
  }
  if (value instanceof Uint8Array) {
    const elements = Array.from(value, (byte) => new GoInt("uint8", BigInt(byte)));
    return { elements, keys: int, isBoxed: false };
  }
  const integer = integerOf(value);
  if (integer !== undefined) {
    if (variables > 1) frame.fail(`can't use ${valueText(value)} to iterate over more than one variable`);
    return { elements: countTo(value, integer), keys: () => undefined, isBoxed: false };
  }
  if (value instanceof GoSequence) return iterationOfSequence(frame, value, variables);
  if (!isMap(value)) return frame.fail(`range can't iterate over ${valueText(value)}`);
  const keys = sortedKeys(value);
  const zero = goTypeOf(value)?.zero ?? null;
  return {
    elements: keys.map((key) => getKey(value, key) ?? zero),
    keys: (count) => keys[count],
    isBoxed: hasInterfaceElements(value),
  };
}

function* countTo(like: Value, end: bigint): Generator<Value> {
  const kind = like instanceof GoInt ? like.kind : undefined;
  for (let value = 0n; value < end; value++) {
    if (kind === undefined) yield value;
    else yield kind === "int" ? int(value) : new GoInt(kind, value);
  }
}

function iterationOfSequence(frame: Frame, sequence: GoSequence, variables: number): Iteration {
  if (!sequence.hasPairs && variables > 1)
    frame.fail(`can't use ${valueText(sequence)} iterate over more than one variable`);
  let key: Value;
  function* elements(): Generator<Value> {
    for (const [first, second] of sequence.pairs()) {
      key = first;
      // A single variable takes the first of a pair.
      yield sequence.hasPairs && variables > 1 ? second : first;
    }
  }
  return { elements: elements(), keys: () => key, isBoxed: false };
}
