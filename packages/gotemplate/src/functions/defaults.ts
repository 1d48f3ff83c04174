import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { isTrue } from "../value/truth.ts";
import { deepEqual } from "../value/deep-equal.ts";
import { kindOf, typeName, type Value } from "../value/value.ts";

function isEmpty(value: Value): boolean {
  return !isTrue(value);
}

export const defaultFunctions: FuncMap = {
  default: fn(["any", "...any"], (fallback, value) => (isEmpty(value) ? fallback : value)),
  empty: fn(["any"], isEmpty),
  coalesce: fn(["...any"], (...values) => values.find(isTrue) ?? null),
  all: fn(["...any"], (...values) => values.every(isTrue)),
  any: fn(["...any"], (...values) => values.some(isTrue)),
  ternary: fn(["any", "any", "bool"], (yes, no, condition) => (condition ? yes : no)),
  fail: fn(["string"], (message) => {
    throw new FunctionError(message);
  }),
  typeOf: fn(["any"], typeName),
  typeIs: fn(["string", "any"], (name, value) => name === typeName(value)),
  typeIsLike: fn(["string", "any"], (name, value) => name === typeName(value) || `*${name}` === typeName(value)),
  kindOf: fn(["any"], kindOf),
  kindIs: fn(["string", "any"], (name, value) => name === kindOf(value)),
  deepEqual: fn(["any", "any"], deepEqual),
};
