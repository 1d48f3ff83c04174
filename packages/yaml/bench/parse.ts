/**
 * Measures parsing and formatting in MB/s of UTF-8: `node packages/yaml/bench/parse.ts [file...]`.
 * Without files it measures a made-up stream of Deployments.
 */
import { readFileSync } from "node:fs";
import { formatDocuments, parseAll, parseDocuments, stringify } from "../src/index.ts";

const SECONDS_PER_CASE = 1.5;

function deployment(index: number): string {
  return `# workload ${index}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: team-${index % 7}
  labels:
    app.kubernetes.io/name: app
    app.kubernetes.io/instance: "${index}"
  annotations:
    description: >-
      Serves the things that number ${index} is known for,
      in more than one line.
spec:
  replicas: ${index % 5}
  selector:
    matchLabels: {app: "app-${index}"}
  template:
    spec:
      containers:
      - name: main # the only one
        image: registry.example.com/team/app:v1.${index}.0
        args: ["--port=8080", "--verbose=false"]
        env:
        - name: MODE
          value: 'production'
        - name: SCRIPT
          value: |
            set -eu
            exec /bin/server --number ${index}
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
        readinessProbe:
          httpGet:
            path: /healthz
            port: 8080
          initialDelaySeconds: 5
`;
}

function measure(name: string, text: string, run: () => unknown): void {
  const megabytes = Buffer.byteLength(text) / 1e6;
  run();
  const begin = performance.now();
  let rounds = 0;
  while (performance.now() - begin < SECONDS_PER_CASE * 1000) {
    run();
    rounds++;
  }
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${name.padEnd(28)} ${((megabytes * rounds) / seconds).toFixed(1).padStart(8)} MB/s`);
}

const files = process.argv.slice(2);
const inputs =
  files.length === 0
    ? [{ name: "made-up manifests", text: Array.from({ length: 800 }, (_, index) => deployment(index)).join("---\n") }]
    : files.map((name) => ({ name, text: readFileSync(name, "utf8") }));
for (const { name, text } of inputs) {
  console.log(`${name}: ${(Buffer.byteLength(text) / 1e6).toFixed(2)} MB`);
  const trees = parseDocuments(text);
  const values = parseAll(text);
  measure("  parseDocuments", text, () => parseDocuments(text));
  measure("  without comments", text, () => parseDocuments(text, { comments: false }));
  // Reading a character makes V8 join the pieces, which belongs to the work.
  measure("  formatDocuments", text, () => formatDocuments(trees).charCodeAt(0));
  measure("  parseAll", text, () => parseAll(text));
  measure("  stringify", text, () => values.map((value) => stringify(value).charCodeAt(0)));
}
