import { CliError } from "../errors.ts";
import type { Io } from "./io.ts";

/** Asks a yes-or-no question on stderr. Anything but yes, an end of input included, ends the command with `aborting`. */
export async function confirm(io: Io, question: string): Promise<void> {
  io.stderr.write(`? ${question}? [y/N] `);
  const answer = await readLine(io.stdin);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("Aborted", "aborting");
}

async function readLine(input: Io["stdin"]): Promise<string> {
  let line = "";
  for await (const chunk of input) {
    line += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    const end = line.indexOf("\n");
    if (end >= 0) return line.slice(0, end);
  }
  return line;
}
