import type { Node } from "@sluice/yaml";
import { copyNode } from "./node/make.ts";

/** Bounds of a {@link ParseCache}. */
export interface ParseCacheOptions {
  /** Longest total text kept, in UTF-16 code units. Default 32 Mi. */
  readonly maxLength?: number;
}

const defaultMaxLength = 32 * 1024 * 1024;

/**
 * Remembers how texts were parsed, so that a base shared by many overlays is read once. Keyed by the text itself, the
 * least recently used leave first. Pass the same cache to many builds.
 */
export class ParseCache {
  readonly #maxLength: number;
  readonly #documents = new Map<string, readonly Node[]>();
  #length = 0;

  constructor(options: ParseCacheOptions = {}) {
    this.#maxLength = options.maxLength ?? defaultMaxLength;
  }

  /** The documents of the text, as copies that the caller may change. */
  get(text: string, parse: (text: string) => readonly Node[]): Node[] {
    const known = this.#documents.get(text);
    if (known !== undefined) {
      this.#documents.delete(text);
      this.#documents.set(text, known);
      return known.map(copyNode);
    }
    const documents = parse(text);
    if (text.length > this.#maxLength) return [...documents];
    this.#documents.set(text, documents);
    this.#length += text.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#length <= this.#maxLength) break;
      this.#documents.delete(oldest);
      this.#length -= oldest.length;
    }
    return documents.map(copyNode);
  }
}
