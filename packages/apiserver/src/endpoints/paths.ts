import { statusError } from "../errors/status-errors.ts";
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from "../discovery/discovery.ts";
import { sendBytes, sendJson, type Exchange } from "../http/exchange.ts";
import { negotiate } from "../http/media-type.ts";
import type { OpenApi } from "../openapi/openapi.ts";
import type { ServiceAccountTokens } from "../authn/service-account-tokens.ts";
import type { Registry } from "../registry/registry.ts";

export interface PathEndpointOptions {
  readonly registry: Registry;
  readonly openapi: OpenApi;
  readonly tokens: ServiceAccountTokens;
  /** `127.0.0.1:6443`. */
  readonly address: () => string;
  readonly requestCount: () => number;
}

/** The Kubernetes version that the server claims to be. */
export const serverVersion = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.3",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.25.0",
  compiler: "gc",
  platform: "linux/amd64",
} as const;

const aggregatedVersions = ["v2", "v2beta1"];
const aggregatedTransforms = aggregatedVersions.map(
  (version) => `apidiscovery.k8s.io/${version}/APIGroupDiscoveryList`,
);

const checks = ["ping", "etcd", "poststarthook/start-apiextensions-controllers", "poststarthook/rbac/bootstrap-roles"];

/** Paths that can only be read. */
const readOnly = new Set(["version", "api", "apis", "openapi"]);

/** Answers requests for paths that are no resources. Returns `false` for those that do not exist. */
export function answerPath(
  exchange: Exchange,
  path: string,
  query: URLSearchParams,
  options: PathEndpointOptions,
): boolean {
  const { registry, openapi } = options;
  const parts = path.split("/").filter((part) => part !== "");
  const { method = "GET" } = exchange.request;
  if (readOnly.has(parts[0] ?? "") && method !== "GET" && method !== "HEAD" && method !== "OPTIONS") {
    throw statusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
  }
  switch (parts[0]) {
    case undefined:
      sendJson(exchange, 200, { paths: rootPaths(registry) });
      return true;
    case "healthz":
    case "livez":
    case "readyz":
      return answerHealth(exchange, parts, query);
    case "version":
      if (parts.length > 1) return false;
      sendJson(exchange, 200, serverVersion);
      return true;
    case "metrics":
      sendBytes(exchange, 200, metrics(options), "text/plain; version=0.0.4; charset=utf-8");
      return true;
    case "api":
    case "apis":
      return answerDiscovery(exchange, parts, options);
    case "openapi":
      return answerOpenApi(exchange, parts, openapi);
    case "openid":
      if (path !== "/openid/v1/jwks") return false;
      sendBytes(exchange, 200, JSON.stringify(options.tokens.keySet()), "application/jwk-set+json");
      return true;
    default:
      return false;
  }
}

function answerHealth(exchange: Exchange, parts: readonly string[], query: URLSearchParams): boolean {
  const [endpoint = "", ...rest] = parts;
  const check = rest.join("/");
  if (check !== "" && !checks.includes(check)) return false;
  const lines = checks.map((name) => `[+]${name} ok`).join("\n");
  const body = query.has("verbose") && check === "" ? `${lines}\n${endpoint} check passed\n` : "ok";
  sendBytes(exchange, 200, body, "text/plain; charset=utf-8");
  return true;
}

function answerDiscovery(exchange: Exchange, parts: readonly string[], options: PathEndpointOptions): boolean {
  const { registry, address } = options;
  const isCore = parts[0] === "api";
  const [, first, second] = parts;
  if (first === undefined) {
    const { as, asVersion } = negotiate(exchange.request.headers.accept, aggregatedTransforms);
    if (as !== undefined) {
      const version = asVersion ?? "v2";
      const body = JSON.stringify(aggregatedDiscovery(registry, version, isCore));
      exchange.response.setHeader("Vary", "Accept");
      sendBytes(exchange, 200, body, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
    } else sendJson(exchange, 200, isCore ? apiVersions(address()) : apiGroupList(registry));
    return true;
  }
  const answer = isCore
    ? second === undefined && apiResourceList(registry, "", first)
    : second === undefined
      ? apiGroup(registry, first)
      : parts.length === 3 && apiResourceList(registry, first, second);
  if (answer === undefined || answer === false) return false;
  sendJson(exchange, 200, answer);
  return true;
}

function answerOpenApi(exchange: Exchange, parts: readonly string[], openapi: OpenApi): boolean {
  if (parts[1] !== "v3") return false;
  if (parts.length === 2) {
    sendJson(exchange, 200, openapi.index());
    return true;
  }
  const document = openapi.document(parts.slice(2).join("/"));
  if (document === undefined) return false;
  const { request, response } = exchange;
  const tag = `"${document.hash}"`;
  response.setHeader("ETag", tag);
  response.setHeader("Vary", "Accept");
  if (request.headers["if-none-match"] === tag) {
    response.writeHead(304).end();
    return true;
  }
  sendBytes(exchange, 200, document.bytes);
  return true;
}

function rootPaths(registry: Registry): string[] {
  const paths = new Set([
    "/api",
    "/api/v1",
    "/apis",
    "/healthz",
    "/livez",
    "/metrics",
    "/openapi/v3",
    "/readyz",
    "/version",
  ]);
  for (const { group, versions } of registry.definitions()) {
    if (group === "") continue;
    paths.add(`/apis/${group}`);
    for (const version of versions.keys()) paths.add(`/apis/${group}/${version}`);
  }
  return [...paths].toSorted();
}

function metrics({ registry, requestCount }: PathEndpointOptions): string {
  const lines = ["# TYPE apiserver_request_total counter", `apiserver_request_total ${requestCount()}`];
  lines.push("# TYPE apiserver_storage_objects gauge");
  for (const definition of registry.definitions()) {
    if (!definition.stored) continue;
    const { size } = registry.store.collection(definition.collection);
    const resource = definition.group === "" ? definition.resource : `${definition.resource}.${definition.group}`;
    lines.push(`apiserver_storage_objects{resource="${resource}"} ${size}`);
  }
  lines.push("# TYPE apiserver_store_revision gauge", `apiserver_store_revision ${registry.store.revision}`, "");
  return lines.join("\n");
}
