export * from "./conditions.ts";
export * from "./git-repository.ts";
export * from "./git-repository-crd.ts";
