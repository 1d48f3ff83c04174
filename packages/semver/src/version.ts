/** A semantic version. Numbers are as large as Go's `uint64`, hence `bigint`. */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without the `-`; empty for a release. */
  readonly prerelease: string;
  /** Without the `+`. Plays no part in the order. */
  readonly metadata: string;
}

const maxNumber = 2n ** 64n - 1n;

function parseNumber(text: string): bigint | undefined {
  const value = BigInt(text);
  return value <= maxNumber ? value : undefined;
}

function isNumeric(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

const identifiers = /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/;

/** Whether a pre-release is well formed: its numbers have no leading zeros. */
function isPrerelease(text: string): boolean {
  return text === "" || (identifiers.test(text) && text.split(".").every((part) => !/^0[0-9]+$/.test(part)));
}

function isMetadata(text: string): boolean {
  return text === "" || identifiers.test(text);
}

function assemble(numbers: readonly string[], prerelease: string, metadata: string): Version | undefined {
  const [major, minor, patch] = numbers.map(parseNumber);
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  if (!isPrerelease(prerelease) || !isMetadata(metadata)) return undefined;
  return { major, minor, patch, prerelease, metadata };
}

/** Reads `1.2.3-rc.1+build`, all three numbers and no `v`; `undefined` for anything else. */
export function parseStrictVersion(text: string): Version | undefined {
  const match = /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([^+]+))?(?:\+(.+))?$/s.exec(text);
  if (match === null) return undefined;
  const [, major = "", minor = "", patch = "", prerelease = "", metadata = ""] = match;
  return assemble([major, minor, patch], prerelease, metadata);
}

/** Reads `v1.2`, `1`, `01.2.3-rc1`: numbers may be missing (0) or have leading zeros. `undefined` for anything else. */
export function parseLooseVersion(text: string): Version | undefined {
  const dotted = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
  const match = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${dotted}))?(?:\\+(${dotted}))?$`).exec(text);
  if (match === null) return undefined;
  const [, major = "", minor = "0", patch = "0", prerelease = "", metadata = ""] = match;
  return assemble([major, minor, patch], prerelease, metadata);
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders one dotted part: numbers by value and before words, a missing part before any. */
function comparePart(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return b === "" ? 0 : -1;
  if (b === "") return 1;
  const [isNumberA, isNumberB] = [isNumeric(a) && BigInt(a) <= maxNumber, isNumeric(b) && BigInt(b) <= maxNumber];
  if (isNumberA && isNumberB) return compare(BigInt(a), BigInt(b));
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return compare(a, b);
}

/** Orders pre-releases; a release (empty) comes after all of them. */
export function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const [partsA, partsB] = [a.split("."), b.split(".")];
  for (let i = 0; i < Math.max(partsA.length, partsB.length); i++) {
    const order = comparePart(partsA[i] ?? "", partsB[i] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** Orders versions by precedence, so that build metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  return (
    compare(a.major, b.major) ||
    compare(a.minor, b.minor) ||
    compare(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}
