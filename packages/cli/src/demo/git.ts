import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CliError } from "../errors.ts";

const execute = promisify(execFile);

/** Commits that the demo makes itself carry this name, and no hook or signature of the user's configuration. */
const SETTINGS = {
  "user.name": "Sluice demo",
  "user.email": "demo@sluice.invalid",
  "commit.gpgsign": "false",
  "core.hooksPath": "",
  "core.autocrlf": "false",
  "advice.detachedHead": "false",
};

const IDENTITY = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** Runs git in a directory and returns what it printed. Throws with git's last words. */
export async function git(directory: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await execute("git", [...IDENTITY, ...args], {
      cwd: directory,
      signal,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...environment(), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new CliError("NotFound", "git is needed and was not found", { cause: error });
    }
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const lastWords =
      stderr
        .split("\n")
        .filter((line) => line !== "")
        .at(-1) ?? String(error);
    throw new CliError("Failed", `git ${args[0] ?? ""}: ${lastWords}`, { cause: error });
  }
}

/** The user's environment (proxies, credential helpers, agents) without what points git at another repository. */
function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(
    entries.filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR)$/.test(name)),
  );
}
