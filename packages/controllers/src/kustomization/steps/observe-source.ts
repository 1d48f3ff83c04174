import { formatKey, type Artifact, type Kustomization, type KubernetesObject } from "@sluice/api";
import type { Reader } from "@sluice/kube";
import { KustomizationError } from "../errors.ts";
import { sourceOf } from "../source-reference.ts";

/** Where the artifact of an origin (an OCI image built from Git) says which revision that was. */
const ORIGIN_REVISION = "org.opencontainers.image.revision";

/** A source, as far as appliers know it. */
export interface SourceObject extends KubernetesObject {
  readonly status?: { readonly artifact?: Artifact };
}

/** What is to be applied. */
export interface ObservedSource {
  readonly artifact: Artifact;
  readonly revision: string;
  readonly originRevision: string | undefined;
}

/** Reads the source of a Kustomization past all caches. Throws {@link KustomizationError} where there is no artifact. */
export async function observeSource(
  object: Kustomization,
  options: {
    readonly client: Reader;
    readonly noCrossNamespaceRefs: boolean;
    readonly allowExternalArtifact: boolean;
    /** How long until the next look, for messages. */
    readonly waitText: string;
    readonly signal: AbortSignal;
  },
): Promise<ObservedSource> {
  const { gvk, key } = sourceOf(object);
  const name = `${gvk.kind}/${formatKey(key)}`;
  if (options.noCrossNamespaceRefs && key.namespace !== object.metadata.namespace) {
    throw new KustomizationError(
      "SourceAccessDenied",
      `can't access '${name}', cross-namespace references have been blocked`,
    );
  }
  if (gvk.kind === "ExternalArtifact" && !options.allowExternalArtifact) {
    throw new KustomizationError(
      "SourceAccessDenied",
      `can't access '${name}', ExternalArtifact feature gate is disabled`,
    );
  }
  const source = await options.client.find<SourceObject>(gvk, key, { signal: options.signal });
  if (source === undefined) throw new KustomizationError("SourceNotFound", `Source '${name}' not found`);
  const artifact = source.status?.artifact;
  if (artifact === undefined) {
    throw new KustomizationError("SourceNotReady", `Source artifact not found, retrying in ${options.waitText}`);
  }
  return { artifact, revision: artifact.revision, originRevision: artifact.metadata?.[ORIGIN_REVISION] };
}
