import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CodedError } from "@sluice/errors";

/** Another process works in the directory. */
export class DirectoryInUseError extends CodedError<"DirectoryInUse"> {}

/** Holds a directory for this process until it is released or the process ends. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Claims a directory by writing this process's id into a file in it. A file left by a process that no longer lives is
 * taken over, so a killed process never has to be cleaned up after; so is one with our own id, which a container's
 * first process has in every life.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "process.lock");
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") throw error;
    }
    const owner = await ownerOf(path);
    if (owner !== undefined && owner !== process.pid && isAlive(owner))
      throw new DirectoryInUseError(
        "DirectoryInUse",
        `${directory}: in use by process ${owner}; give each process a directory of its own`,
      );
    await rm(path, { force: true });
  }
  throw new DirectoryInUseError("DirectoryInUse", `${directory}: claimed by several processes at once`);
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    const owner = Number(await readFile(path, "utf8"));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    // Released in the meantime.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
