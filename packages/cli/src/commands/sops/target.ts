import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Format, formatForPath } from "@sluice/sops";
import { CliError, usageError } from "../../errors.ts";
import type { SopsInvocation } from "./sops-invocation.ts";

/** The file that a command line is about. */
export interface Target {
  /** Absolute; decides about the creation rule, also for standard input. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly format: Format;
  readonly outputFormat: Format;
}

export async function readTarget(invocation: SopsInvocation, written: string | undefined): Promise<Target> {
  const { flags, io } = invocation;
  if (written === undefined) throw usageError("name the file");
  const override = flags["filename-override"];
  const name = path.resolve(io.cwd, override === "" ? written : override);
  const format = parseFormat(flags["input-type"]) ?? formatForPath(name);
  const content = written === "-" ? await readAll(io.stdin) : readFile(path.resolve(io.cwd, written));
  return { name, content, format, outputFormat: parseFormat(flags["output-type"]) ?? format };
}

/** Puts a result where the flags say: back into the file, into another one, or on standard output. */
export function writeResult(
  { flags, io }: SopsInvocation,
  written: string,
  result: Uint8Array,
  options: { readonly inPlace: boolean },
): void {
  if (options.inPlace && written !== "-") writeFile(path.resolve(io.cwd, written), result);
  else if (flags.output !== "") writeFile(path.resolve(io.cwd, flags.output), result);
  else if (io.stdout.writeBytes === undefined) io.stdout.write(Buffer.from(result).toString());
  else io.stdout.writeBytes(result);
}

function parseFormat(text: string): Format | undefined {
  if (text === "") return undefined;
  if (text === "yaml" || text === "json" || text === "dotenv" || text === "ini" || text === "binary") return text;
  throw usageError(`unknown format ${JSON.stringify(text)}; there are yaml, json, dotenv, ini and binary`);
}

async function readAll(input: AsyncIterable<string | Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError("NotFound", `${file} cannot be read: ${code ?? "unknown reason"}`, { cause: error });
  }
}

function writeFile(file: string, content: Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError("Failed", `${file} cannot be written: ${code ?? "unknown reason"}`, { cause: error });
  }
}
