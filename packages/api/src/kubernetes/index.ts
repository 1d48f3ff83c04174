export * from "./definitions.ts";
export * from "./resources.ts";
export * from "./zero-fields.ts";
