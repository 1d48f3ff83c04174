import { SopsError } from "../errors.ts";
import type { MetadataLayout } from "../stores/store.ts";
import { type Branch, branch, entry, type Entry, isBranch, type Value } from "../tree/tree.ts";
import { flatten, unflatten } from "./flatten.ts";
import type { Metadata } from "./metadata.ts";
import { readMetadata } from "./read.ts";
import { writeMetadata } from "./write.ts";

const metadataKey = "sops";
const prefix = "sops_";

export interface Extracted {
  readonly documents: Branch[];
  readonly metadata: Metadata;
}

/** Whether a document uses the names of the metadata, be it because it is encrypted or by accident. */
export function hasMetadata(document: Branch, layout: MetadataLayout): boolean {
  return document.entries.some((item) => item.kind === "entry" && isReserved(item.key, layout));
}

/**
 * Takes the metadata out of documents. All carry it, the first one's counts.
 * @throws SopsError `NotEncrypted`, `InvalidMetadata`
 */
export function extractMetadata(documents: readonly Branch[], layout: MetadataLayout): Extracted {
  const [first] = documents;
  const own = first?.entries.filter((item) => item.kind === "entry" && isReserved(item.key, layout)) ?? [];
  const entries = own.filter((item) => item.kind === "entry");
  if (entries.length === 0)
    throw new SopsError("NotEncrypted", "no sops metadata found: the document is not encrypted");
  return {
    documents: documents.map((document) =>
      branch(document.entries.filter((item) => item.kind === "comment" || !isReserved(item.key, layout))),
    ),
    metadata: readMetadata(metadataTree(entries, layout)),
  };
}

function metadataTree(entries: readonly Entry[], layout: MetadataLayout): Branch {
  if (layout === "prefixed") return unflatten(entries.map(({ key, value }) => entry(key.slice(prefix.length), value)));
  const [only, ...others] = entries;
  if (others.length > 0) throw new SopsError("InvalidMetadata", "metadata: sops occurs twice");
  if (only === undefined || !isBranch(only.value)) {
    throw new SopsError("InvalidMetadata", "metadata: sops is not a mapping");
  }
  if (layout === "mapping") return only.value;
  const fields = only.value.entries.filter((item) => item.kind === "entry");
  return unflatten(fields.map(({ key, value }) => entry(key, unescapeBreaks(value))));
}

/** Puts the metadata at the end of every document. @throws SopsError `ReservedKey` */
export function embedMetadata(documents: readonly Branch[], metadata: Metadata, layout: MetadataLayout): Branch[] {
  const added = metadataEntries(writeMetadata(metadata), layout);
  return documents.map((document) => {
    if (hasMetadata(document, layout)) {
      const names = layout === "prefixed" ? `names that begin with ${prefix}` : `the name ${metadataKey}`;
      throw new SopsError("ReservedKey", `${names} cannot be used in a document that is to be encrypted`);
    }
    return branch([...document.entries, ...added]);
  });
}

function metadataEntries(tree: Branch, layout: MetadataLayout): Entry[] {
  if (layout === "mapping") return [entry(metadataKey, tree)];
  const flat = flatten(tree);
  if (layout === "prefixed") return flat.map(({ key, value }) => entry(prefix + key, value));
  return [entry(metadataKey, branch(flat.map(({ key, value }) => entry(key, escapeBreaks(value)))))];
}

function isReserved(key: string, layout: MetadataLayout): boolean {
  return layout === "prefixed" ? key.startsWith(prefix) : key === metadataKey;
}

// INI values could span lines, but in the metadata they never did.
function escapeBreaks(value: Value): Value {
  return typeof value === "string" ? value.replaceAll("\n", "\\n") : value;
}

function unescapeBreaks(value: Value): Value {
  return typeof value === "string" ? value.replaceAll("\\n", "\n") : value;
}
