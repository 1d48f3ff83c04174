import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Controllers in processes of their own, so that what they need can be told from what the benchmark needs. */
export interface Engine {
  readonly name: string;
  /** What the processes have used so far, summed. */
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export interface Usage {
  /** API requests answered, by the programs' own metrics. */
  readonly requests: number;
  /** The most memory that was ever resident, in bytes. */
  readonly peakMemory: number;
  readonly cpuSeconds: number;
}

export interface EngineOptions {
  readonly kubeconfigPath: string;
  /** For artifacts, clones and logs. */
  readonly directory: string;
}

/** Flux's advice for large clusters, and what its own benchmark is run with; given to both engines. */
const CONCURRENT_KUSTOMIZATIONS = "20";
const CONCURRENT_SOURCES = "10";

interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly metricsPort: number;
}

/** All of Sluice in one process, as `sluice run`. */
export async function startSluice({ kubeconfigPath, directory }: EngineOptions): Promise<Engine> {
  const metricsPort = await freePort();
  const script = new URL("../../packages/cli/bin/sluice.js", import.meta.url).pathname;
  const args = [
    ...(process.env["SLUICE_BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== ""),
    script,
    "run",
    `--kubeconfig=${kubeconfigPath}`,
    `--storage-path=${join(directory, "sluice")}`,
    `--concurrent=${CONCURRENT_KUSTOMIZATIONS}`,
    `--concurrent-sources=${CONCURRENT_SOURCES}`,
    `--metrics-addr=127.0.0.1:${metricsPort}`,
    "--log-level=error",
  ];
  // As the Deployment of `sluice install` has it.
  return start("Sluice", [{ path: process.execPath, args, metricsPort }], { NODE_OPTIONS: "--max-semi-space-size=16" });
}

/** The directory with Flux's own controllers, where the environment names one that has them. */
export function fluxDirectory(): string | undefined {
  const directory = process.env["SLUICE_BENCH_FLUX"];
  if (directory === undefined || directory === "") return undefined;
  const missing = ["source-controller", "kustomize-controller"].filter((name) => !existsSync(join(directory, name)));
  if (missing.length > 0) throw new Error(`SLUICE_BENCH_FLUX: ${directory} has no ${missing.join(" and no ")}`);
  return directory;
}

/** Flux's source-controller and kustomize-controller. */
export async function startFlux(binaries: string, { kubeconfigPath, directory }: EngineOptions): Promise<Engine> {
  const storage = `127.0.0.1:${await freePort()}`;
  const artifacts = join(directory, "flux");
  await mkdir(artifacts);
  const shared = async (): Promise<{ readonly args: readonly string[]; readonly metricsPort: number }> => {
    const metricsPort = await freePort();
    const args = [
      `--metrics-addr=127.0.0.1:${metricsPort}`,
      "--health-addr=127.0.0.1:0",
      "--watch-all-namespaces",
      "--events-addr=",
      "--log-level=error",
      // The limits of the defaults (50 a second) would be all that is measured.
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
    ];
    return { args, metricsPort };
  };
  const [source, kustomize] = [await shared(), await shared()];
  const programs: Program[] = [
    {
      path: join(binaries, "source-controller"),
      args: [
        ...source.args,
        `--storage-path=${artifacts}`,
        `--storage-addr=${storage}`,
        `--storage-adv-addr=${storage}`,
        `--concurrent=${CONCURRENT_SOURCES}`,
      ],
      metricsPort: source.metricsPort,
    },
    {
      path: join(binaries, "kustomize-controller"),
      args: [...kustomize.args, `--concurrent=${CONCURRENT_KUSTOMIZATIONS}`],
      metricsPort: kustomize.metricsPort,
    },
  ];
  const environment = {
    KUBECONFIG: kubeconfigPath,
    RUNTIME_NAMESPACE: "flux-system",
    SOURCE_CONTROLLER_LOCALHOST: storage,
    TUF_ROOT: join(directory, "tuf"),
  };
  return start("Flux", programs, environment);
}

async function start(
  name: string,
  programs: readonly Program[],
  environment: Readonly<Record<string, string>>,
): Promise<Engine> {
  const running = programs.map((program) => new Running(program, environment));
  await Promise.all(running.map((each) => each.untilServing()));
  return {
    name,
    usage: async () => {
      const usages = await Promise.all(running.map((each) => each.usage()));
      return usages.reduce((sum, each) => ({
        requests: sum.requests + each.requests,
        peakMemory: sum.peakMemory + each.peakMemory,
        cpuSeconds: sum.cpuSeconds + each.cpuSeconds,
      }));
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
    },
  };
}

class Running {
  readonly #program: Program;
  readonly #child: ChildProcess;
  readonly #output: string[] = [];

  constructor(program: Program, environment: Readonly<Record<string, string>>) {
    this.#program = program;
    this.#child = spawn(program.path, program.args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output.push(chunk.toString());
        if (this.#output.length > 50) this.#output.shift();
      });
    }
  }

  async untilServing(): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (performance.now() < deadline) {
      if (this.#child.exitCode !== null) break;
      const metrics = await this.#metrics().catch(() => undefined);
      if (metrics !== undefined) return;
      await sleep(50);
    }
    throw new Error(`${this.#program.path} does not run: ${this.#output.join("").slice(-2000)}`);
  }

  async usage(): Promise<Usage> {
    if (this.#child.exitCode !== null) {
      throw new Error(`${this.#program.path} has ended: ${this.#output.join("").slice(-2000)}`);
    }
    const samples = (await this.#metrics()).matchAll(/^rest_client_requests_total\{[^}]*\} (\S+)$/gm);
    const requests = [...samples].reduce((sum, [, count]) => sum + Number(count), 0);
    return { requests, ...usageOf(this.#child.pid ?? 0) };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  }

  async #metrics(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.#program.metricsPort}/metrics`);
    return response.text();
  }
}

/** What the kernel has counted, so that programs in any language are measured alike. Linux only. */
function usageOf(pid: number): Omit<Usage, "requests"> {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  // After the name, which may hold anything but ends with the last bracket; times are in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return { peakMemory: Number(peak) * 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
