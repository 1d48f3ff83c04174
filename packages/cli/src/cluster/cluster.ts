import type { ApiClient } from "@sluice/kube";
import { CliError } from "../errors.ts";
import type { Invocation } from "../program/command.ts";
import { formatDuration } from "../text/duration.ts";
import { connect } from "./connect.ts";

/** A connection for the length of one command. */
export interface Cluster {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Aborted when the user interrupts or `--timeout` has passed. */
  readonly signal: AbortSignal;
  /** Whether an error came from `--timeout`. */
  isTimeout(error: unknown): boolean;
}

/** What the caller does with time. */
export interface ClusterOptions {
  /** For commands that follow something until the user interrupts: `--timeout` counts only where it was given. */
  readonly endless?: boolean;
}

/** Connects as the global flags say, acts, and disconnects whatever happened. */
export async function withCluster<T>(
  invocation: Invocation,
  act: (cluster: Cluster) => Promise<T>,
  options: ClusterOptions = {},
): Promise<T> {
  const { io, flags } = invocation;
  const limited = options.endless !== true || invocation.isSet("timeout");
  const deadline = limited ? AbortSignal.timeout(flags.timeout) : undefined;
  const signal = deadline === undefined ? io.signal : AbortSignal.any([io.signal, deadline]);
  const connection = await connect(invocation);
  try {
    return await act({
      client: connection.client,
      namespace: connection.namespace,
      signal,
      isTimeout: (error) => deadline?.aborted === true && (error === deadline.reason || !io.signal.aborted),
    });
  } catch (error) {
    if (deadline?.aborted === true && !(error instanceof CliError)) {
      throw new CliError("TimedOut", `timed out after ${formatDuration(flags.timeout)}`, { cause: error });
    }
    throw error;
  } finally {
    await connection.close();
  }
}
