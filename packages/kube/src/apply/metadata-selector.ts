import type { KubernetesObject } from "@sluice/api";

/** Keys and values, any of which selects an object when it has it as a label or an annotation. */
export interface MetadataSelector {
  readonly [key: string]: string;
}

/** Whether the object has any of the keys with its value. Values are compared without regard to case. */
export function isSelected(
  object: Pick<KubernetesObject, "metadata"> | undefined,
  selector?: MetadataSelector,
): boolean {
  if (object === undefined || selector === undefined) return false;
  const { labels, annotations } = object.metadata;
  return Object.entries(selector).some(([key, value]) =>
    [labels?.[key], annotations?.[key]].some((found) => found?.toLowerCase() === value.toLowerCase()),
  );
}

/** Whether the object carries every one of the labels. */
export function hasLabels(
  object: Pick<KubernetesObject, "metadata">,
  labels: { readonly [key: string]: string },
): boolean {
  return Object.entries(labels).every(([key, value]) => object.metadata.labels?.[key] === value);
}
