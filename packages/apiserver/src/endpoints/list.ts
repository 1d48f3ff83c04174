import { StatusError } from "@sluice/api";
import { badRequest, expired, statusError } from "../errors/status-errors.ts";
import type { JsonObject } from "../json/json.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import type { StoredObject } from "../storage/stored-object.ts";
import type { ListOptions } from "./list-options.ts";

/** One page of a list. */
export interface ListPage {
  readonly items: readonly StoredObject[];
  readonly metadata: JsonObject;
}

/** Where the next page begins, and which revision the list shows; -1: whatever is there then. */
interface ContinueToken {
  readonly revision: number;
  readonly start: string;
}

const tooOldMessage =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
  "deleted between the time the first chunk was returned and now may show up in the list.";

/** Whether a stored object is selected. */
export function selectionOf(store: ResourceStore, { labels, fields }: ListOptions): (stored: StoredObject) => boolean {
  if (labels.isEmpty && fields.isEmpty) return () => true;
  return ({ object }) =>
    labels.matches(object.metadata.labels) && (fields.isEmpty || fields.matches(store.inVersion(object)));
}

/** Collects the objects of a list request. Throws a 410 for revisions that can no longer be shown. */
export function listPage(store: ResourceStore, namespace: string, options: ListOptions): ListPage {
  const prefix = namespace === "" || !store.definition.namespaced ? "" : `${namespace}/`;
  const current = store.collectionRevision;
  if (options.continue !== "") return continuePage(store, prefix, options);
  const wanted = Number(options.resourceVersion === "" ? 0 : options.resourceVersion);
  if (wanted > current) throw tooLargeRevision(wanted, current);
  if (options.resourceVersionMatch === "Exact") {
    const objects = store.collection.listAt(prefix, wanted);
    if (objects === undefined) throw expired(`The resourceVersion for the provided list is too old.`);
    return cut(objects, store, options, wanted);
  }
  // Lists at "any" revision come from the watch cache of a real server, which knows no pages.
  const limit = options.resourceVersion === "0" ? 0 : options.limit;
  return cut(store.collection.list(prefix), store, { ...options, limit }, current);
}

function continuePage(store: ResourceStore, prefix: string, options: ListOptions): ListPage {
  if (options.resourceVersion !== "" && options.resourceVersion !== "0") {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const token = decodeToken(options.continue);
  const revision = token.revision < 0 ? store.collectionRevision : token.revision;
  const objects = store.collection.listAt(prefix, revision);
  if (objects === undefined) {
    const error = expired(tooOldMessage);
    throw new StatusError({
      ...error.status,
      metadata: { continue: encodeToken({ revision: -1, start: token.start }) },
    });
  }
  return cut(
    objects.filter(({ key }) => key >= token.start),
    store,
    options,
    revision,
  );
}

function cut(objects: readonly StoredObject[], store: ResourceStore, options: ListOptions, revision: number): ListPage {
  const selected = objects.filter(selectionOf(store, options));
  const metadata: JsonObject = { resourceVersion: String(revision) };
  if (options.limit <= 0 || selected.length <= options.limit) return { items: selected, metadata };
  const next = selected[options.limit];
  if (next !== undefined) metadata["continue"] = encodeToken({ revision, start: next.key });
  // With a selector a real server cannot tell how many are left.
  if (options.labels.isEmpty && options.fields.isEmpty)
    metadata["remainingItemCount"] = selected.length - options.limit;
  return { items: selected.slice(0, options.limit), metadata };
}

function encodeToken({ revision, start }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start })).toString("base64url");
}

function decodeToken(text: string): ContinueToken {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && "rv" in value && "start" in value) {
      const { rv, start } = value;
      if (typeof rv === "number" && typeof start === "string") return { revision: rv, start };
    }
  } catch {
    // Falls through to the same answer as a token of the wrong shape.
  }
  throw badRequest("invalid continue token: continue key is not valid");
}

/** The answer to a request for a revision that there is not yet. */
export function tooLargeRevision(wanted: number, current: number): StatusError {
  return statusError(504, "Timeout", `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}
