import { isAbsolute } from "node:path";
import { GitError } from "./errors.ts";

/** How a remote is reached. `file` covers `file://` URLs and plain directory paths. */
export type GitTransport = "http" | "https" | "ssh" | "file";

/** A checked address of a repository. */
export interface GitUrl {
  readonly transport: GitTransport;
  /** What git is given: never contains credentials (but for SSH's user). */
  readonly address: string;
  /** `scheme://host[:port]`, lower-case; `""` for files. Credentials belong to it and to no other. */
  readonly origin: string;
  /** From the URL's userinfo. */
  readonly username?: string;
  readonly password?: string;
}

export interface GitUrlOptions {
  /** Accept `file://` URLs and absolute directory paths. Only for repositories of the machine's own user. */
  readonly allowLocal?: boolean;
}

// oxlint-disable-next-line no-control-regex -- these characters are what is being looked for
const unsafeCharacters = /[\u0000-\u0020\u007f]/;

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new GitError("InvalidUrl", `failed to parse url ${quote(text)}`, { cause });
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GitError("InvalidUrl", "url has malformed credentials", { cause });
  }
}

/** Quotes a URL for a message, without its credentials. */
function quote(text: string): string {
  return `'${redactUrl(text)}'`;
}

/** The URL without credentials and query, for messages and events. */
export function redactUrl(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1").replace(/\?.*$/s, "");
}

/**
 * Checks the URL of a repository and takes its credentials out. Accepts `http`, `https` and `ssh` URLs, and local ones
 * where allowed; the scp-like form (`git@host:path`) is refused, as Flux does.
 *
 * @throws GitError `InvalidUrl`
 */
export function parseGitUrl(text: string, options: GitUrlOptions = {}): GitUrl {
  const invalid = (why: string): GitError => new GitError("InvalidUrl", `invalid url ${quote(text)}: ${why}`);
  if (text.startsWith("-")) throw invalid("begins with '-'");
  if (options.allowLocal === true && isAbsolute(text)) {
    if (text.includes("\0") || text.includes("\n")) throw invalid("control characters are not allowed");
    return { transport: "file", address: text, origin: "" };
  }
  if (unsafeCharacters.test(text)) throw invalid("spaces and control characters are not allowed");
  const url = parseUrl(text);
  const transport = url.protocol.slice(0, -1);
  if (transport === "file" && options.allowLocal === true && url.host === "") {
    return { transport, address: decode(url.pathname), origin: "" };
  }
  if (transport !== "http" && transport !== "https" && transport !== "ssh") {
    throw invalid(`scheme '${transport}' is not http, https or ssh`);
  }
  if (url.hostname === "") throw invalid("there is no host");
  // ssh would read these as an option, or as a user's name with one.
  if (url.hostname.startsWith("-") || url.username.startsWith("-")) throw invalid("host or user begins with '-'");
  if (/['"`$\\;|&<>(){}*]/.test(url.hostname)) throw invalid("host has characters that do not belong into a name");
  const username = decode(url.username);
  const password = decode(url.password);
  if (unsafeCharacters.test(username) || /[\r\n\0]/.test(password)) throw invalid("malformed credentials");
  const user = transport === "ssh" && username !== "" ? `${encodeURIComponent(username)}@` : "";
  if (url.hash !== "") throw invalid("fragments are not allowed");
  return {
    transport,
    address: `${transport}://${user}${url.host}${url.pathname}${url.search}`,
    origin: `${transport}://${url.host}`.toLowerCase(),
    ...(username !== "" && transport !== "ssh" && { username }),
    ...(password !== "" && transport !== "ssh" && { password }),
  };
}

/**
 * Resolves the URL of a submodule as `.gitmodules` spells it: relative ones (`../other`) against the repository that
 * they stand in, scp-like ones (`git@host:path`) as SSH URLs.
 *
 * @throws GitError `InvalidUrl`
 */
export function resolveSubmoduleUrl(text: string, parent: GitUrl, options: GitUrlOptions = {}): GitUrl {
  if (text.startsWith("./") || text.startsWith("../")) {
    if (parent.transport === "file") {
      return parseGitUrl(
        new URL(text, `file://${parent.address.replace(/\/*$/, "/")}`).pathname.replace(/\/$/, ""),
        options,
      );
    }
    // A directory of the parent's own address: `../x` is a sibling of the repository.
    return parseGitUrl(new URL(text, `${parent.address.replace(/\/*$/, "")}/`).href, options);
  }
  const scp = /^([A-Za-z0-9_.][A-Za-z0-9_.-]*@)?([A-Za-z0-9.][A-Za-z0-9.-]*):(?!\/\/|:)([^\s].*)$/.exec(text);
  if (scp !== null) {
    const [, user = "", host = "", path = ""] = scp;
    return parseGitUrl(`ssh://${user}${host}/${path.replace(/^\/+/, "")}`, options);
  }
  return parseGitUrl(text, options);
}
