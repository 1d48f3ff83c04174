/** What a reconciliation costs that finds nothing to do: API requests and writes for one Kustomization of 500 objects. */
import { Rig } from "./rig/rig.ts";

const objects = 500;
const files = new Map<string, string>();
for (let index = 0; index < objects / 2; index++)
  files.set(
    `apps/app-${index}.yaml`,
    `apiVersion: v1
kind: ConfigMap
metadata: {name: app-${index}, namespace: default}
data: {key: value}
---
apiVersion: v1
kind: Service
metadata: {name: app-${index}, namespace: default}
spec: {selector: {app: app-${index}}, ports: [{port: 80}]}
`,
  );
const rig = await Rig.start();
await rig.startControllers();
await rig.createSource(await rig.serveRepository(files));
await rig.createKustomization("apps", "./apps");
await rig.untilReady("apps");
await rig.reconcile("apps", "first");
const calls: string[] = [];
rig.observe((exchange) => calls.push(exchange.method));
const started = performance.now();
await rig.reconcile("apps", "second");
const ms = performance.now() - started;
rig.observe(() => {});
// The request's own patch is the benchmark's, and so is its watch.
const own = 2;
const writes = calls.filter((method) => method !== "GET").length - 1;
console.log(
  `no-op reconciliation of ${objects} objects: ${calls.length - own} requests, ${writes} of them writes (status included), ${Math.round(ms)} ms`,
);
await rig.stop();
