import { CodedError } from "@sluice/errors";

/**
 * Why YAML was refused:
 * - `Syntax`: the text is not YAML as Go's parser understands it.
 * - `UnknownAnchor`: an alias names an anchor that was not defined before it.
 * - `CyclicAlias`: an anchored value contains itself.
 * - `InvalidValue`: well-formed, but not convertible (`!!int abc`, `.nan` in JSON, a null key).
 * - `DuplicateKey`: a mapping has the same key twice and the caller wanted that refused.
 * - `LimitExceeded`: too large, too deep or too many aliases; see `ParseLimits`.
 * - `Unrepresentable`: a value or node that cannot be written as YAML.
 */
export type YamlErrorCode =
  | "Syntax"
  | "UnknownAnchor"
  | "CyclicAlias"
  | "InvalidValue"
  | "DuplicateKey"
  | "LimitExceeded"
  | "Unrepresentable";

/**
 * A refusal in the words of Go's YAML libraries, `yaml: line 3: did not find expected key`, because tools quote them.
 *
 * The line inside the message is the one Go would print, which for some errors is the line of the surrounding
 * construct or the line before; {@link YamlError.line} and {@link YamlError.column} point at the problem itself.
 */
export class YamlError extends CodedError<YamlErrorCode> {
  /** One-based, 0 when the problem has no place in a text. */
  readonly line: number;
  /** One-based, 0 when the problem has no place in a text. */
  readonly column: number;

  constructor(code: YamlErrorCode, message: string, line = 0, column = 0) {
    super(code, message);
    this.line = line;
    this.column = column;
  }
}
