/**
 * The shapes of Kubernetes and Flux objects: types, field constants and CustomResourceDefinitions. No behaviour
 * beyond reading and writing those shapes.
 * @packageDocumentation
 */
export * from "./meta/object.ts";
export * from "./meta/group-version-kind.ts";
export * from "./meta/condition.ts";
export * from "./meta/status.ts";
export * from "./kubernetes/index.ts";
export * from "./meta/flux.ts";
export * from "./meta/reference.ts";
export * from "./meta/artifact.ts";
export * from "./meta/custom-resource-definition.ts";
export * from "./meta/schemas.ts";
export * from "./source/v1/index.ts";
export * from "./kustomize/v1/index.ts";
