export * from "./definitions.ts";
export * from "./resources.ts";
