import { formatApiVersion, StatusError, type StatusReason } from "@sluice/api";
import type { RestMapping } from "./client.ts";

/** What a path points at: a collection without a name, an object with one, a part of it with a subresource. */
export interface PathTarget {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** The path of a group and version: `/api/v1`, `/apis/apps/v1`. */
export function groupVersionPath(groupVersion: { readonly group: string; readonly version: string }): string {
  return `${groupVersion.group === "" ? "/api" : "/apis"}/${formatApiVersion(groupVersion)}`;
}

/**
 * The path of a resource. A namespace on a cluster-scoped kind is left out, as `kubectl` does. Throws a `StatusError`
 * (422) for names that would change the path's meaning: what the server would say had it got that far.
 */
export function resourcePath(mapping: RestMapping, target: PathTarget): string {
  const { namespace, name, subresource } = target;
  let path = groupVersionPath(mapping.gvk);
  if (mapping.namespaced && namespace !== undefined && namespace !== "") {
    path += `/namespaces/${segment("metadata.namespace", namespace)}`;
  }
  path += `/${mapping.resource}`;
  if (name !== undefined) path += `/${segment("metadata.name", name)}`;
  if (subresource !== undefined && subresource !== "") {
    path += `/${subresource
      .split("/")
      .map((part) => segment("subresource", part))
      .join("/")}`;
  }
  return path;
}

/** Refuses an object path without a namespace where the kind needs one. */
export function requireNamespace(mapping: RestMapping, namespace: string | undefined, doing: string): void {
  if (!mapping.namespaced || (namespace !== undefined && namespace !== "")) return;
  throw clientStatus(400, "BadRequest", `an empty namespace may not be set ${doing}`);
}

function segment(field: string, text: string): string {
  if (text === "") throw clientStatus(422, "Invalid", `${field}: Required value: resource name may not be empty`);
  if (text === "." || text === "..") throw invalid(field, text, `may not be '${text}'`);
  if (text.includes("/")) throw invalid(field, text, "may not contain '/'");
  if (text.includes("%")) throw invalid(field, text, "may not contain '%'");
  return encodeURIComponent(text);
}

function invalid(field: string, text: string, why: string): StatusError {
  return clientStatus(422, "Invalid", `${field}: Invalid value: ${JSON.stringify(text)}: ${why}`);
}

function clientStatus(code: number, reason: StatusReason, message: string): StatusError {
  return new StatusError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code });
}
