import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { startControlPlane } from "../../packages/conformance/src/control-plane.ts";
import { ensureOracle } from "../../packages/conformance/src/oracle.ts";

/** Which API server a benchmark works on: ours, or the real kube-apiserver with a real etcd. */
export type ServerName = "embedded" | "real";

export function isServerName(text: string): text is ServerName {
  return text === "embedded" || text === "real";
}

/** An API server outside this process. */
export interface ApiServer {
  readonly kubeconfigPath: string;
  /** Resident memory of the server's process, in bytes; of the embedded one only. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

/** Starts the server. `workloads` makes the embedded one run Deployments; the real one never does. */
export async function startServer(
  name: ServerName,
  options: { readonly directory: string; readonly workloads: boolean },
): Promise<ApiServer> {
  return name === "embedded" ? startEmbedded(options) : startReal();
}

async function startEmbedded({
  directory,
  workloads,
}: {
  readonly directory: string;
  readonly workloads: boolean;
}): Promise<ApiServer> {
  const kubeconfigPath = join(directory, "kubeconfig");
  const script = new URL("server.ts", import.meta.url).pathname;
  const server = fork(script, [kubeconfigPath, ...(workloads ? ["--workloads"] : [])]);
  await answer(server);
  return {
    kubeconfigPath,
    memory: async () => {
      const reply = answer(server);
      server.send("memory");
      return ((await reply) as { rss: number }).rss;
    },
    close: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.disconnect();
      await ended;
    },
  };
}

async function startReal(): Promise<ApiServer> {
  const log = (line: string): void => console.error(line);
  const [etcd, apiserver] = [await ensureOracle("etcd", log), await ensureOracle("kube-apiserver", log)];
  const plane = await startControlPlane({ etcd, apiserver });
  return {
    kubeconfigPath: plane.kubeconfigPath,
    memory: () => Promise.reject(new Error("the memory of the real API server is not measured")),
    close: () => plane.close(),
  };
}

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the API server's process ended with ${code ?? "a signal"}`)));
  });
}
