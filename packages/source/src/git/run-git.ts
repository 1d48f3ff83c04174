import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { classifyGitFailure } from "./classify.ts";
import { GitError } from "./errors.ts";

/** How a git process is started. */
export interface GitProcessOptions {
  readonly cwd?: string;
  /** Beside {@link baseEnvironment}: configuration and credentials of one access. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What the process talks to, without credentials: for messages. */
  readonly subject: string;
}

export interface RunGitOptions extends GitProcessOptions {
  readonly input?: Uint8Array;
  /** More output than this ends the process. Default 256 MiB. */
  readonly maxOutputBytes?: number;
}

/** Between asking a process group to end and ending it. */
const graceMs = 2_000;
const maxStderrLength = 16 * 1024;

const passedOn = [
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "TMPDIR",
];

/**
 * The environment of every git process: nothing of the machine's or the user's configuration, no prompt, no locale,
 * and no protocol that was not asked for. Of our own environment only the search path, proxies and certificate
 * locations are passed on.
 */
export function baseEnvironment(): Record<string, string> {
  const env: Record<string, string> = {
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_ALLOW_PROTOCOL: "http:https:ssh",
    GIT_PROTOCOL_FROM_USER: "0",
  };
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Turns `key → values` into the variables that git reads configuration from, so that no value stands in `argv`. */
export function configEnvironment(config: readonly (readonly [key: string, value: string])[]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(config.length) };
  config.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}

/** What aborting means: a timeout is the remote's failure, anything else is the caller's wish. */
export function abortError(signal: AbortSignal, subject: string): unknown {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "TimeoutError") {
    return new GitError("Timeout", `${subject}: timed out`, { cause: reason });
  }
  return reason;
}

/** A running git process that the abort signal ends together with everything it has started. */
export interface GitProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Waits for the end. Throws a {@link GitError} for an exit status other than 0, or the reason of an abort. */
  readonly finish: () => Promise<void>;
  /** Ends the process group at once; `finish` then resolves. For a reader that has what it wants. */
  readonly stop: () => Promise<void>;
}

/** Starts git with an argument vector. Nothing is interpreted by a shell. */
export function startGit(args: readonly string[], options: GitProcessOptions): GitProcess {
  if (options.signal.aborted) throw abortError(options.signal, options.subject);
  const child = spawn("git", args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...baseEnvironment(), ...options.env },
    detached: true, // a process group of its own, for git's helpers
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  let isStopped = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-maxStderrLength);
  });
  child.stdin.on("error", () => {}); // EPIPE: the exit status and stderr say why
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  let killTimer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    kill("SIGTERM"); // lets git remove its lock files and half-written packs
    killTimer = setTimeout(() => {
      kill("SIGKILL");
    }, graceMs);
    killTimer.unref();
  };
  options.signal.addEventListener("abort", onAbort, { once: true });

  const ended = (async (): Promise<void> => {
    try {
      const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
      if (options.signal.aborted) throw abortError(options.signal, options.subject);
      if (code === 0 || isStopped) return;
      throw classifyGitFailure({ subject: options.subject, stderr, status: signal ?? code ?? "unknown" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        throw new GitError("GitUnavailable", "git is not installed on this machine", { cause: error });
      }
      throw error;
    } finally {
      clearTimeout(killTimer);
      options.signal.removeEventListener("abort", onAbort);
    }
  })();
  ended.catch(() => {}); // reported by finish()

  return {
    child,
    finish: () => ended,
    stop: async () => {
      isStopped = true;
      kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs git to its end and returns what it printed. */
export async function runGit(args: readonly string[], options: RunGitOptions): Promise<Buffer> {
  const { child, finish, stop } = startGit(args, options);
  const maxBytes = options.maxOutputBytes ?? 256 * 1024 * 1024;
  const chunks: Buffer[] = [];
  let total = 0;
  child.stdin.end(options.input);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > maxBytes) {
      await stop();
      throw new GitError("LimitExceeded", `${options.subject}: git printed more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  await finish();
  return Buffer.concat(chunks, total);
}
