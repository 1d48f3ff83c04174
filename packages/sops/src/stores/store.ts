import type { Branch } from "../tree/tree.ts";

/** The formats of `sops --input-type`. */
export type Format = "yaml" | "json" | "dotenv" | "ini" | "binary";

export interface StoreOptions {
  /** Columns per level; the default is that of `sops`: 4 for YAML, tabs for JSON. */
  readonly indent?: number | undefined;
}

/** How a format keeps the metadata: as a mapping, as a flat section, or as prefixed keys among the others. */
export type MetadataLayout = "mapping" | "section" | "prefixed";

/** Reads and writes one format. Texts come as bytes, because a binary document is nothing else. */
export interface Store {
  readonly layout: MetadataLayout;
  /** Whether the whole document is one value, so that rules about keys and comments mean nothing. */
  readonly singleValue: boolean;
  /** @throws SopsError `Malformed`, `Unsupported` */
  parse(bytes: Uint8Array): Branch[];
  format(documents: readonly Branch[], options: StoreOptions): Uint8Array;
  /** The same for documents that are, or will be, encrypted. */
  parseEncrypted(bytes: Uint8Array): Branch[];
  formatEncrypted(documents: readonly Branch[], options: StoreOptions): Uint8Array;
}
