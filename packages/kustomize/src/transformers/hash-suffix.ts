import { hashOf } from "../hash.ts";
import type { ResMap } from "../res-map.ts";

/** Appends the hash of their content to the names of generated resources. */
export function addHashSuffixes(resources: ResMap): void {
  for (const resource of resources.resources) {
    if (!resource.needsHashSuffix) continue;
    const hash = hashOf(resource.node);
    resource.storePreviousId();
    resource.setName(`${resource.name}-${hash}`);
  }
}
