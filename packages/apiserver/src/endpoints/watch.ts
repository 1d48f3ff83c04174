import { statusError } from "../errors/status-errors.ts";
import { negotiate } from "../http/media-type.ts";
import { encodeObject, objectTransforms, toTable, type TableOptions } from "../http/representation.ts";
import { WatchStream } from "../watch/watch-stream.ts";
import { includeObjectOf } from "./read.ts";
import { selectionOf } from "./list.ts";
import { parseListOptions, type ListOptions } from "./list-options.ts";
import type { ResourceExchange } from "./resource-exchange.ts";

const bookmarkIntervalMs = 60_000;
const minimumTimeoutSeconds = 1800;

/** Answers a watch: a stream of events that lasts until the client leaves, its timeout passes or the server stops. */
export function answerWatch(exchange: ResourceExchange): void {
  const { store, info, request, response, clock } = exchange;
  const options = parseListOptions(info.query, store.version.selectableFields, true);
  const representation = negotiate(request.headers.accept, objectTransforms, true);
  const includeObject = includeObjectOf(info.query);
  let hasSentColumns = false;
  const tableOptions = (): TableOptions => {
    const withColumns = !hasSentColumns;
    hasSentColumns = true;
    return { now: clock.now(), includeObject, version: representation.asVersion ?? "v1", withColumns };
  };
  const named = info.name === "" ? undefined : info.name;
  const selects = selectionOf(store, options);
  const stream = new WatchStream(
    {
      write: (bytes) => response.write(bytes),
      end: () => void response.end(),
      get backlogBytes(): number {
        return response.writableLength;
      },
    },
    {
      prefix: info.namespace === "" || !store.definition.namespaced ? "" : `${info.namespace}/`,
      matches: (stored) => (named === undefined || stored.object.metadata.name === named) && selects(stored),
      encode: (stored) =>
        representation.as === "Table"
          ? encodeObject(store, stored, representation, tableOptions())
          : encodeObject(store, stored, representation, { now: 0, includeObject, version: "v1", withColumns: false }),
      encodeBookmark: (revision, isEnd) => {
        const annotations = isEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
        const metadata = { resourceVersion: String(revision), ...annotations };
        const { kind } = store.definition;
        if (representation.as === "Table") {
          const bookmark = { kind, apiVersion: store.version.apiVersion, metadata };
          const table = toTable(
            store,
            [],
            { resourceVersion: String(revision) },
            { ...tableOptions(), withColumns: false },
          );
          return Buffer.from(JSON.stringify({ ...table, rows: [{ cells: [], object: bookmark }] }));
        }
        const type =
          representation.as === undefined
            ? { kind, apiVersion: store.version.apiVersion }
            : { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" };
        return Buffer.from(JSON.stringify({ ...type, metadata }));
      },
    },
  );
  response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-cache, private" });
  // Clients wait for the headers, not for the first event.
  response.flushHeaders();
  start(stream, exchange, options);
}

function start(stream: WatchStream, exchange: ResourceExchange, options: ListOptions): void {
  const { store, info, response, clock, shutdown } = exchange;
  const prefix = info.namespace === "" || !store.definition.namespaced ? "" : `${info.namespace}/`;
  const revision = options.resourceVersion === "" ? 0 : Number(options.resourceVersion);
  const sendsState = options.sendInitialEvents ?? revision === 0;
  if (sendsState) {
    stream.sendExisting(store.collection.list(prefix));
    if (options.sendInitialEvents === true && options.allowBookmarks)
      stream.sendBookmark(store.collectionRevision, true);
    stream.follow(store.collection, []);
  } else {
    const start = revision === 0 ? store.collectionRevision : revision;
    const past = store.collection.changesAfter(start);
    if (past === undefined) {
      const message = `too old resource version: ${revision} (${store.collection.compactedRevision + 1})`;
      stream.sendError(statusError(410, "Expired", message).status);
      stream.end();
      return;
    }
    stream.follow(store.collection, past);
  }
  keepAlive(stream, { options, store, clock, response, shutdown });
}

type Lifetime = Pick<ResourceExchange, "store" | "clock" | "response" | "shutdown"> & { readonly options: ListOptions };

/** Sends bookmarks now and then, and ends the stream when its time has come. */
function keepAlive(stream: WatchStream, { options, store, clock, response, shutdown }: Lifetime): void {
  const seconds = options.timeoutSeconds ?? Math.floor(minimumTimeoutSeconds * (1 + Math.random()));
  let cancelBookmark = (): void => {};
  const bookmark = (): void => {
    stream.sendBookmark(store.collectionRevision);
    cancelBookmark = clock.after(bookmarkIntervalMs, bookmark);
  };
  if (options.allowBookmarks) cancelBookmark = clock.after(bookmarkIntervalMs, bookmark);
  const cancelTimeout = clock.after(seconds * 1000, () => {
    if (options.allowBookmarks) stream.sendBookmark(store.collectionRevision);
    stream.end();
  });
  const stop = (): void => stream.end();
  shutdown.addEventListener("abort", stop, { once: true });
  response.once("close", () => {
    cancelBookmark();
    cancelTimeout();
    shutdown.removeEventListener("abort", stop);
    stream.end();
  });
  if (shutdown.aborted) stop();
}
