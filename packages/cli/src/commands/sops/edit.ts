import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CliError } from "../../errors.ts";
import type { Io } from "../../io/io.ts";

/** In memory where the system has such a place: an editor needs a file, a disk remembers it. */
const memoryFolder = "/dev/shm";

/** Lets the user's editor change a text in a folder that only the user can enter, and that is gone afterwards. */
export async function editPrivately(content: Uint8Array, name: string, io: Io): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), "sops-"));
  try {
    const file = path.join(folder, path.basename(name));
    writeFileSync(file, content, { mode: 0o600 });
    await runEditor(file, io);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runEditor(file: string, io: Io): Promise<void> {
  const written = io.env["SOPS_EDITOR"] ?? io.env["EDITOR"] ?? "vi";
  const [program = "vi", ...args] = written.trim().split(/\s+/);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, file], { stdio: "inherit", env: { ...io.env }, signal: io.signal });
    child.on("error", (error) => reject(new CliError("NotFound", `${program} cannot be run`, { cause: error })));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new CliError("Failed", `${program} ended with status ${code ?? "unknown"}; nothing was changed`));
    });
  });
}
