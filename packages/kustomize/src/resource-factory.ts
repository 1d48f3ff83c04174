import { parseResources } from "./parse-resources.ts";
import type { ParseCache } from "./parse-cache.ts";
import { Resource } from "./resource.ts";
import type { OpenApi } from "./schema/open-api.ts";

/** Makes the resources of one build. */
export class ResourceFactory {
  readonly openApi: OpenApi;
  readonly #cache: ParseCache | undefined;

  constructor(openApi: OpenApi, cache: ParseCache | undefined) {
    this.openApi = openApi;
    this.#cache = cache;
  }

  /** The resources of a text. Throws `MalformedYAML` and `InvalidResource`. */
  parse(text: string): Resource[] {
    return parseResources(text, this.#cache).map((node) => new Resource(node, this.openApi));
  }
}
