import { isObject, numberAt, objectAt, objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** How a version and the stored one turn into each other. */
export interface Conversion {
  readonly fromStorage?: (object: KubeObject) => KubeObject;
  readonly toStorage?: (object: KubeObject) => KubeObject;
}

const conversions: Readonly<Record<string, Conversion>> = {
  "autoscaling/v2>autoscaling/v1 HorizontalPodAutoscaler": { fromStorage: autoscalerToV1, toStorage: autoscalerToV2 },
  "v1>events.k8s.io/v1 Event": { fromStorage: eventToNew, toStorage: eventToCore },
};

/** The conversion of a kind between two versions; nothing where only `apiVersion` differs. */
export function conversionOf(storageApiVersion: string, apiVersion: string, kind: string): Conversion {
  return conversions[`${storageApiVersion}>${apiVersion} ${kind}`] ?? {};
}

const savedMetrics = "autoscaling.alpha.kubernetes.io/metrics";

function isCpuUtilization(metric: JsonObject): boolean {
  return (
    stringAt(metric, "resource", "name") === "cpu" && stringAt(metric, "resource", "target", "type") === "Utilization"
  );
}

/** v1 knows one metric, the use of CPU; upstream keeps the others in an annotation, and so does this. */
function autoscalerToV1(object: KubeObject): KubeObject {
  const spec = objectAt(object, "spec") ?? {};
  const { metrics: _metrics, behavior: _behavior, ...rest } = spec;
  const metrics = objectsAt(spec, "metrics");
  const cpu = metrics.find(isCpuUtilization);
  const others = metrics.filter((metric) => metric !== cpu);
  const target = numberAt(cpu, "resource", "target", "averageUtilization");
  const status = objectAt(object, "status");
  const { currentMetrics: _currentMetrics, conditions: _conditions, ...plainStatus } = status ?? {};
  return {
    ...object,
    apiVersion: "autoscaling/v1",
    metadata: {
      ...object.metadata,
      ...(others.length === 0
        ? {}
        : { annotations: { ...object.metadata.annotations, [savedMetrics]: JSON.stringify(others) } }),
    },
    spec: { ...rest, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    ...(status === undefined ? {} : { status: { currentReplicas: 0, ...plainStatus } }),
  };
}

function autoscalerToV2(object: KubeObject): KubeObject {
  const spec = objectAt(object, "spec") ?? {};
  const { targetCPUUtilizationPercentage: target, ...rest } = spec;
  const { [savedMetrics]: saved, ...annotations } = object.metadata.annotations ?? {};
  const metrics: JsonObject[] = saved === undefined ? [] : parseMetrics(saved);
  if (typeof target === "number") {
    metrics.unshift({
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: target } },
    });
  }
  return {
    ...object,
    apiVersion: "autoscaling/v2",
    metadata: { ...object.metadata, annotations },
    spec: { ...rest, ...(metrics.length === 0 ? {} : { metrics }) },
  };
}

function parseMetrics(saved: string): JsonObject[] {
  try {
    const value: unknown = JSON.parse(saved);
    return Array.isArray(value) ? value.filter(isObject) : [];
  } catch {
    // The annotation is the user's to break: then there is nothing to restore.
    return [];
  }
}

/** Names of an Event's fields: core, then events.k8s.io. */
const eventFields = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["reportingComponent", "reportingController"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
] as const;

function renameEventFields(object: KubeObject, apiVersion: string, from: 0 | 1): KubeObject {
  const renamed: KubeObject = { ...object, apiVersion };
  for (const names of eventFields) delete renamed[names[from]];
  for (const names of eventFields) {
    const value = object[names[from]];
    if (value !== undefined) renamed[names[from === 0 ? 1 : 0]] = value;
  }
  return renamed;
}

function eventToNew(object: KubeObject): KubeObject {
  return renameEventFields(object, "events.k8s.io/v1", 0);
}

function eventToCore(object: KubeObject): KubeObject {
  return renameEventFields(object, "v1", 1);
}
