import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface ShellOptions {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** After that many milliseconds everything that it has started is killed. */
  readonly limitMs: number;
}

/** Commands in a bash of their own, which stops at the first that fails. */
export class Shell {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #limit: NodeJS.Timeout;
  #wasTooSlow = false;
  #isOver = false;
  #output = "";

  constructor(commands: string, { directory, env, limitMs }: ShellOptions) {
    const kill = (): void => this.#kill();
    // Ctrl-C at the tests does not reach a group of its own.
    process.once("exit", kill);
    // Leads a group of processes, so that what it has started can be ended with it.
    this.#child = spawn("bash", ["-e", "-o", "pipefail", "-c", commands], {
      cwd: directory,
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#ended = once(this.#child, "close").finally(() => {
      this.#isOver = true;
      clearTimeout(this.#limit);
      process.off("exit", kill);
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    this.#limit = setTimeout(() => {
      this.#wasTooSlow = true;
      kill();
    }, limitMs);
  }

  /** Everything that was printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the text was printed. Throws when the commands end without. */
  async printed(text: string): Promise<void> {
    const ended = this.#ended.then(() => true);
    while (!this.#output.includes(text)) {
      const more = this.#child.stdout === null ? ended : once(this.#child.stdout, "data").then(() => false);
      if (await Promise.race([ended, more])) throw new Error(`ended without printing "${text}":\n${this.#output}`);
    }
  }

  /** Resolves when they have ended. Throws, with what they printed, unless all of them succeeded in time. */
  async succeeded(): Promise<void> {
    await this.#ended;
    if (this.#child.exitCode === 0) return;
    const { exitCode, signalCode } = this.#child;
    const end = this.#wasTooSlow ? "ran out of time" : `ended with ${exitCode ?? signalCode ?? "an unknown status"}`;
    throw new Error(`${end}:\n${this.#output}`);
  }

  /** Ends it and everything that it has started. */
  async close(): Promise<void> {
    this.#kill();
    await this.#ended;
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#isOver) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
