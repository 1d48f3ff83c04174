import type { CommonMetadata, UnstructuredObject } from "@sluice/api";

/** Sets the labels and annotations on the object; they win over its own. */
export function withCommonMetadata(object: UnstructuredObject, common: CommonMetadata | undefined): UnstructuredObject {
  if (common === undefined) return object;
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(common.labels && { labels: { ...metadata.labels, ...common.labels } }),
      ...(common.annotations && { annotations: { ...metadata.annotations, ...common.annotations } }),
    },
  };
}
