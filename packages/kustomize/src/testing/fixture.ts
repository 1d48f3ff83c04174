import type { BuildOptions } from "../build.ts";
import type { SymbolicLink } from "../memory-file-system.ts";

/** What the comment of a fixture says beside prose: `root:`, `flags:` and `link:` lines. */
export interface FixtureSetup {
  /** The directory to build, below the fixture's own root. */
  readonly root: string;
  readonly flags: readonly string[];
  readonly links: ReadonlyMap<string, SymbolicLink>;
}

/** Reads the comment of a fixture. */
export function parseSetup(comment: string): FixtureSetup {
  const values = (name: string): string[] =>
    comment.split("\n").flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2).trim()] : []));
  const links = values("link").map((line) => {
    const [path = "", target = ""] = line.split(" -> ");
    return [path, { target }] as const;
  });
  return { root: values("root")[0] ?? "", flags: values("flags")[0]?.split(" ") ?? [], links: new Map(links) };
}

/** The options that mean the same as the flags of a fixture. */
export function optionsOf({ flags }: FixtureSetup): BuildOptions {
  return flags.includes("LoadRestrictionsNone") ? { loadRestrictor: "none" } : {};
}

/** Where fixtures lie in memory. */
export const fixtureRoot = "/fixture";

/** The first line of an error, with `{ROOT}` in place of where the fixture lay. */
export function errorLine(message: string, root: string): string {
  const [line = ""] = message.split("\n");
  return `${line.replaceAll(root, "{ROOT}").replace(/0x[0-9a-f]{6,16}/g, "0xPTR")}\n`;
}
