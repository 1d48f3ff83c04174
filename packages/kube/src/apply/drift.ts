import { isDeepStrictEqual } from "node:util";
import type { UnstructuredObject } from "@sluice/api";

/**
 * Whether applying would change the live object: labels, annotations, or any field outside metadata and status of
 * the dry run's answer differ.
 */
export function hasDrifted(live: UnstructuredObject, dryRun: UnstructuredObject): boolean {
  return (
    !isDeepStrictEqual(live.metadata.labels ?? {}, dryRun.metadata.labels ?? {}) ||
    !isDeepStrictEqual(live.metadata.annotations ?? {}, dryRun.metadata.annotations ?? {}) ||
    !isDeepStrictEqual(contentOf(live), contentOf(dryRun))
  );
}

function contentOf(object: UnstructuredObject): { readonly [field: string]: unknown } {
  const { metadata: _metadata, status: _status, ...content } = object;
  return content;
}
