/** What a request wants, read from its method, path and query: the words that authorization and messages use. */
export type RequestInfo = ResourceRequest | PathRequest;

/** A request for objects: `/api/v1/namespaces/a/pods/b/status`. */
export interface ResourceRequest {
  readonly kind: "resource";
  readonly path: string;
  readonly query: URLSearchParams;
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** `""` for cluster-scoped resources and for requests over all namespaces. */
  readonly namespace: string;
  /** `""` for requests that concern a whole collection. */
  readonly name: string;
  readonly subresource: string;
}

/** Any other request: `/version`, `/apis/apps`, `/openapi/v3`. */
export interface PathRequest {
  readonly kind: "path";
  readonly path: string;
  readonly query: URLSearchParams;
  /** The method in lower case. */
  readonly verb: string;
}

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

const verbs: Readonly<Record<string, Verb>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Splits a path into its decoded segments; `undefined` when an escape in it is malformed. */
function segmentsOf(path: string): string[] | undefined {
  try {
    return path
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Reads a request line. Paths outside `/api/v1/…` and `/apis/GROUP/VERSION/…` are {@link PathRequest}s. */
export function parseRequest(method: string, url: string): RequestInfo {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  const other: PathRequest = { kind: "path", path, query, verb: method.toLowerCase() };
  const verb = verbs[method];
  const segments = segmentsOf(path);
  if (verb === undefined || segments === undefined) return other;
  const [root, ...rest] = segments;
  if (root === "api" && rest.length >= 2) return resourceRequest("", rest[0] ?? "", rest.slice(1), verb, path, query);
  if (root === "apis" && rest.length >= 3) {
    return resourceRequest(rest[0] ?? "", rest[1] ?? "", rest.slice(2), verb, path, query);
  }
  return other;
}

/** Subresources of the namespace itself: anything else after `namespaces/NAME/` is a resource inside it. */
const namespaceSubresources = new Set(["status", "finalize"]);

function resourceRequest(
  group: string,
  version: string,
  parts: readonly string[],
  method: Verb,
  path: string,
  query: URLSearchParams,
): RequestInfo {
  const deprecatedWatch = parts[0] === "watch";
  let rest = deprecatedWatch ? parts.slice(1) : parts;
  let namespace = "";
  const isNamespaceItself = rest.length <= 2 || (rest.length === 3 && namespaceSubresources.has(rest[2] ?? ""));
  if (rest[0] === "namespaces" && !isNamespaceItself) {
    namespace = rest[1] ?? "";
    rest = rest.slice(2);
  }
  const [resource = "", name = "", ...subresource] = rest;
  const isOwnNamespace = resource === "namespaces" && namespace === "" && group === "";
  return {
    kind: "resource",
    path,
    query,
    verb: verbOf(method, name, query, deprecatedWatch),
    group,
    version,
    resource,
    namespace: isOwnNamespace ? name : namespace,
    name,
    subresource: subresource.join("/"),
  };
}

function verbOf(method: Verb, name: string, query: URLSearchParams, deprecatedWatch: boolean): Verb {
  if (method === "get" && (deprecatedWatch || (name === "" && isTrue(query.get("watch"))))) return "watch";
  if (name !== "") return method;
  if (method === "get") return "list";
  return method === "delete" ? "deletecollection" : method;
}

/** A query parameter as Go's conversion reads booleans: present and not `false` or `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && !["", "0", "false", "False", "FALSE", "f", "F"].includes(value);
}
