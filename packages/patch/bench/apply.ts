/** Server-side applies of a Deployment per second on one core: `node packages/patch/bench/apply.ts`. */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { serverSideApply, typeSchemaFromDefinitions, type JsonObject, type OpenApiDefinitions } from "../src/index.ts";

const definitionsFile = new URL("../../api/src/kubernetes/generated/definitions.json", import.meta.url);
const definitions = JSON.parse(readFileSync(definitionsFile, "utf8")) as OpenApiDefinitions;
const schema = typeSchemaFromDefinitions(definitions, "io.k8s.api.apps.v1.Deployment");

function deployment(image: string): JsonObject {
  const labels = { app: "podinfo", "app.kubernetes.io/part-of": "shop" };
  const probe = { httpGet: { path: "/healthz", port: "http" }, initialDelaySeconds: 5, timeoutSeconds: 5 };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "podinfo", namespace: "shop", labels, annotations: { note: "benchmark" } },
    spec: {
      minReadySeconds: 3,
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: 60,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0 } },
      selector: { matchLabels: { app: "podinfo" } },
      template: {
        metadata: { labels, annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": "9797" } },
        spec: {
          containers: [
            {
              name: "podinfod",
              image,
              imagePullPolicy: "IfNotPresent",
              ports: [
                { name: "http", containerPort: 9898, protocol: "TCP" },
                { name: "http-metrics", containerPort: 9797, protocol: "TCP" },
                { name: "grpc", containerPort: 9999, protocol: "TCP" },
              ],
              command: ["./podinfo", "--port=9898", "--port-metrics=9797", "--level=info"],
              env: [{ name: "PODINFO_UI_COLOR", value: "#34577c" }],
              livenessProbe: probe,
              readinessProbe: probe,
              resources: { limits: { cpu: "2000m", memory: "512Mi" }, requests: { cpu: "100m", memory: "64Mi" } },
              volumeMounts: [{ name: "data", mountPath: "/data" }],
            },
          ],
          volumes: [{ name: "data", emptyDir: {} }],
        },
      },
    },
  };
}

/** Runs for about a second after warming up; returns calls per second. */
function rate(call: () => void): number {
  for (let warmUp = 0; warmUp < 2000; warmUp++) call();
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < 1000) {
    call();
    calls++;
  }
  return Math.round((calls / (performance.now() - start)) * 1000);
}

const common = { manager: "kustomize-controller", schema, apiVersion: "apps/v1" };
const images = [deployment("podinfo:6.5.0"), deployment("podinfo:6.5.1")] as const;
let live = serverSideApply({ ...common, live: undefined, applied: images[0], now: "2026-01-01T00:00:00Z" }).object;
let turn = 0;
const created = rate(() =>
  serverSideApply({ ...common, live: undefined, applied: images[0], now: "2026-01-01T00:00:00Z" }),
);
const unchanged = rate(() => serverSideApply({ ...common, live, applied: images[0], now: "2026-01-01T00:00:01Z" }));
const changed = rate(() => {
  const applied = images[turn++ % 2 === 0 ? 1 : 0];
  live = serverSideApply({ ...common, live, applied, now: "2026-01-01T00:00:02Z" }).object;
});
process.stdout.write(`apply of a Deployment: ${created}/s created, ${changed}/s changed, ${unchanged}/s unchanged\n`);
