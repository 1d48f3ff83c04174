import { compileGlob } from "./glob.ts";

/** What a pattern says about a path: nothing, leave it out, or keep it after all (`!`). */
export type Verdict = "exclude" | "include" | undefined;

/** A line of an ignore file, bound to the directory that the file is in. */
export interface IgnorePattern {
  /** The directory, as segments; the pattern says nothing about paths outside of it. */
  readonly directory: readonly string[];
  readonly verdict: "exclude" | "include";
  readonly matches: (segments: readonly string[]) => boolean;
}

type Match = (segments: readonly string[]) => boolean;

/** A pattern without a slash matches a file of that name, or everything below a directory of that name. */
function matchName(glob: string, isDirectoryOnly: boolean): Match {
  const matches = compileGlob(glob);
  return (segments) => {
    const index = segments.findIndex(matches);
    return index >= 0 && !(isDirectoryOnly && index === segments.length - 1);
  };
}

/**
 * A pattern with a slash is anchored at its directory and matches what it names and everything below. `**` between
 * slashes stands for any number of directories.
 */
function matchPath(parts: readonly string[], isDirectoryOnly: boolean): Match {
  const steps = parts.map((part) => ({ part, matches: compileGlob(part) }));
  return (segments) => {
    let rest = segments;
    let isMatch = false;
    let mayDescend = false;
    for (const [index, { part, matches }] of steps.entries()) {
      const isLast = index === steps.length - 1;
      if (part === "") {
        mayDescend = false;
      } else if (part === "**") {
        if (isLast) break;
        mayDescend = true;
      } else {
        if (part.includes("**") || rest.length === 0) return false;
        if (mayDescend) {
          mayDescend = false;
          const found = rest.findIndex(matches);
          isMatch = found >= 0;
          rest = found < 0 ? [] : rest.slice(found + 1);
        } else {
          if (!matches(rest[0] ?? "")) return false;
          rest = rest.slice(1);
          isMatch = rest.length > 0 || isLast;
        }
      }
    }
    return isMatch && !(isDirectoryOnly && rest.length === 0);
  };
}

/** Reads one line; the line must not be blank or a comment. */
export function parsePattern(line: string, directory: readonly string[]): IgnorePattern {
  const isInclusion = line.startsWith("!");
  let text = isInclusion ? line.slice(1) : line;
  if (!text.endsWith("\\ ")) text = text.replace(/ +$/, "");
  const isDirectoryOnly = text.endsWith("/");
  if (isDirectoryOnly) text = text.slice(0, -1);
  const parts = text.split("/");
  return {
    directory,
    verdict: isInclusion ? "include" : "exclude",
    matches: parts.length > 1 ? matchPath(parts, isDirectoryOnly) : matchName(text, isDirectoryOnly),
  };
}

/** Reads an ignore file: one pattern a line, blank lines and those that begin with `#` aside. */
export function parsePatterns(text: string, directory: readonly string[] = []): readonly IgnorePattern[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => !line.startsWith("#") && line.trim() !== "")
    .map((line) => parsePattern(line, directory));
}

/** The verdict of the last pattern that says anything about a file. */
export function verdictOn(path: string, patterns: readonly IgnorePattern[]): Verdict {
  const segments = path.split("/");
  return patterns.findLast(
    ({ directory, matches }) =>
      segments.length > directory.length &&
      directory.every((segment, index) => segments[index] === segment) &&
      matches(segments.slice(directory.length)),
  )?.verdict;
}
