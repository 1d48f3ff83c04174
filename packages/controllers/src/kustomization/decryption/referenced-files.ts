import { posix } from "node:path";
import type { FileSystem } from "@sluice/kustomize";
import { kustomizationFileNames } from "@sluice/kustomize";
import { type Format, formatForPath } from "@sluice/sops";
import { parse, YamlError } from "@sluice/yaml";

/** A file that a kustomization takes in, and what it is read as. */
export interface ReferencedFile {
  readonly path: string;
  readonly format: Format;
}

/**
 * The files that may be encrypted, over all kustomizations that a directory's one leads to: resources, patches, and
 * what Secrets are generated from. Whatever is wrong with a kustomization is for the build to say.
 */
export function referencedFiles(files: FileSystem, directory: string): ReferencedFile[] {
  const found = new Map<string, ReferencedFile>();
  const seen = new Set<string>();
  const add = (path: string, format: Format): void => {
    if (files.stat(path) === "file") found.set(files.realPath(path), { path: files.realPath(path), format });
  };
  const visit = (at: string): void => {
    const real = files.realPath(at);
    if (seen.has(real)) return;
    seen.add(real);
    const content = readKustomization(files, real);
    const within = (path: string): string => posix.resolve(real, path);
    for (const field of ["resources", "bases", "components"]) {
      for (const path of textsIn(content[field]).map(within)) {
        const kind = files.stat(path);
        if (kind === "directory") visit(path);
        else add(path, manifestFormat(path));
      }
    }
    for (const path of textsIn(content["patchesStrategicMerge"])) add(within(path), manifestFormat(path));
    for (const patch of [...recordsIn(content["patches"]), ...recordsIn(content["patchesJson6902"])]) {
      const { path } = patch;
      if (typeof path === "string") add(within(path), manifestFormat(path));
    }
    for (const generator of recordsIn(content["secretGenerator"])) {
      for (const source of textsIn(generator["files"])) {
        const at = source.indexOf("=");
        const path = source.slice(at + 1);
        add(within(path), formatOfNames(source.slice(0, Math.max(at, 0)), path));
      }
      for (const path of [...textsIn(generator["envs"]), ...textsIn([generator["env"]])]) {
        const format = formatForPath(path);
        add(within(path), format === "binary" ? "dotenv" : format);
      }
    }
  };
  visit(directory);
  return [...found.values()];
}

/** What the name in the Secret says, or else the file's own. */
function formatOfNames(key: string, path: string): Format {
  const format = formatForPath(key);
  return format === "binary" ? formatForPath(path) : format;
}

function manifestFormat(path: string): Format {
  return path.endsWith(".json") ? "json" : "yaml";
}

function readKustomization(files: FileSystem, directory: string): Record<string, unknown> {
  const path = kustomizationFileNames
    .map((name) => posix.join(directory, name))
    .find((each) => files.stat(each) === "file");
  if (path === undefined) return {};
  try {
    const content: unknown = parse(new TextDecoder().decode(files.readFile(path)));
    return isRecord(content) ? content : {};
  } catch (error) {
    if (error instanceof YamlError) return {};
    throw error;
  }
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function recordsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
