import { YamlError } from "./errors.ts";

/** Upper bounds on what a text may cost; exceeding one throws a {@link YamlError} with code `LimitExceeded`. */
export interface ParseLimits {
  /** Longest accepted text in UTF-16 code units. Default 64 Mi. */
  readonly maxLength?: number;
  /** Deepest nesting of mappings and sequences. Default 512; Go's own bound, 10000, would overflow our stack. */
  readonly maxDepth?: number;
  /** Most nodes in one text, aliases not expanded. Default 8 million. */
  readonly maxNodes?: number;
}

export const defaultMaxLength: number = 64 * 1024 * 1024;
export const defaultMaxDepth = 512;
export const defaultMaxNodes = 8_000_000;

export function depthExceeded(maxDepth: number, line = 0, column = 0): YamlError {
  const where = line === 0 ? "" : `line ${line}: `;
  return new YamlError("LimitExceeded", `yaml: ${where}exceeded max depth of ${maxDepth}`, line, column);
}
