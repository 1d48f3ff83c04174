import { formatApiVersion, type GroupVersionKind, type KubernetesObject } from "@sluice/api";

const json = "application/json";
const metadataTypes = { item: "PartialObjectMetadata", list: "PartialObjectMetadataList" } as const;

/** The `Accept` header that asks for metadata only, and takes whole objects where the server cannot do that. */
export function metadataAccept(shape: keyof typeof metadataTypes): string {
  return `${json};as=${metadataTypes[shape]};g=meta.k8s.io;v=v1,${json}`;
}

/**
 * Names metadata by the kind that was asked for. The server calls it `PartialObjectMetadata`, and one that ignores the
 * request sends whole objects.
 */
export function toMetadata(gvk: GroupVersionKind, object: KubernetesObject): KubernetesObject {
  return { apiVersion: formatApiVersion(gvk), kind: gvk.kind, metadata: object.metadata };
}
