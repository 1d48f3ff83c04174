/** An embedded API server in a process of its own, so that a benchmark does not measure its own load generator. */
import { startApiServer } from "@sluice/apiserver";

const kubeconfigPath = process.argv[2] ?? "";
const server = await startApiServer({ workloads: process.argv.includes("--workloads") });
await server.writeKubeconfig(kubeconfigPath);
process.send?.({ ready: true });
process.on("message", (message) => {
  if (message === "memory") process.send?.({ rss: process.memoryUsage().rss });
});
process.on("disconnect", () => void server.close().then(() => process.exit(0)));
