import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { Secret } from "@sluice/sops";
import { CliError } from "../../errors.ts";
import type { Io } from "../../io/io.ts";

/** The user's age identities, from where `sops` looks for them. Programs that would print one are not run. */
export function findAgeIdentities(io: Io): Secret<string>[] {
  const { env } = io;
  const home = env["HOME"] ?? homedir();
  const configHome = env["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
  const named = (variable: string): Secret<string>[] => {
    const file = env[variable];
    return file === undefined || file === "" ? [] : [readNamed(path.resolve(io.cwd, file), variable)];
  };
  return [
    ...named("SOPS_AGE_SSH_PRIVATE_KEY_FILE"),
    ...(env["SOPS_AGE_KEY"] === undefined ? [] : [new Secret(env["SOPS_AGE_KEY"].trim().split(/\s+/).join("\n"))]),
    ...named("SOPS_AGE_KEY_FILE"),
    ...readIfPresent(path.join(configHome, "sops/age/keys.txt")),
    // A key with a passphrase must not stand in the way of those without.
    ...["id_ed25519", "id_rsa"].flatMap((name) => readIfPresent(path.join(home, ".ssh", name))).filter(isPlainSshKey),
  ];
}

function readNamed(file: string, variable: string): Secret<string> {
  try {
    return new Secret(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CliError("NotFound", `${variable}: ${file} cannot be read`, { cause: error });
  }
}

function readIfPresent(file: string): Secret<string>[] {
  try {
    return [new Secret(readFileSync(file, "utf8"))];
  } catch {
    return [];
  }
}

function isPlainSshKey(secret: Secret<string>): boolean {
  const text = secret.reveal();
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return !text.includes("ENCRYPTED");
  // The name of the cipher stands behind the format's own name.
  return Buffer.from(body, "base64").subarray(15, 23).toString("latin1") === "\0\0\0\x04none";
}
