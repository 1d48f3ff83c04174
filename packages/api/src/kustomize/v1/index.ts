export * from "./ownership.ts";
export * from "./kustomization.ts";
export * from "./kustomization-crd.ts";
