/**
 * Many Kustomizations at once, in the shape of Flux's own benchmark: each applies a Deployment scaled to zero, a
 * ServiceAccount, a Service and an Ingress, and waits for their health. Measured from the first creation to the last
 * Kustomization that is Ready; what the controllers used is told by the kernel and by their own metrics.
 *
 * `--count 100|500|1000`, `--server embedded|real`, `--engine sluice|flux|both`. Without `--engine` Flux runs beside
 * us where `SLUICE_BENCH_FLUX` names a directory with its controllers and the server is the real one. Each engine
 * gets an API server of its own, so that neither works among the other's objects.
 */
import { parseArgs } from "node:util";
import { observeDeployments } from "./rig/deployment-observer.ts";
import { type Engine, fluxDirectory, startFlux, startSluice, type Usage } from "./rig/engine.ts";
import { isServerName, type ServerName } from "./rig/api-server.ts";
import { Rig } from "./rig/rig.ts";

const app = `apiVersion: v1
kind: ServiceAccount
metadata: {name: app}
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  selector: {app.kubernetes.io/name: app}
  ports: [{name: http, port: 9898, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 0
  selector: {matchLabels: {app.kubernetes.io/name: app}}
  template:
    metadata: {labels: {app.kubernetes.io/name: app}}
    spec:
      serviceAccountName: app
      containers:
        - name: app
          image: registry.example.com/app:1.0
          ports: [{name: http, containerPort: 9898}]
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
          readinessProbe: {httpGet: {path: /readyz, port: http}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: app}
spec:
  rules:
    - host: app.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: app, port: {name: http}}}
`;

interface Measurement extends Usage {
  readonly seconds: number;
}

type Start = (options: { readonly kubeconfigPath: string; readonly directory: string }) => Promise<Engine>;

async function measure(server: ServerName, count: number, start: Start): Promise<Measurement> {
  const rig = await Rig.start({ server });
  const stop = new AbortController();
  let engine: Engine | undefined;
  try {
    await rig.installKinds();
    await rig.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "benchmark" } });
    const url = await rig.serveRepository(new Map([["app/app.yaml", app]]));
    engine = await start(rig);
    await rig.createSource(url);
    const observing = observeDeployments(rig.client, stop.signal);
    const before = await engine.usage();
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    const started = performance.now();
    const ready = rig.untilAllReady(count, { timeoutMs: 1_200_000 });
    const creations = inParallel(names, 16, (name) =>
      rig.createKustomization(name, "./app", {
        interval: "60m",
        retryInterval: "2m",
        timeout: "1m",
        targetNamespace: "benchmark",
        namePrefix: `${name}-`,
      }),
    );
    await Promise.race([Promise.all([creations, ready]), observing.then(() => ready)]);
    const seconds = (performance.now() - started) / 1000;
    const after = await engine.usage();
    stop.abort();
    await observing;
    return {
      seconds,
      requests: after.requests - before.requests,
      peakMemory: after.peakMemory,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    };
  } finally {
    stop.abort();
    await engine?.stop();
    await rig.stop();
  }
}

async function inParallel(
  names: readonly string[],
  concurrency: number,
  act: (name: string) => Promise<void>,
): Promise<void> {
  const left = names.values();
  const worker = async (): Promise<void> => {
    for (const name of left) await act(name);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function describe({ seconds, requests, peakMemory, cpuSeconds }: Measurement): string {
  const mebibytes = Math.round(peakMemory / 1024 / 1024);
  return `${seconds.toFixed(1)} s, ${requests} requests, ${mebibytes} MiB at most, ${cpuSeconds.toFixed(1)} s of CPU`;
}

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100" },
    server: { type: "string", default: "embedded" },
    engine: { type: "string" },
  },
});
const count = Number(values.count);
if (!Number.isInteger(count) || count < 1) throw new Error(`--count must be a number above 0, not ${values.count}`);
const { server } = values;
if (!isServerName(server)) throw new Error("--server must be embedded or real");
const binaries = fluxDirectory();
const chosen = values.engine ?? (binaries !== undefined && server === "real" ? "both" : "sluice");
const results: string[] = [];
let ratio = "";
const sluice = chosen === "flux" ? undefined : await measure(server, count, startSluice);
if (sluice !== undefined) results.push(`Sluice ${describe(sluice)}`);
if (chosen !== "sluice") {
  if (binaries === undefined) throw new Error("SLUICE_BENCH_FLUX names no directory with Flux's controllers");
  const flux = await measure(server, count, (options) => startFlux(binaries, options));
  results.push(`Flux ${describe(flux)}`);
  if (sluice !== undefined) ratio = `; Flux takes ${(flux.seconds / sluice.seconds).toFixed(1)} times as long`;
}
console.log(`kustomizations: ${count} Ready on the ${server} server: ${results.join("; ")}${ratio}`);
