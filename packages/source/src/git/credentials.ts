import { createHash } from "node:crypto";
import { GitError } from "./errors.ts";
import type { GitUrl } from "./git-url.ts";
import { isEncryptedKey } from "./ssh-key.ts";

/** What one access to a remote authenticates with. Values never reach an argument vector, a URL or a message. */
export interface GitCredentials {
  /** HTTP(S) only; wins over username and password. */
  readonly bearerToken?: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM. Added to the machine's certificate authorities. */
  readonly caCertificates?: string;
  /** PEM, always together. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  /** SSH private key, in OpenSSH's or PEM format. */
  readonly identity?: string;
  /** Passphrase of `identity`. */
  readonly passphrase?: string;
  /** Lines as in `~/.ssh/known_hosts`. */
  readonly knownHosts?: string;
  /** An `http`, `https` or `socks5` URL, with its own credentials if need be. */
  readonly proxy?: string;
}

/** The `data` of a Secret, base64 as the API has it. */
export type SecretData = Readonly<Record<string, string>>;

function refuse(problem: string): never {
  throw new GitError("AuthenticationFailed", problem);
}

function reader(data: SecretData): (key: string) => string | undefined {
  return (key) => {
    const encoded = Object.hasOwn(data, key) ? data[key] : undefined;
    const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
    return text === "" ? undefined : text;
  };
}

function tlsOf(read: (key: string) => string | undefined): GitCredentials {
  const certificate = read("tls.crt") ?? read("certFile");
  const key = read("tls.key") ?? read("keyFile");
  if ((certificate === undefined) !== (key === undefined)) refuse("client certificate and key must come as a pair");
  const ca = read("ca.crt") ?? read("caFile");
  return {
    ...(certificate !== undefined && { clientCertificate: certificate }),
    ...(key !== undefined && { clientKey: key }),
    ...(ca !== undefined && { caCertificates: ca }),
  };
}

/** One line each: a line feed would add a field to the credential protocol or a header to the request. */
function checkOneLine(name: string, value: string | undefined): void {
  if (value !== undefined && /[\r\n\0]/.test(value)) refuse(`${name} must be a single line`);
}

function sshCredentials(read: (key: string) => string | undefined, secretName: string): GitCredentials {
  const identity = read("identity");
  const knownHosts = read("known_hosts");
  const passphrase = read("password");
  if (identity === undefined) refuse("'identity' is required for ssh");
  if (knownHosts === undefined) refuse("'known_hosts' is required for ssh");
  checkOneLine("'password'", passphrase);
  if (passphrase === undefined && isEncryptedKey(identity)) {
    refuse(`SSH identity key is encrypted but no 'password' field was provided in the secret '${secretName}'`);
  }
  return { identity, knownHosts, ...(passphrase !== undefined && { passphrase }) };
}

/**
 * Reads the credentials for a remote out of a Secret, in the formats that Flux knows: `username`/`password`,
 * `bearerToken`, `tls.crt`/`tls.key`/`ca.crt` (or `certFile`/`keyFile`/`caFile`), and for SSH `identity`,
 * `known_hosts` and `password` (the passphrase). Credentials in the URL count where the Secret has none.
 *
 * `secretName` (`namespace/name`) is for messages.
 *
 * @throws GitError `AuthenticationFailed` for a Secret that lacks a part
 */
export function gitCredentialsFrom(url: GitUrl, data: SecretData | undefined, secretName: string): GitCredentials {
  const read = reader(data ?? {});
  if (url.transport === "ssh") {
    if (data === undefined) refuse("ssh needs a secret with 'identity' and 'known_hosts'");
    return sshCredentials(read, secretName);
  }
  if (url.transport === "file") return {};
  const bearerToken = read("bearerToken");
  const username = read("username") ?? url.username;
  const password = read("password") ?? url.password;
  if (password !== undefined && username === undefined) refuse("'password' is set but 'username' is not");
  checkOneLine("'bearerToken'", bearerToken);
  checkOneLine("'username'", username);
  checkOneLine("'password'", password);
  const tls = tlsOf(read);
  if (bearerToken !== undefined) return { bearerToken, ...tls };
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...tls,
  };
}

/**
 * Reads a proxy out of a Secret: `address` and, optionally, `username` and `password`.
 *
 * @throws GitError `AuthenticationFailed`
 */
export function proxyFrom(data: SecretData, secretName: string): string {
  const read = reader(data);
  const address = read("address")?.trim();
  if (address === undefined || address === "") refuse(`proxy secret '${secretName}' has no 'address'`);
  if (address.length > 2048) refuse(`proxy secret '${secretName}' has an 'address' of more than 2048 characters`);
  if (!URL.canParse(address)) refuse(`proxy secret '${secretName}' has an 'address' that is not a URL`);
  const url = new URL(address);
  if (!["http:", "https:", "socks5:"].includes(url.protocol)) {
    refuse(`proxy secret '${secretName}' has an 'address' that is not http, https or socks5`);
  }
  // The setter encodes; for schemes it does not know (socks5) it accepts credentials as well.
  const username = read("username");
  const password = read("password");
  if (username !== undefined) url.username = username;
  if (password !== undefined) url.password = password;
  return url.href.replace(/\/$/, "");
}

/**
 * Identifies what may be shared: two accesses with the same fingerprint see the same repository with the same rights.
 * A one-way digest, safe as a directory name.
 */
export function accessFingerprint(url: GitUrl, credentials: GitCredentials): string {
  const fields = Object.entries(credentials as Readonly<Record<string, string>>).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = fields.reduce<string[]>((all, [name, value]) => [...all, name, value], [url.address]);
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part},`);
  return hash.digest("hex").slice(0, 40);
}

/**
 * The credentials that a submodule's remote may see: all of them at the same origin, none over HTTP elsewhere. An SSH
 * key proves itself without being shown, and `known_hosts` says where it may go.
 */
export function credentialsForSubmodule(parent: GitUrl, child: GitUrl, credentials: GitCredentials): GitCredentials {
  if (child.transport === "ssh") return parent.transport === "ssh" ? credentials : {};
  if (child.origin === parent.origin) return credentials;
  const { proxy } = credentials;
  return proxy === undefined ? {} : { proxy };
}
