/** Memory of one Sluice with 100 Kustomizations of five objects each, all Ready, and of the API server they live in. */
import { Rig } from "./rig/rig.ts";

const kustomizations = 100;
const files = new Map<string, string>();
for (let app = 0; app < kustomizations; app++)
  for (let index = 0; index < 5; index++)
    files.set(
      `apps/app-${app}/config-${index}.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app-${app}-${index}, namespace: default}\ndata: {key: value}\n`,
    );
const rig = await Rig.start();
await rig.startControllers();
await rig.createSource(await rig.serveRepository(files));
const started = performance.now();
for (let app = 0; app < kustomizations; app++) await rig.createKustomization(`app-${app}`, `./apps/app-${app}`);
for (let app = 0; app < kustomizations; app++) await rig.untilReady(`app-${app}`);
const seconds = (performance.now() - started) / 1000;
const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
console.log(
  `memory: controllers ${mebibytes(process.memoryUsage().rss)} MiB, API server ${mebibytes(await rig.serverMemory())} MiB ` +
    `(${kustomizations} Kustomizations of 5 objects, all Ready after ${seconds.toFixed(1)} s)`,
);
await rig.stop();
