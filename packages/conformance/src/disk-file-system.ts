import fs from "node:fs";
import type { FileSystem } from "@sluice/kustomize";

/** The machine's own files, whole: corpora name their inputs by absolute path. */
export const diskFileSystem: FileSystem = {
  stat(path) {
    const found = fs.statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return found.isDirectory() ? "directory" : "file";
  },
  readFile: (path) => fs.readFileSync(path),
  readDirectory: (path) => fs.readdirSync(path).toSorted(),
  realPath: (path) => fs.realpathSync(path),
};
