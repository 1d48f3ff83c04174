import type { TestContext } from "node:test";
import { startApiServer, type ApiServer, type ApiServerOptions } from "@sluice/apiserver";
import { createClient, parseKubeConfig, resolveRestConfig, type Client } from "@sluice/kube";
import { observeClient, type ClientCall } from "./observed-client.ts";

/** An embedded cluster for one test. */
export interface TestCluster {
  readonly server: ApiServer;
  readonly client: Client;
  /** What was asked of {@link TestCluster.client} since the last call of this. */
  readonly takeCalls: () => ClientCall[];
  /** Ends the client, then the server. */
  readonly close: () => Promise<void>;
}

/** Starts a cluster that ends with the test. */
export async function startTestCluster(t: TestContext, options: ApiServerOptions = {}): Promise<TestCluster> {
  const cluster = await openTestCluster(options);
  t.after(() => cluster.close());
  return cluster;
}

/** Starts a cluster that the caller closes. */
export async function openTestCluster(options: ApiServerOptions = {}): Promise<TestCluster> {
  const server = await startApiServer(options);
  const client = createClient(await resolveRestConfig(parseKubeConfig(JSON.stringify(server.kubeconfig))));
  const calls: ClientCall[] = [];
  const observed = observeClient(client, (call) => void calls.push(call));
  return {
    server,
    client: observed,
    takeCalls: () => calls.splice(0),
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}
