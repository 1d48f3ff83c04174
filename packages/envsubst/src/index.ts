/**
 * Replaces `${variables}` in text exactly as Flux's post-build substitution does. It looks like bash and is not: see
 * the table in the README.
 *
 * @example
 * ```ts
 * import { substitute } from "@sluice/envsubst";
 * substitute("host: ${name:=app}.example.com", (name) => ({ name: "shop" })[name]); // "host: shop.example.com"
 * ```
 * @packageDocumentation
 */
export { SubstitutionError, type SubstitutionErrorCode } from "./errors.ts";
export { substitute, type SubstituteOptions } from "./substitute.ts";
