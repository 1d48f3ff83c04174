/**
 * The shapes of Kubernetes and Flux objects: types, field constants and CustomResourceDefinitions. No behaviour
 * beyond reading and writing those shapes.
 * @packageDocumentation
 */
export * from "./meta/object.ts";
export * from "./meta/group-version-kind.ts";
export * from "./meta/condition.ts";
export * from "./meta/status.ts";
