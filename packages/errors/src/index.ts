/**
 * Errors with a closed list of codes. Each package declares its own union of codes and its own subclass;
 * callers decide by `code`, never by message text.
 * @packageDocumentation
 */
export { CodedError, type CodedErrorOptions } from "./coded-error.ts";
export { messageOf } from "./message-of.ts";
