import { SopsError } from "./errors.ts";
import { compilePattern } from "./pattern/matcher.ts";
import type { Place } from "./tree/walk.ts";

export const selectionFields = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;

/** The one rule of a document that says which values are encrypted, by the names above them or the comments. */
export interface Selection {
  readonly field: (typeof selectionFields)[number];
  readonly pattern: string;
}

/** What holds where a document says nothing. */
export const defaultSelection: Selection = { field: "unencrypted_suffix", pattern: "_unencrypted" };

/** Decides whether a value or comment at a place is to be encrypted. */
export type Selector = (place: Place, isComment: boolean) => boolean;

/** @throws SopsError `InvalidRule` for what is not a regular expression. */
export function compileSelection({ field, pattern }: Selection): Selector {
  const isSuffix = field.endsWith("_suffix");
  const matches = isSuffix ? (text: string): boolean => text.endsWith(pattern) : compileRegex(field, pattern);
  switch (field) {
    case "unencrypted_suffix":
    case "unencrypted_regex":
      return ({ path }) => !path.some(matches);
    case "encrypted_suffix":
    case "encrypted_regex":
      return ({ path }) => path.some(matches);
    case "unencrypted_comment_regex":
      return ({ comments }) => !comments.some((lines) => lines.some(matches));
    case "encrypted_comment_regex":
      return ({ comments }, isComment) => {
        // A comment does not count for itself, or the mark would be unreadable.
        const above = isComment ? [...comments.slice(0, -1), (comments.at(-1) ?? []).slice(0, -1)] : comments;
        return above.some((lines) => lines.some(matches));
      };
  }
}

/** Reads the one selection among fields. @throws SopsError `InvalidRule` where there are several. */
export function findSelection(fields: ReadonlyMap<string, string>): Selection | undefined {
  const found = selectionFields.flatMap((field) => {
    const pattern = fields.get(field);
    return pattern === undefined || pattern === "" ? [] : [{ field, pattern }];
  });
  if (found.length > 1) {
    throw new SopsError("InvalidRule", `only one of ${found.map(({ field }) => field).join(" and ")} can be used`);
  }
  return found[0];
}

function compileRegex(field: string, pattern: string): (text: string) => boolean {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SopsError("InvalidRule", `${field}: ${error.message}`);
  }
}
