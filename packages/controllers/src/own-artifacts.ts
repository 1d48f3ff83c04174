import { buffer } from "node:stream/consumers";
import { digestOf, extractArchive, parseDigest, type ArtifactStorage } from "@sluice/source";
import type { FetchArtifact } from "./kustomization/index.ts";

/**
 * Takes an artifact from this process's own storage where it is there, and leaves the others to `fetchElsewhere`.
 *
 * Beside the saved round trip, this matters after a restart: the URL in a source's status leads to where the process
 * before listened, until the source has been looked at again.
 */
export function fetchFromOwnStorage(storage: ArtifactStorage, fetchElsewhere: FetchArtifact): FetchArtifact {
  return async (artifact, options) => {
    const bytes = await readOwn(storage, artifact);
    if (bytes === undefined) return fetchElsewhere(artifact, options);
    options?.signal?.throwIfAborted();
    return extractArchive(bytes, { links: "skip", ...options?.limits });
  };
}

/** The bytes of an artifact; `undefined` when it is not here, or is another one under the same name. */
async function readOwn(
  storage: ArtifactStorage,
  { url, digest }: { readonly url: string; readonly digest: string },
): Promise<Uint8Array | undefined> {
  try {
    const path = decodeURIComponent(new URL(url).pathname).slice(1);
    const found = await storage.read(path);
    if (found === undefined) return undefined;
    const bytes = await buffer(found.stream);
    return digestOf(bytes, parseDigest(digest).algorithm) === digest ? bytes : undefined;
  } catch {
    return undefined; // whatever it was: who asks over HTTP gets to know
  }
}
