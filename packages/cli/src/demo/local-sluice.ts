import { join } from "node:path";
import { startControllers } from "@sluice/controllers";
import { createClient, createLogger, loadRestConfig } from "@sluice/kube";

/** The controllers of one cluster of the demo. */
export interface LocalSluice {
  /** Rejects when the controllers had to stop. */
  readonly failure: Promise<never>;
  close(): Promise<void>;
}

/** Where the controllers find their cluster and keep their own. */
export interface LocalSluiceOptions {
  readonly kubeconfig: string;
  readonly directory: string;
  /** Takes one line of the log, line feed included. */
  readonly writeLog: (line: string) => void;
}

/** Starts all controllers against a cluster, with a connection of their own. */
export async function startSluice({ kubeconfig, directory, writeLog }: LocalSluiceOptions): Promise<LocalSluice> {
  const client = createClient(await loadRestConfig({ path: kubeconfig, env: {} }));
  const running = await startControllers({
    client,
    directory: join(directory, "sluice"),
    logger: createLogger({ write: writeLog }),
  });
  const failure = running.done.then(() => new Promise<never>(() => {}));
  failure.catch(() => {}); // whoever runs the scene listens to it, or has closed it already
  return {
    failure,
    async close() {
      await running.stop().catch(() => {});
      await client.close();
    },
  };
}
