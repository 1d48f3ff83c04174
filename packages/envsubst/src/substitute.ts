import { SubstitutionError } from "./errors.ts";
import { defaultOperators, operators } from "./operators.ts";
import { type Expression, parse, type Part } from "./parse.ts";

export interface SubstituteOptions {
  /** A variable that is not set and has no default is an error instead of nothing. */
  readonly strict?: boolean;
}

/**
 * Replaces the expressions in a text. `lookup` gives a variable's value, `undefined` when it is not set.
 * Throws {@link SubstitutionError} for a malformed expression, and in strict mode for a variable that is not set.
 */
export function substitute(
  text: string,
  lookup: (name: string) => string | undefined,
  options: SubstituteOptions = {},
): string {
  const evaluateAll = (parts: readonly Part[]): string =>
    parts.map((part) => (typeof part === "string" ? part : evaluate(part))).join("");
  const evaluate = ({ name, operator, args, line }: Expression): string => {
    const values = args.map(evaluateAll);
    const value = lookup(name);
    if (value === undefined && options.strict === true && !defaultOperators.has(operator))
      throw new SubstitutionError("VariableNotSet", `variable not set (strict mode): "${name}"`, {
        line,
        variable: name,
      });
    return operators.get(operator)?.(value ?? "", values) ?? "";
  };
  return evaluateAll(parse(text));
}
