import type { KubernetesObject, UnstructuredObject } from "@sluice/api";

/** Decides which changes are worth a reconciliation. What a predicate does not mention passes. */
export interface Predicate<T extends KubernetesObject = UnstructuredObject> {
  create?(object: T): boolean;
  update?(before: T, after: T): boolean;
  delete?(object: T): boolean;
}

/** Updates that changed the spec (or whatever else moves `metadata.generation`, such as deletion). */
export const generationChanged: Predicate<KubernetesObject> = {
  update: (before, after) => before.metadata.generation !== after.metadata.generation,
};

/** Updates that changed anything at all. */
export const resourceVersionChanged: Predicate<KubernetesObject> = {
  update: (before, after) => before.metadata.resourceVersion !== after.metadata.resourceVersion,
};

/** Updates that gave an annotation another value; removing it is no reason. */
export function annotationChanged(annotation: string): Predicate<KubernetesObject> {
  return {
    update: (before, after) => {
      const value = after.metadata.annotations?.[annotation];
      return value !== undefined && value !== before.metadata.annotations?.[annotation];
    },
  };
}

/** Changes of a label's value, its coming and going included. */
export function labelChanged(label: string): Predicate<KubernetesObject> {
  return { update: (before, after) => before.metadata.labels?.[label] !== after.metadata.labels?.[label] };
}

/** Only updates. */
export const updatesOnly: Predicate<KubernetesObject> = { create: () => false, delete: () => false };

/** Passes what at least one of the predicates passes. */
export function or<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return {
    create: (object) => predicates.some((each) => each.create?.(object) ?? true),
    update: (before, after) => predicates.some((each) => each.update?.(before, after) ?? true),
    delete: (object) => predicates.some((each) => each.delete?.(object) ?? true),
  };
}

/** Passes what all of the predicates pass. */
export function and<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return {
    create: (object) => predicates.every((each) => each.create?.(object) ?? true),
    update: (before, after) => predicates.every((each) => each.update?.(before, after) ?? true),
    delete: (object) => predicates.every((each) => each.delete?.(object) ?? true),
  };
}
