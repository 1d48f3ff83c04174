/** Objects applied per second: server-side apply of Deployments by one client with 16 requests under way. */
import type { UnstructuredObject } from "@sluice/api";
import { Rig } from "./rig/rig.ts";

const count = 4000;
const concurrency = 16;

function deployment(index: number): UnstructuredObject {
  const labels = { app: `app-${index}` };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `app-${index}`, namespace: "default", labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: "app", image: "registry.example.com/app:1.0", ports: [{ containerPort: 8080 }] }],
        },
      },
    },
  };
}

const rig = await Rig.start();
let next = 0;
const worker = async (): Promise<void> => {
  while (next < count) await rig.client.apply(deployment(next++), { fieldManager: "bench" });
};
const started = performance.now();
await Promise.all(Array.from({ length: concurrency }, worker));
const seconds = (performance.now() - started) / 1000;
console.log(
  `applies: ${Math.round(count / seconds)} objects/s (${count} Deployments, embedded server, ${concurrency} at a time)`,
);
await rig.stop();
