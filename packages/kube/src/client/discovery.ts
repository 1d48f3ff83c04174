import { formatApiVersion, parseApiVersion, StatusError } from "@sluice/api";
import type { RestMapping } from "./client.ts";
import { groupVersionPath } from "./paths.ts";

/** A group's version, as discovery names it. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** What a server says it serves. */
export interface Discovery {
  /** In the server's order: groups by priority, each with its preferred version first. */
  readonly mappings: readonly RestMapping[];
  /** Versions that exist but could not be read, as when an aggregated API server is down. */
  readonly failed: readonly { readonly groupVersion: GroupVersion; readonly cause: unknown }[];
}

/** Gets a JSON document; throws `StatusError` or `ConnectionError`. */
export type GetJson = (path: string, accept: string) => Promise<unknown>;

const json = "application/json";
const aggregated = [
  `${json};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`,
  `${json};g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList`,
  json,
].join(",");

/** Asks for everything: two requests where the server aggregates, one per version where it does not. */
export async function discover(getJson: GetJson): Promise<Discovery> {
  const parts = await Promise.all(["/api", "/apis"].map((path) => discoverRoot(getJson, path)));
  return { mappings: parts.flatMap((part) => part.mappings), failed: parts.flatMap((part) => part.failed) };
}

/** Asks for one version of one group. A version that does not exist has no mappings. */
export async function discoverGroupVersion(getJson: GetJson, groupVersion: GroupVersion): Promise<RestMapping[]> {
  try {
    return readResourceList(groupVersion, await getJson(groupVersionPath(groupVersion), json));
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return [];
    throw error;
  }
}

async function discoverRoot(getJson: GetJson, path: string): Promise<Discovery> {
  const answer = await getJson(path, aggregated);
  if (isObject(answer) && answer["kind"] === "APIGroupDiscoveryList") return readAggregated(answer);
  const groupVersions = readLegacyRoot(answer);
  const results = await Promise.allSettled(groupVersions.map((each) => discoverGroupVersion(getJson, each)));
  const mappings: RestMapping[] = [];
  const failed: { groupVersion: GroupVersion; cause: unknown }[] = [];
  results.forEach((result, index) => {
    const groupVersion = groupVersions[index];
    if (result.status === "fulfilled") mappings.push(...result.value);
    else if (groupVersion !== undefined) failed.push({ groupVersion, cause: result.reason });
  });
  return { mappings, failed };
}

function readAggregated(answer: Fields): Discovery {
  const mappings: RestMapping[] = [];
  const failed: { groupVersion: GroupVersion; cause: unknown }[] = [];
  for (const item of objects(answer["items"])) {
    const metadata = isObject(item["metadata"]) ? item["metadata"] : {};
    const group = text(metadata["name"]);
    for (const entry of objects(item["versions"])) {
      const groupVersion = { group, version: text(entry["version"]) };
      if (entry["freshness"] === "Stale") {
        failed.push({
          groupVersion,
          cause: new Error(`the API server of ${formatApiVersion(groupVersion)} is not available`),
        });
      }
      for (const resource of objects(entry["resources"])) {
        const kind = isObject(resource["responseKind"]) ? resource["responseKind"] : {};
        mappings.push({
          gvk: {
            group: text(kind["group"]) || group,
            version: text(kind["version"]) || groupVersion.version,
            kind: text(kind["kind"]),
          },
          resource: text(resource["resource"]),
          singular: text(resource["singularResource"]),
          namespaced: resource["scope"] === "Namespaced",
          shortNames: texts(resource["shortNames"]),
          categories: texts(resource["categories"]),
          verbs: texts(resource["verbs"]),
        });
      }
    }
  }
  return { mappings: mappings.filter(isMapping), failed };
}

function readLegacyRoot(answer: unknown): GroupVersion[] {
  if (!isObject(answer)) return [];
  const core = texts(answer["versions"]).map((version) => ({ group: "", version }));
  const named = objects(answer["groups"]).flatMap((group) => {
    const preferred = isObject(group["preferredVersion"]) ? text(group["preferredVersion"]["groupVersion"]) : "";
    const all = objects(group["versions"]).map((version) => text(version["groupVersion"]));
    return [...all.filter((each) => each === preferred), ...all.filter((each) => each !== preferred)].map(
      parseApiVersion,
    );
  });
  return [...core, ...named];
}

function readResourceList(groupVersion: GroupVersion, answer: unknown): RestMapping[] {
  if (!isObject(answer)) return [];
  return objects(answer["resources"])
    .map((resource) => ({
      gvk: {
        group: text(resource["group"]) || groupVersion.group,
        version: text(resource["version"]) || groupVersion.version,
        kind: text(resource["kind"]),
      },
      resource: text(resource["name"]),
      singular: text(resource["singularName"]),
      namespaced: resource["namespaced"] === true,
      shortNames: texts(resource["shortNames"]),
      categories: texts(resource["categories"]),
      verbs: texts(resource["verbs"]),
    }))
    .filter(isMapping);
}

// `deployments/scale` is a subresource, and an entry without a kind cannot be addressed.
function isMapping(mapping: RestMapping): boolean {
  return mapping.resource !== "" && !mapping.resource.includes("/") && mapping.gvk.kind !== "";
}

type Fields = { readonly [key: string]: unknown };

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
