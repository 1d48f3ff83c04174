import { CodedError } from "@sluice/errors";

/**
 * Why a command ends without having done what it was asked.
 * `Usage`: the command line is wrong. `NotFound`: an object, file or program that was named is not there.
 * `Failed`: it was tried and did not work. `Aborted`: the user said no. `TimedOut`: the time given was not enough.
 */
export type CliErrorCode = "Usage" | "NotFound" | "Failed" | "Aborted" | "TimedOut";

/** The one line that the user reads after `✗`. */
export class CliError extends CodedError<CliErrorCode> {}

/** A command line that cannot be understood. */
export function usageError(message: string): CliError {
  return new CliError("Usage", message);
}
