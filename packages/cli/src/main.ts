import { messageOf } from "@sluice/errors";
import { loadRoot } from "./commands/root.ts";
import { defaultNamespace, isLabel } from "./cluster/namespace.ts";
import { usageError } from "./errors.ts";
import type { Io } from "./io/io.ts";
import { createMessages } from "./io/messages.ts";
import type { Invocation } from "./program/command.ts";
import { formatHelp } from "./program/help.ts";
import { leafOf, parseLine } from "./program/parse.ts";

/**
 * Runs one command line (without the program's own name) and returns the exit status: 0 when it did what was asked,
 * 1 otherwise, with one line on stderr that says why. Throws nothing but bugs of its own.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const say = createMessages(io.stderr);
  try {
    const root = await loadRoot(defaultNamespace(io.env, say), argv[0]);
    const line = parseLine(io.program, root, argv);
    if (line.wantsHelp) {
      io.stdout.write(formatHelp(io.program, line.path));
      return 0;
    }
    for (const warning of line.warnings) io.stderr.write(`${warning}\n`);
    const invocation: Invocation = {
      args: line.args,
      flags: line.values as Invocation["flags"],
      isSet: (name) => line.given.has(name),
      io,
      say,
    };
    if (!isLabel(invocation.flags.namespace)) {
      throw usageError(`namespace must be a valid DNS label: ${JSON.stringify(invocation.flags.namespace)}`);
    }
    return (await leafOf(line.path).run?.(invocation)) ?? 0;
  } catch (error) {
    if (io.signal.aborted) return 130;
    say.failure(messageOf(error).trimEnd());
    if (isBug(error) && io.env["SLUICE_DEBUG"] !== undefined) io.stderr.write(`${error.stack ?? ""}\n`);
    return 1;
  }
}

/** Errors of the language itself: broken invariants, never something that a user did. */
function isBug(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
