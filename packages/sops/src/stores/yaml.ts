import { decodeText, encodeText } from "../tree/text.ts";
import type { Branch } from "../tree/tree.ts";
import type { Store, StoreOptions } from "./store.ts";
import { readYaml } from "./yaml-reader.ts";
import { writeYaml } from "./yaml-writer.ts";

export const yamlStore: Store = {
  layout: "mapping",
  singleValue: false,
  parse,
  format,
  parseEncrypted: parse,
  formatEncrypted: format,
};

function parse(bytes: Uint8Array): Branch[] {
  return readYaml(decodeText(bytes));
}

function format(documents: readonly Branch[], { indent }: StoreOptions): Uint8Array {
  return encodeText(writeYaml(documents, indent));
}
