import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import type { FileSystem } from "@sluice/kustomize";
import { CliError } from "../../errors.ts";

/** The files of this machine, as a build on a developer's command line may read them. */
export const diskFileSystem: FileSystem = {
  stat(path) {
    const found = statsOf(path);
    if (found === undefined) return undefined;
    return found.isDirectory() ? "directory" : "file";
  },
  readFile(path) {
    // Reading a pipe or a device would wait for a writer that may never come.
    if (!statSync(path).isFile()) throw new CliError("Failed", `${path}: not a regular file`);
    return readFileSync(path);
  },
  readDirectory: (path) => readdirSync(path).toSorted(),
  realPath: (path) => realpathSync(path),
};

/** Nothing is at a path that leads nowhere or in circles. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOOP") return undefined;
    throw error;
  }
}
