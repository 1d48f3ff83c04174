import { DatabaseSync, type StatementSync } from "node:sqlite";
import { isObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** One object as the journal holds it. */
export interface JournalEntry {
  readonly collection: string;
  readonly key: string;
  readonly revision: number;
  readonly object: KubeObject;
}

/** Keeps what is stored beyond the life of the process. Every method returns only once its effect is durable. */
export interface Journal {
  readonly revision: number;
  entries(): Iterable<JournalEntry>;
  record(collection: string, key: string, object: KubeObject | undefined, revision: number): void;
  /** A small value of the server's own: keys, counters. */
  readSetting(name: string): string | undefined;
  writeSetting(name: string, value: string): void;
  close(): void;
}

/**
 * What an acknowledged write survives: `process`: the death of the process (SIGKILL included), as the operating system
 * holds what was written; `power`: also the loss of power, at the price of one fsync per write.
 */
export type Durability = "process" | "power";

const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    collection TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/**
 * A journal in one SQLite file. Each write is one transaction of the write-ahead log, so that a kill at any point
 * leaves either all of it or nothing.
 */
export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #setSetting: StatementSync;
  readonly #getSetting: StatementSync;

  constructor(file: string, durability: Durability) {
    this.#database = new DatabaseSync(file);
    this.#database.exec("PRAGMA journal_mode = WAL");
    this.#database.exec(`PRAGMA synchronous = ${durability === "power" ? "FULL" : "NORMAL"}`);
    // A second server on the same directory would overwrite the first one's writes.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE");
    this.#database.exec(schema);
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)");
    this.#remove = this.#database.prepare("DELETE FROM objects WHERE collection = ? AND key = ?");
    this.#setSetting = this.#database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)");
    this.#getSetting = this.#database.prepare("SELECT value FROM settings WHERE name = ?");
  }

  get revision(): number {
    return Number(this.readSetting("revision") ?? 0);
  }

  *entries(): Iterable<JournalEntry> {
    for (const row of this.#database.prepare("SELECT * FROM objects ORDER BY collection, key").iterate()) {
      const { collection, key, revision, body } = row;
      const object: unknown = JSON.parse(String(body));
      if (!isKubeObject(object)) throw new TypeError(`journal: ${String(collection)} ${String(key)} is not an object`);
      yield { collection: String(collection), key: String(key), revision: Number(revision), object };
    }
  }

  record(collection: string, key: string, object: KubeObject | undefined, revision: number): void {
    this.#database.exec("BEGIN");
    try {
      if (object === undefined) this.#remove.run(collection, key);
      else this.#put.run(collection, key, revision, JSON.stringify(object));
      this.#setSetting.run("revision", String(revision));
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  readSetting(name: string): string | undefined {
    const value = this.#getSetting.get(name)?.["value"];
    return typeof value === "string" ? value : undefined;
  }

  writeSetting(name: string, value: string): void {
    this.#setSetting.run(name, value);
  }

  close(): void {
    this.#database.close();
  }
}

function isKubeObject(value: unknown): value is KubeObject {
  return isObject(value) && isObject(value["metadata"]) && typeof value["kind"] === "string";
}
