import { Buffer } from "node:buffer";
import type { ObjectMeta, UnstructuredObject } from "@sluice/api";
import { isJsonObject, updateAt, valueAt, type JsonObject } from "./json-object.ts";

/** Where the kinds with pods keep the pod's spec. */
const POD_SPECS: ReadonlyMap<string, readonly string[]> = new Map([
  ["v1/Pod", ["spec"]],
  ["apps/v1/Deployment", ["spec", "template", "spec"]],
  ["apps/v1/StatefulSet", ["spec", "template", "spec"]],
  ["apps/v1/DaemonSet", ["spec", "template", "spec"]],
  ["apps/v1/ReplicaSet", ["spec", "template", "spec"]],
  ["batch/v1/Job", ["spec", "template", "spec"]],
  ["batch/v1/CronJob", ["spec", "jobTemplate", "spec", "template", "spec"]],
]);

/** Metadata that only the server writes. Exported manifests carry it, and server-side apply would refuse it. */
const SERVER_METADATA = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
] as const;

/**
 * Brings a manifest into the form that server-side apply takes without surprises: `stringData` becomes `data`, ports
 * get the default protocol (it is part of their key), quantities are text, and what only the server writes is
 * dropped, the status included (except for definitions, whose health needs it).
 */
export function normalize(object: UnstructuredObject): UnstructuredObject {
  const kind = `${object.apiVersion}/${object.kind}`;
  let normal = withoutServerMetadata(object);
  if (object.kind !== "CustomResourceDefinition" && normal["status"] !== undefined) {
    const { status: _status, ...rest } = normal;
    normal = rest;
  }
  const podSpec = POD_SPECS.get(kind);
  if (podSpec !== undefined) return updateAt(normal, podSpec, normalizePodSpec);
  switch (kind) {
    case "v1/Secret":
      return normalizeSecret(normal);
    case "v1/Service":
      return updateAt(normal, ["spec", "ports"], withDefaultProtocol);
    case "apiextensions.k8s.io/v1/CustomResourceDefinition":
      return withoutBrokenCaBundle(normal);
    default:
      return normal;
  }
}

function withoutServerMetadata(object: UnstructuredObject): UnstructuredObject {
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(
      ([field, value]) => !(SERVER_METADATA as readonly string[]).includes(field) && value !== null,
    ),
  );
  return { ...object, metadata: metadata as unknown as ObjectMeta };
}

function normalizeSecret(secret: UnstructuredObject): UnstructuredObject {
  const { stringData, ...rest } = secret;
  if (!isJsonObject(stringData)) return secret;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    typeof value === "string" ? Buffer.from(value, "utf8").toString("base64") : value,
  ]);
  const data = isJsonObject(secret["data"]) ? secret["data"] : {};
  return { ...(rest as UnstructuredObject), data: { ...data, ...Object.fromEntries(encoded) } };
}

function normalizePodSpec(spec: unknown): unknown {
  return ["containers", "initContainers"].reduce(
    (each, field) => updateAt(each, [field], (containers) => mapList(containers, normalizeContainer)),
    spec,
  );
}

function normalizeContainer(container: JsonObject): JsonObject {
  const withPorts = updateAt(container, ["ports"], withDefaultProtocol);
  return ["limits", "requests"].reduce(
    (each, field) => updateAt(each, ["resources", field], withTextQuantities),
    withPorts,
  );
}

function withDefaultProtocol(ports: unknown): unknown {
  return mapList(ports, (port) => (port["protocol"] === undefined ? { ...port, protocol: "TCP" } : port));
}

function withTextQuantities(quantities: unknown): unknown {
  if (!isJsonObject(quantities)) return quantities;
  return Object.fromEntries(
    Object.entries(quantities).map(([name, value]) => [
      name,
      typeof value === "number" || typeof value === "bigint" ? String(value) : value,
    ]),
  );
}

function mapList(list: unknown, change: (item: JsonObject) => JsonObject): unknown {
  return Array.isArray(list) ? list.map((item: unknown) => (isJsonObject(item) ? change(item) : item)) : list;
}

/** A placeholder in `caBundle`, to be filled in by an injector, would be refused as no certificate. */
function withoutBrokenCaBundle(definition: UnstructuredObject): UnstructuredObject {
  const path = ["spec", "conversion", "webhook", "clientConfig"];
  const bundle = valueAt(definition, ...path, "caBundle");
  if (typeof bundle !== "string") return definition;
  if (Buffer.from(bundle, "base64").toString("latin1").includes("-----BEGIN CERTIFICATE-----")) return definition;
  return updateAt(definition, path, (config) => {
    const { caBundle: _caBundle, ...rest } = config as JsonObject;
    return rest;
  });
}
