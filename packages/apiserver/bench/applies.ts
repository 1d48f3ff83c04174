/**
 * How many objects per second one client applies to an embedded server, server-side and one after the other, over HTTPS.
 * Prints one line.
 */
import { Agent, request } from "node:https";
import { startApiServer, type ApiServer } from "../src/index.ts";

const total = Number(process.argv[2] ?? 2000);
const parallel = Number(process.argv[3] ?? 8);

const server = await startApiServer({ workloads: false });
const agent = new Agent({
  ca: server.caCertificate,
  keepAlive: true,
  maxSockets: parallel,
  ...server.clientIdentity("bench", ["system:masters"]),
});

function deployment(name: string): string {
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels: { app: name, "app.kubernetes.io/part-of": "bench" } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: "app",
              image: "ghcr.io/example/app:1.0.0",
              ports: [{ containerPort: 8080, name: "http" }],
              env: [{ name: "LOG_LEVEL", value: "info" }],
              resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
            },
          ],
        },
      },
    },
  });
}

function apply({ url }: ApiServer, name: string): Promise<void> {
  const body = deployment(name);
  const path = `/apis/apps/v1/namespaces/default/deployments/${name}?fieldManager=bench&force=true`;
  const headers = { "content-type": "application/apply-patch+yaml", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method: "PATCH", agent, headers }, (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 201 ? resolve() : reject(new Error(`HTTP ${response.statusCode ?? 0}`)),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function run(prefix: string, count: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) await apply(server, `${prefix}-${next++}`);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return (performance.now() - started) / 1000;
}

await run("warm", 300);
const seconds = await run("app", total);
console.log(
  `applies: ${Math.round(total / seconds)} objects/s (${total} Deployments, ${parallel} connections, one process)`,
);
agent.destroy();
await server.close();
