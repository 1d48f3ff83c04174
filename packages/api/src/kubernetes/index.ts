export * from "./definitions.ts";
export * from "./resources.ts";
export * from "./go-form.ts";
