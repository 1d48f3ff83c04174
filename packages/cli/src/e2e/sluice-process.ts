import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/sluice.js", import.meta.url));

/** The program as a process of its own. */
export class SluiceProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";
  readonly #listeners = new Set<() => void>();

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...env },
    });
    this.#ended = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        for (const listener of this.#listeners) listener();
      });
    }
  }

  /** Everything that it has printed so far. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Calls back whenever something was printed. */
  onOutput(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Kills it, as a machine that loses power would. Does not wait. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Resolves when it has ended, to its exit status; `undefined` when it was killed. */
  async ended(): Promise<number | undefined> {
    await this.#ended;
    return this.#child.exitCode ?? undefined;
  }
}
