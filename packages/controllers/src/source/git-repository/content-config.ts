import { isDeepStrictEqual } from "node:util";
import type { Artifact, GitRepository } from "@sluice/api";

/**
 * Whether an artifact would differ from the present one though the commit is the same: because the spec says something
 * else than when it was made, or because an included artifact is another one.
 */
export function hasContentConfigChanged(object: GitRepository, includes: readonly Artifact[]): boolean {
  const { spec, status = {} } = object;
  return (
    spec.ignore !== status.observedIgnore ||
    (spec.recurseSubmodules ?? false) !== (status.observedRecurseSubmodules ?? false) ||
    !isDeepStrictEqual(spec.sparseCheckout ?? [], status.observedSparseCheckout ?? []) ||
    !isDeepStrictEqual(spec.include ?? [], status.observedInclude ?? []) ||
    haveIncludesChanged(includes, status.includedArtifacts)
  );
}

/** Whether other artifacts are included now, by revision and digest, in order. */
export function haveIncludesChanged(now: readonly Artifact[], before: readonly Artifact[] | undefined): boolean {
  const identity = (artifacts: readonly Artifact[]): unknown =>
    artifacts.map(({ revision, digest }) => [revision, digest]);
  return !isDeepStrictEqual(identity(now), identity(before ?? []));
}
