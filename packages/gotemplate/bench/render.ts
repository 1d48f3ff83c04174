/**
 * Measures parsing and executing a template like those of real charts: includes, YAML, conditions, loops.
 * `node packages/gotemplate/bench/render.ts`
 */
import { randomBytes } from "node:crypto";
import { fnWithExecution, helmFunctions, sprigFunctions, TemplateSet, type Value } from "../src/index.ts";

const functions = {
  ...sprigFunctions({ now: () => Date.now(), randomBytes }),
  ...helmFunctions,
  include: fnWithExecution(["string", "any"], (execution, name, data) => execution.execute(name, data)),
};

const partials = `
{{- define "app.name" -}}{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}{{- end }}
{{- define "app.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "app.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}`;

const deployment = `
{{- range $i, $service := .Values.services }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "app.name" $ }}-{{ $service.name }}
  labels:
    {{- include "app.labels" $ | nindent 4 }}
spec:
  replicas: {{ $service.replicas | int }}
  {{- if and $service.enabled (gt (int $service.replicas) 0) }}
  template:
    spec:
      containers:
        - name: {{ $service.name | quote }}
          image: "{{ $service.image.repository }}:{{ $service.image.tag | default $.Chart.AppVersion }}"
          {{- with $service.env }}
          env:
            {{- range $key, $value := . }}
            - name: {{ $key | upper }}
              value: {{ $value | squote }}
            {{- end }}
          {{- end }}
          resources:
            {{- toYaml $service.resources | nindent 12 }}
  {{- end }}
{{- end }}`;

const services = Array.from({ length: 50 }, (_, index) => ({
  name: `service-${index}`,
  enabled: index % 5 !== 0,
  replicas: index % 4,
  image: { repository: "registry.example/app", tag: index % 2 === 0 ? "" : "1.2.3" },
  env: { log_level: "info", index: String(index), url: "https://example.com" },
  resources: { limits: { cpu: "500m", memory: "256Mi" }, requests: { cpu: 0.1, memory: "64Mi" } },
}));
const data: Value = {
  Chart: { Name: "shop", Version: "1.0.0+build", AppVersion: "2.0" },
  Release: { Name: "prod" },
  Values: { services },
};

function parse(): TemplateSet {
  const set = new TemplateSet({ missingKey: "zero", functions });
  set.parse("_helpers.tpl", partials);
  set.parse("deployment.yaml", deployment);
  return set;
}

function measure(label: string, rounds: number, body: () => unknown): void {
  for (let round = 0; round < rounds / 4; round++) body();
  const started = performance.now();
  for (let round = 0; round < rounds; round++) body();
  console.log(`${label.padEnd(10)} ${((performance.now() - started) / rounds).toFixed(3)} ms`);
}

const cold = performance.now();
const set = parse();
const output = set.execute("deployment.yaml", data);
console.log(`first      ${(performance.now() - cold).toFixed(1)} ms for ${output.length} characters`);
measure("parse", 400, parse);
measure("execute", 400, () => set.execute("deployment.yaml", data));
