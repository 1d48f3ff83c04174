/**
 * The command-line program, as a function: `main(argv, io)` runs one command line in a world of the caller's choice.
 * @packageDocumentation
 */
export { main } from "./main.ts";
export type { Io, TextSink } from "./io/io.ts";
export { CliError, type CliErrorCode } from "./errors.ts";
