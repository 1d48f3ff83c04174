/**
 * How objects change: the patch types of a Kubernetes API server as pure functions over plain JSON values.
 * @example
 * const object = { spec: { replicas: 1, paused: true } };
 * applyMergePatch(object, { spec: { paused: null } }); // { spec: { replicas: 1 } }
 * applyJsonPatch(object, [{ op: "replace", path: "/spec/replicas", value: 2 }]); // { spec: { replicas: 2, paused: true } }
 * @packageDocumentation
 */
export * from "./errors.ts";
export type { JsonObject, JsonValue } from "./json/json.ts";
export * from "./field-path/path-element.ts";
export * from "./field-path/field-set.ts";
export * from "./field-path/fields-v1.ts";
export * from "./schema/type-schema.ts";
export * from "./schema/from-openapi.ts";
export { serverSideApply, type ApplyRequest, type ApplyResult } from "./structured-merge/apply.ts";
export type { ManagerRequest } from "./structured-merge/request.ts";
export { trackUpdate, type UpdateRequest } from "./structured-merge/update.ts";
export { ConflictError, type Conflict, type ConflictCause } from "./structured-merge/conflict.ts";
export { lastAppliedAnnotation } from "./structured-merge/last-applied.ts";
export type { FieldsByVersion } from "./structured-merge/ownership.ts";
export type { VersionConverter } from "./structured-merge/versions.ts";
export { applyJsonPatch, maxJsonPatchOperations } from "./json-patch/json-patch.ts";
export { applyMergePatch, createMergePatch } from "./json-patch/merge-patch.ts";
export { applyStrategicMergePatch } from "./strategic-merge/strategic-merge.ts";
export { createThreeWayMergePatch, createTwoWayMergePatch, type ThreeWayObjects } from "./strategic-merge/create.ts";
