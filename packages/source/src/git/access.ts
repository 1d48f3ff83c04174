import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import type { GitCredentials } from "./credentials.ts";
import { GitError } from "./errors.ts";
import { type GitUrl, redactUrl } from "./git-url.ts";
import { configEnvironment } from "./run-git.ts";

/** What git needs to reach one remote: environment variables, and files that live as long as the access does. */
export interface GitAccess {
  readonly env: Readonly<Record<string, string>>;
}

type Config = (readonly [key: string, value: string])[];

/**
 * Git's credential protocol, spoken by the shell that git starts helpers with. The text is fixed; the values arrive in
 * the environment and are only printed.
 */
const credentialHelper =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$SLUICE_GIT_USERNAME" "$SLUICE_GIT_PASSWORD"; }; f';

const askpassScript = '#!/bin/sh\nprintf "%s\\n" "$SLUICE_SSH_PASSPHRASE"\n';

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** PEM files and keys must end with a line feed, and OpenSSH refuses carriage returns. */
function asTextFile(text: string): string {
  const lines = text.replaceAll("\r\n", "\n");
  return lines.endsWith("\n") ? lines : `${lines}\n`;
}

async function httpConfig(
  url: GitUrl,
  credentials: GitCredentials,
  directory: string,
): Promise<{ config: Config; env: Record<string, string> }> {
  const config: Config = [
    ["credential.helper", ""],
    // Follows the redirect of the first request only. Basic credentials are bound to their origin by git itself; a
    // header is not, so with one there is no following at all.
    ["http.followRedirects", credentials.bearerToken === undefined ? "initial" : "false"],
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", "60"],
  ];
  const env: Record<string, string> = {};
  const save = async (name: string, content: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, asTextFile(content), { mode: 0o600 });
    return path;
  };
  if (credentials.bearerToken !== undefined) {
    config.push([`http.${url.origin}/.extraHeader`, `Authorization: Bearer ${credentials.bearerToken}`]);
  } else if (credentials.username !== undefined || credentials.password !== undefined) {
    config.push([`credential.${url.origin}.helper`, credentialHelper]);
    env["SLUICE_GIT_USERNAME"] = credentials.username ?? "";
    env["SLUICE_GIT_PASSWORD"] = credentials.password ?? "";
  }
  if (credentials.caCertificates !== undefined) {
    const system = getCACertificates("system");
    const known = system.length > 0 ? system : getCACertificates("bundled");
    const bundle = [credentials.caCertificates, ...known].map(asTextFile).join("");
    config.push([`http.${url.origin}/.sslCAInfo`, await save("ca.pem", bundle)]);
  }
  if (credentials.clientCertificate !== undefined && credentials.clientKey !== undefined) {
    config.push([`http.${url.origin}/.sslCert`, await save("client.pem", credentials.clientCertificate)]);
    config.push([`http.${url.origin}/.sslKey`, await save("client-key.pem", credentials.clientKey)]);
  }
  if (credentials.proxy !== undefined) config.push(["http.proxy", credentials.proxy]);
  return { config, env };
}

async function sshEnvironment(credentials: GitCredentials, directory: string): Promise<Record<string, string>> {
  const { identity, knownHosts, passphrase } = credentials;
  if (identity === undefined || knownHosts === undefined) {
    throw new GitError("AuthenticationFailed", "ssh needs 'identity' and 'known_hosts'");
  }
  const at = (name: string): string => join(directory, name);
  await writeFile(at("identity"), asTextFile(identity), { mode: 0o600 });
  await writeFile(at("known_hosts"), asTextFile(knownHosts), { mode: 0o600 });
  const settings: readonly (readonly [string, string])[] = [
    ["User", "git"],
    ["IdentityFile", `"${at("identity")}"`],
    ["IdentitiesOnly", "yes"],
    ["IdentityAgent", "none"],
    ["UserKnownHostsFile", `"${at("known_hosts")}"`],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["StrictHostKeyChecking", "yes"],
    ["VerifyHostKeyDNS", "no"],
    ["UpdateHostKeys", "no"],
    ["PreferredAuthentications", "publickey"],
    ["BatchMode", passphrase === undefined ? "yes" : "no"],
    ["NumberOfPasswordPrompts", "1"],
    ["ForwardAgent", "no"],
    ["ControlPath", "none"],
    ["PermitLocalCommand", "no"],
    ["ServerAliveInterval", "15"],
    ["ServerAliveCountMax", "4"],
    ["LogLevel", "ERROR"],
  ];
  await writeFile(at("config"), settings.map(([key, value]) => `${key} ${value}\n`).join(""), { mode: 0o600 });
  const env: Record<string, string> = {
    GIT_SSH_COMMAND: `ssh -F ${shellQuote(at("config"))}`,
    GIT_SSH_VARIANT: "ssh",
  };
  if (passphrase !== undefined) {
    await writeFile(at("askpass"), askpassScript, { mode: 0o700 });
    env["SSH_ASKPASS"] = at("askpass");
    env["SSH_ASKPASS_REQUIRE"] = "force";
    env["SLUICE_SSH_PASSPHRASE"] = passphrase;
  }
  return env;
}

/**
 * Prepares an access to a remote, hands it to `use`, and removes its files again whatever happens. Keys and
 * certificates lie in a directory that only this user can read; passwords and tokens stay in the environment of the
 * git process.
 */
export async function withGitAccess<T>(
  url: GitUrl,
  credentials: GitCredentials,
  use: (access: GitAccess) => Promise<T>,
): Promise<T> {
  if (url.transport === "file") {
    // The owner of a local repository is the user of this machine, not an unknown.
    return use({ env: { GIT_ALLOW_PROTOCOL: "file", ...configEnvironment([["safe.directory", "*"]]) } });
  }
  const directory = await mkdtemp(join(tmpdir(), "sluice-git-")); // 0700
  try {
    if (url.transport === "ssh") return await use({ env: await sshEnvironment(credentials, directory) });
    const { config, env } = await httpConfig(url, credentials, directory);
    return await use({ env: { ...env, ...configEnvironment(config) } });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** How the remote is called in messages. */
export function subjectOf(url: GitUrl): string {
  return redactUrl(url.address);
}
