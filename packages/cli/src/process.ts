import { basename } from "node:path";
import { main } from "./main.ts";
import type { Io, TextSink } from "./io/io.ts";

/** Runs the program as this process: its arguments, streams and signals. Ends the process with the exit status. */
export async function runProcess(): Promise<void> {
  const interrupt = new AbortController();
  let askedAt = Number.NEGATIVE_INFINITY;
  const stop = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    // A terminal's Ctrl-C comes twice where another process hands it on as well.
    if (now - askedAt < 250) return;
    // The second time somebody asks, they mean it.
    if (interrupt.signal.aborted) process.exit(130);
    askedAt = now;
    interrupt.abort(new DOMException(`${signal} received`, "AbortError"));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // `sluice get … | head`: whoever read has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

  const io: Io = {
    program: programName(process.argv[1]),
    stdin: process.stdin,
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    signal: interrupt.signal,
    now: () => Date.now(),
  };
  process.exitCode = await main(process.argv.slice(2), io);
  await flushed(process.stdout);
  // Whatever still holds the event loop (idle connections, watchers) has nothing more to say.
  process.exit();
}

/** `flux` where the program was called by that name, `sluice` otherwise. */
function programName(script: string | undefined): string {
  return basename(script ?? "").replace(/\.js$/, "") === "flux" ? "flux" : "sluice";
}

function sinkOf(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) => void stream.write(text),
    writeBytes: (bytes) => void stream.write(bytes),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
