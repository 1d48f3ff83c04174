import type { Change } from "../storage/change.ts";
import type { Collection } from "../storage/collection.ts";
import type { StoredObject } from "../storage/stored-object.ts";

/** Where a watch's lines go. `write` returns `false` while the client does not keep up. */
export interface WatchSink {
  write(bytes: Buffer): boolean;
  end(): void;
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number;
}

export interface WatchOptions {
  /** `ns/` or `""`. */
  readonly prefix: string;
  matches(stored: StoredObject): boolean;
  /** The object's JSON as the client wants it. */
  encode(stored: StoredObject): Buffer;
  /** The JSON of a bookmark at a revision. */
  encodeBookmark(revision: number, initialEventsEnd: boolean): Buffer;
}

const lineStarts = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
  BOOKMARK: Buffer.from('{"type":"BOOKMARK","object":'),
  ERROR: Buffer.from('{"type":"ERROR","object":'),
} as const;
const lineEnd = Buffer.from("}\n");

/** A client that leaves this much unread is cut off, so that it cannot hold the server's memory. */
const maxBacklogBytes = 64 * 1024 * 1024;

/** Sends the changes of a collection to one client. Events of one turn of the event loop leave in one write. */
export class WatchStream {
  readonly #sink: WatchSink;
  readonly #options: WatchOptions;
  #pending: Buffer[] = [];
  #scheduled = false;
  #unsubscribe: (() => void) | undefined;
  #ended = false;

  constructor(sink: WatchSink, options: WatchOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Sends objects as they are now, as if each had just been added. */
  sendExisting(objects: readonly StoredObject[]): void {
    for (const stored of objects) if (this.#options.matches(stored)) this.#send("ADDED", this.#options.encode(stored));
  }

  sendBookmark(revision: number, initialEventsEnd = false): void {
    this.#send("BOOKMARK", this.#options.encodeBookmark(revision, initialEventsEnd));
  }

  sendError(status: object): void {
    this.#send("ERROR", Buffer.from(JSON.stringify(status)));
  }

  /** Sends the given changes, then those that happen from now on. */
  follow(collection: Collection, past: readonly Change[]): void {
    for (const change of past) this.#handle(change);
    this.#unsubscribe = collection.subscribe((change) => this.#handle(change));
  }

  end(): void {
    if (this.#ended) return;
    this.#unsubscribe?.();
    this.#flush();
    this.#ended = true;
    this.#sink.end();
  }

  /** What a change is to this client: leaving its selection is a deletion, entering it an addition. */
  #handle(change: Change): void {
    const { stored, previous } = change;
    if (!stored.key.startsWith(this.#options.prefix)) return;
    const before = previous !== undefined && this.#options.matches(previous);
    const after = change.type !== "DELETED" && this.#options.matches(stored);
    if (after) this.#send(before ? "MODIFIED" : "ADDED", this.#options.encode(stored));
    else if (before)
      this.#send("DELETED", this.#options.encode(change.type === "DELETED" ? stored : lastMatching(change)));
  }

  #send(type: keyof typeof lineStarts, object: Buffer): void {
    if (this.#ended) return;
    this.#pending.push(lineStarts[type], object, lineEnd);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#pending.length === 0 || this.#ended) return;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    if (!this.#sink.write(bytes) && this.#sink.backlogBytes > maxBacklogBytes) this.end();
  }
}

const departures = new WeakMap<StoredObject, StoredObject>();

/** An object that no longer matches is sent as it was when it did, with the revision of the change. */
function lastMatching({ stored, previous }: Change): StoredObject {
  if (previous === undefined) return stored;
  let departed = departures.get(stored);
  if (departed === undefined) {
    departed = previous.at(stored.revision);
    departures.set(stored, departed);
  }
  return departed;
}
