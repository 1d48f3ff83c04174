import { comparePrereleases, compareVersions, parseLooseVersion, type Version } from "./version.ts";

/** How much of a version a constraint spells out: `*`, `1` or `1.x`, `1.2` or `1.2.x`, `1.2.3`. */
type Precision = "nothing" | "major" | "minor" | "patch";

/** The version of a constraint; parts that are not spelled out are 0. */
interface Bound {
  readonly version: Version;
  readonly precision: Precision;
}

type Comparison = (version: Version, bound: Bound) => boolean;

function isSameMajor(a: Version, b: Version): boolean {
  return a.major === b.major;
}

function isSameMinor(a: Version, b: Version): boolean {
  return isSameMajor(a, b) && a.minor === b.minor;
}

function isEqual(version: Version, { version: bound, precision }: Bound): boolean {
  switch (precision) {
    case "major":
      return isSameMajor(version, bound);
    case "minor":
      return isSameMinor(version, bound) && comparePrereleases(version.prerelease, bound.prerelease) === 0;
    case "nothing":
    case "patch":
      return compareVersions(version, bound) === 0;
  }
}

/** `>1` begins at 2.0.0 and `>1.2` at 1.3.0: the whole range that is spelled out has to be exceeded. */
function isGreater(version: Version, { version: bound, precision }: Bound): boolean {
  if (precision === "major") return version.major > bound.major;
  if (precision === "minor") {
    return version.major > bound.major || (isSameMajor(version, bound) && version.minor > bound.minor);
  }
  return compareVersions(version, bound) > 0;
}

/** `<=1` ends before 2.0.0 and `<=1.2` before 1.3.0. `<=*` is read as `<=0.0`. */
function isAtMost(version: Version, { version: bound, precision }: Bound): boolean {
  if (precision === "patch") return compareVersions(version, bound) <= 0;
  if (!isSameMajor(version, bound)) return version.major < bound.major;
  return precision === "major" || version.minor <= bound.minor;
}

/** `~1.2.3` is at least 1.2.3 and below 1.3.0; `~1` is below 2.0.0; `~0.0.0` and `*` have no upper end. */
function isApproximately(version: Version, { version: bound, precision }: Bound): boolean {
  if (compareVersions(version, bound) < 0) return false;
  const isOpen = precision === "nothing" || precision === "patch";
  if (isOpen && bound.major === 0n && bound.minor === 0n && bound.patch === 0n) return true;
  return precision === "major" ? isSameMajor(version, bound) : isSameMinor(version, bound);
}

/** `^1.2.3` is at least 1.2.3 and keeps the leftmost number that is not 0. */
function isCompatible(version: Version, { version: bound, precision }: Bound): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (bound.major > 0n || precision === "major") return isSameMajor(version, bound);
  if (version.major > 0n) return false;
  if (bound.minor > 0n || precision === "minor") return isSameMinor(version, bound);
  return version.minor === 0n && version.patch === bound.patch;
}

/** Without an operator, or with `=`, a partial version is a range. */
function isMeant(version: Version, bound: Bound): boolean {
  return bound.precision === "patch" ? compareVersions(version, bound.version) === 0 : isApproximately(version, bound);
}

const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ["", isMeant],
  ["=", isMeant],
  ["!=", (version, bound) => !isEqual(version, bound)],
  [">", isGreater],
  ["<", (version, bound) => compareVersions(version, bound.version) < 0],
  [">=", (version, bound) => compareVersions(version, bound.version) >= 0],
  ["=>", (version, bound) => compareVersions(version, bound.version) >= 0],
  ["<=", isAtMost],
  ["=<", isAtMost],
  ["~", isApproximately],
  ["~>", isApproximately],
  ["^", isCompatible],
]);

const part = "(?:[0-9]+|[xX*])";
const dotted = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const bound = `v?${part}(?:\\.${part})?(?:\\.${part})?(?:-${dotted})?(?:\\+${dotted})?`;
const operator = "(?:!=|>=|=>|<=|=<|~>|[=<>~^])?";
const blank = "[\\t\\n\\f\\r ]";
const comparator = `${operator}${blank}*${bound}`;

const hyphenRange = new RegExp(`${blank}*(${bound})${blank}+-${blank}+(${bound})${blank}*`, "g");
const conjunction = new RegExp(`^${blank}*${comparator}${blank}*(?:(?:${blank}+|,${blank}*)${comparator}${blank}*)*$`);
const eachComparator = new RegExp(`(${operator})${blank}*(${bound})`, "g");

function isWildcard(text: string | undefined): boolean {
  return text === undefined || /^[xX*]$/.test(text);
}

function parseBound(text: string): Bound | undefined {
  const match = new RegExp(`^v?(${part})(?:\\.(${part}))?(?:\\.(${part}))?(-${dotted})?`).exec(text);
  if (match === null) return undefined;
  const [, major = "", minor, patch, prerelease = ""] = match;
  const precision = isWildcard(major) ? "nothing" : isWildcard(minor) ? "major" : isWildcard(patch) ? "minor" : "patch";
  const numbers = {
    nothing: "0.0.0",
    major: `${major}.0.0`,
    minor: `${major}.${minor}.0`,
    patch: `${major}.${minor}.${patch}`,
  };
  const version = parseLooseVersion(numbers[precision] + prerelease);
  return version && { version, precision };
}

/** A set of versions: `>=1.2 <2.0 || ^3.1`, `~1.2.3`, `1.2 - 1.4`, `*`. */
export interface Constraint {
  /**
   * Whether a version belongs to the set. Pre-releases do only where one of the comparators beside each other
   * names a pre-release itself.
   */
  matches(version: Version): boolean;
}

interface Conjunction {
  readonly comparators: readonly { readonly comparison: Comparison; readonly bound: Bound }[];
  readonly hasPrerelease: boolean;
}

function parseConjunction(text: string, quote: (text: string) => string): Conjunction {
  const refuse = (): SyntaxError => new SyntaxError(`improper constraint: ${quote(text)}`);
  if (!conjunction.test(text)) throw refuse();
  const comparators = [...text.matchAll(eachComparator)].map(([, sign = "", version = ""]) => {
    const comparison = comparisons.get(sign);
    const parsed = parseBound(version);
    if (comparison === undefined || parsed === undefined) throw refuse();
    return { comparison, bound: parsed };
  });
  return { comparators, hasPrerelease: comparators.some((each) => each.bound.version.prerelease !== "") };
}

export interface ConstraintOptions {
  /** How errors show the part that is wrong. Default: as it is; Masterminds/semver quotes it since 3.5. */
  readonly quote?: (text: string) => string;
}

/**
 * Reads a range in the notation of Masterminds/semver v3, which Flux and Helm use: comparators (`=`, `!=`, `>`, `<`,
 * `>=`, `<=`, `~`, `^`) joined by spaces or commas, alternatives by `||`, wildcards (`1.x`), and `1.2 - 1.4`.
 * Throws `SyntaxError`.
 */
export function parseConstraint(text: string, { quote = String }: ConstraintOptions = {}): Constraint {
  if (text.length > 4096) throw new SyntaxError("improper constraint: longer than 4096 characters");
  const alternatives = text
    .replace(hyphenRange, ">= $1, <= $2 ")
    .split("||")
    .map((part) => parseConjunction(part, quote));
  return {
    matches: (version) =>
      alternatives.some(
        ({ comparators, hasPrerelease }) =>
          (version.prerelease === "" || hasPrerelease) &&
          comparators.every(({ comparison, bound: limit }) => comparison(version, limit)),
      ),
  };
}
