import { SopsError } from "../errors.ts";
import { decodeText, encodeText, tryDecodeText } from "../tree/text.ts";
import { type Branch, branch, entry, findValue } from "../tree/tree.ts";
import { readJson } from "./json-reader.ts";
import { writeJson } from "./json-writer.ts";
import type { Store, StoreOptions } from "./store.ts";

export const jsonStore: Store = {
  layout: "mapping",
  singleValue: false,
  parse: parseDocument,
  format: formatDocument,
  parseEncrypted: parseDocument,
  formatEncrypted: formatDocument,
};

/** Bytes of any kind; encrypted, they are the value of `data` in a JSON document. */
export const binaryStore: Store = {
  layout: "mapping",
  singleValue: true,
  parse: (bytes) => [branch([entry("data", tryDecodeText(bytes) ?? bytes)])],
  format: (documents) => {
    const document = documents[0];
    const content = document && findValue(document, "data");
    if (typeof content === "string") return encodeText(content);
    if (content instanceof Uint8Array) return content;
    throw new SopsError("Malformed", 'a binary document must have a text under "data"');
  },
  parseEncrypted: parseDocument,
  formatEncrypted: formatDocument,
};

function parseDocument(bytes: Uint8Array): Branch[] {
  return [readJson(decodeText(bytes).replace(/^\uFEFF/, ""))];
}

function formatDocument(documents: readonly Branch[], { indent }: StoreOptions): Uint8Array {
  const [document, ...others] = documents;
  if (document === undefined || others.length > 0) {
    throw new SopsError("Unsupported", "JSON holds exactly one document");
  }
  return encodeText(writeJson(document, indent === undefined ? "\t" : " ".repeat(indent)));
}
