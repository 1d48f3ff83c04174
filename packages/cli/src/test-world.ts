import type { Io } from "./io/io.ts";
import { main } from "./main.ts";

/** What a command line did, for tests. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test may set of the world that a command runs in. */
export interface World {
  readonly program?: string;
  readonly env?: Io["env"];
  readonly stdin?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  /** Called with everything written to stdout so far, after each write. */
  readonly onStdout?: (soFar: string) => void;
}

/** Runs a command line without touching the process: nothing on a terminal, nothing from the real environment. */
export async function runCommand(argv: readonly string[], world: World = {}): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const status = await main(argv, {
    program: world.program ?? "flux",
    stdin: inputOf(world.stdin ?? ""),
    stdout: {
      isTTY: false,
      write(text) {
        stdout += text;
        world.onStdout?.(stdout);
      },
    },
    stderr: { isTTY: false, write: (text) => void (stderr += text) },
    env: world.env ?? {},
    cwd: world.cwd ?? import.meta.dirname,
    signal: world.signal ?? new AbortController().signal,
    now: world.now ?? Date.now,
  });
  return { status, stdout, stderr };
}

async function* inputOf(text: string): AsyncGenerator<string> {
  if (text !== "") yield text;
}
