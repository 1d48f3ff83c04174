import { comparePaths } from "../archive/file-tree.ts";
import { type IgnorePattern, parsePatterns, verdictOn } from "./pattern.ts";

/** Files of this name say what does not become part of an artifact, each for its own directory. */
export const ignoreFileName = ".sourceignore";

/** Left out of every artifact, whatever else is said. */
const versionControl = [".git/", ".gitignore", ".gitmodules", ".gitattributes"];

/** Left out as long as nobody says anything else. */
const defaults = [
  "*.jpg",
  "*.jpeg",
  "*.gif",
  "*.png",
  "*.wmv",
  "*.flv",
  "*.tar.gz",
  "*.zip",
  ".github/",
  ".circleci/",
  ".travis.yml",
  ".gitlab-ci.yml",
  "appveyor.yml",
  ".drone.yml",
  "cloudbuild.yaml",
  "codeship-services.yml",
  "codeship-steps.yml",
  "**/.goreleaser.yml",
  "**/.sops.yaml",
  "**/.flux.yaml",
];

const versionControlPatterns = parsePatterns(versionControl.join("\n"));
const defaultPatterns = parsePatterns(defaults.join("\n"));

/** Whether a path is that of an ignore file. */
export function isIgnoreFile(path: string): boolean {
  return path === ignoreFileName || path.endsWith(`/${ignoreFileName}`);
}

/** Parents before children, siblings by name: the order in which later patterns overrule earlier ones. */
function compareDirectories(a: string, b: string): number {
  const [partsA, partsB] = [a.split("/").slice(0, -1), b.split("/").slice(0, -1)];
  for (let i = 0; i < Math.min(partsA.length, partsB.length); i++) {
    const order = comparePaths(partsA[i] ?? "", partsB[i] ?? "");
    if (order !== 0) return order;
  }
  return partsA.length - partsB.length;
}

/**
 * Builds the rule for what becomes part of an artifact, from the text of every `.sourceignore` by path and from
 * `spec.ignore`. Later patterns overrule earlier ones: version control, the files from the root downwards,
 * `spec.ignore`. As soon as there is any pattern, the defaults (images, archives, CI configuration) no longer hold.
 *
 * Unlike git's own rule, `!` brings back a file below an excluded directory too, as in Flux.
 */
export function createSourceFilter(
  ignoreFiles: ReadonlyMap<string, string>,
  specIgnore?: string,
): (path: string) => boolean {
  const patterns: IgnorePattern[] = [];
  for (const path of [...ignoreFiles.keys()].sort(compareDirectories)) {
    patterns.push(...parsePatterns(ignoreFiles.get(path) ?? "", path.split("/").slice(0, -1)));
  }
  if (specIgnore !== undefined) patterns.push(...parsePatterns(specIgnore));
  const effective = [...versionControlPatterns, ...(patterns.length > 0 ? patterns : defaultPatterns)];
  return (path) => verdictOn(path, effective) !== "exclude";
}
