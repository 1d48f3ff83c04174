/** `SyntaxError`: the text cannot be parsed. `VariableNotSet`: strict mode met a variable without value or default. */
export type SubstitutionErrorCode = "SyntaxError" | "VariableNotSet" | "TooDeep";

/** A text in which the variables cannot be replaced. The messages are those that Flux users know. */
export class SubstitutionError extends Error {
  readonly code: SubstitutionErrorCode;
  /** One-based line of the expression in the text. */
  readonly line: number;
  /** The variable, for `VariableNotSet`. */
  readonly variable: string | undefined;

  constructor(
    code: SubstitutionErrorCode,
    message: string,
    where: { readonly line: number; readonly variable?: string },
  ) {
    super(message);
    this.name = "SubstitutionError";
    this.code = code;
    this.line = where.line;
    this.variable = where.variable;
  }
}
