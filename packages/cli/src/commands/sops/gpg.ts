import { spawn } from "node:child_process";
import type { PgpEngine } from "@sluice/sops";
import { CliError } from "../../errors.ts";
import type { Io } from "../../io/io.ts";

/** Lets the user's own `gpg` do the work, with an argument vector and the user's key ring. */
export function gpgEngine(io: Io): PgpEngine {
  return {
    decrypt: (message, signal) => runGpg(io, ["--no-default-recipient", "--decrypt"], Buffer.from(message), signal),
    async encrypt(plain, fingerprint, signal) {
      // What begins with a dash would be taken for an option.
      if (!/^[0-9A-Fa-f]{8,40}!?$/.test(fingerprint)) throw new CliError("Usage", "not a PGP fingerprint");
      const args = ["--no-default-recipient", "--yes", "--encrypt", "--armor", "--recipient", fingerprint];
      return Buffer.from(
        await runGpg(io, [...args, "--trust-model", "always", "--no-encrypt-to"], plain, signal),
      ).toString();
    },
  };
}

function runGpg(
  io: Io,
  args: readonly string[],
  input: Uint8Array,
  signal: AbortSignal = io.signal,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const program = io.env["SOPS_GPG_EXEC"] ?? "gpg";
    const child = spawn(program, args, { env: { ...io.env }, signal, stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.on("error", (error) =>
      reject(new CliError("NotFound", `gpg cannot be run: ${error.message}`, { cause: error })),
    );
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new CliError("Failed", `gpg: ${complaint.trim().split("\n").at(-1) ?? "failed"}`));
    });
    // Its reason for closing early is in its exit status.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
