import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { compareVersions, parseConstraint, parseLooseVersion, type Version } from "@sluice/semver";
import { quoteText } from "../printf/quote.ts";
import { GoInt, GoObject, int, type Kind, type Value, type GoFunction } from "../value/value.ts";

function versionText({ major, minor, patch, prerelease, metadata }: Version): string {
  return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
}

function uint64(value: bigint): GoInt {
  return new GoInt("uint64", value);
}

function bump(version: Version, part: "major" | "minor" | "patch"): Version {
  const { major, minor, patch, prerelease } = version;
  const released = { prerelease: "", metadata: "" };
  if (part === "major") return { ...released, major: major + 1n, minor: 0n, patch: 0n };
  if (part === "minor") return { ...released, major, minor: minor + 1n, patch: 0n };
  // A pre-release becomes its release.
  return { ...released, major, minor, patch: prerelease === "" ? patch + 1n : patch };
}

/** What `semver` returns: `*semver.Version` with its methods. */
class GoVersion extends GoObject {
  readonly kind: Kind;
  readonly version: Version;
  readonly #original: string;

  constructor(version: Version, original: string, kind: "ptr" | "struct") {
    super();
    this.version = version;
    this.kind = kind;
    this.#original = original;
  }

  override get typeName(): string {
    return this.kind === "ptr" ? "*semver.Version" : "semver.Version";
  }

  override text(): string {
    return versionText(this.version);
  }

  override json(): string {
    return this.text();
  }

  override method(name: string): GoFunction | undefined {
    const { version } = this;
    const bumped = (part: "major" | "minor" | "patch"): GoFunction =>
      fn([], () => {
        const next = bump(version, part);
        const prefix = this.#original.startsWith("v") ? "v" : "";
        return new GoVersion(next, prefix + versionText(next), "struct");
      });
    const compared = (test: (order: number) => Value): GoFunction =>
      fn(["any"], (other) => test(compareVersions(version, asVersion(other))));
    switch (name) {
      case "Major":
        return fn([], () => uint64(version.major));
      case "Minor":
        return fn([], () => uint64(version.minor));
      case "Patch":
        return fn([], () => uint64(version.patch));
      case "Prerelease":
        return fn([], () => version.prerelease);
      case "Metadata":
        return fn([], () => version.metadata);
      case "Original":
        return fn([], () => this.#original);
      case "String":
        return fn([], () => this.text());
      case "IncMajor":
        return bumped("major");
      case "IncMinor":
        return bumped("minor");
      case "IncPatch":
        return bumped("patch");
      case "Compare":
        return compared((order) => int(BigInt(Math.sign(order))));
      case "LessThan":
        return compared((order) => order < 0);
      case "GreaterThan":
        return compared((order) => order > 0);
      case "Equal":
        return compared((order) => order === 0);
      default:
        return undefined;
    }
  }
}

function asVersion(value: Value): Version {
  if (value instanceof GoVersion) return value.version;
  throw new FunctionError("wrong type for value; expected *semver.Version");
}

function parse(text: string): Version {
  const version = parseLooseVersion(text);
  if (version !== undefined) return version;
  const isZeroLed =
    /-(?:.*\.)?0[0-9]+(?:[.+]|$)/.test(text) && parseLooseVersion(text.replace(/[-+].*$/s, "")) !== undefined;
  throw new FunctionError(isZeroLed ? "version segment starts with 0" : "invalid semantic version");
}

function matches(constraint: string, version: string): boolean {
  let parsed: ReturnType<typeof parseConstraint>;
  try {
    parsed = parseConstraint(constraint, { quote: quoteText });
  } catch (error) {
    if (error instanceof SyntaxError) throw new FunctionError(error.message);
    throw error;
  }
  return parsed.matches(parse(version));
}

export const semverFunctions: FuncMap = {
  semver: fn(["string"], (text) => new GoVersion(parse(text), text, "ptr")),
  semverCompare: fn(["string", "string"], matches),
};
