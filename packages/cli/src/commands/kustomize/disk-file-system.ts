import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { FileSystem } from "@sluice/kustomize";

/** The files of this machine, as a build on a developer's command line may read them. */
export const diskFileSystem: FileSystem = {
  stat(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return found.isDirectory() ? "directory" : "file";
  },
  readFile: (path) => readFileSync(path),
  readDirectory: (path) => readdirSync(path).toSorted(),
  realPath: (path) => realpathSync(path),
};
