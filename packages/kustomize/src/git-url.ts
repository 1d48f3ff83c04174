/** A Git repository and a directory in it, as a kustomization names them in one line. */
export interface GitUrl {
  /** The line as it was given. */
  readonly raw: string;
  /** What `git clone` gets. */
  readonly cloneUrl: string;
  /** The directory below the repository's root, without leading slash. */
  readonly path: string;
  /** Branch, tag or commit; empty for the default branch. */
  readonly ref: string;
  readonly submodules: boolean;
  readonly timeoutMs: number;
}

const schemes = ["ssh://", "https://", "http://", "file://"] as const;
const defaultTimeoutMs = 27_000;
const organizationAndRepository = 2;

/**
 * Reads `https://host/org/repo//path?ref=v1`, `git@host:org/repo.git/path`, `github.com/org/repo/path` and their kin;
 * `undefined` when the text is no repository's URL (then it is a path).
 */
export function parseGitUrl(raw: string): GitUrl | undefined {
  if (raw.startsWith("/")) return undefined;
  const question = raw.indexOf("?");
  const address = question < 0 ? raw : raw.slice(0, question);
  const host = splitHost(address);
  if (host === undefined) return undefined;
  const parts = splitRepository(host.rest, host.prefix.startsWith("file://"));
  if (parts === undefined || parts.repository === "" || leavesRepository(parts.path)) return undefined;
  return {
    raw,
    cloneUrl: host.prefix + parts.repository,
    path: parts.path.replace(/^\//, ""),
    ...readQuery(question < 0 ? "" : raw.slice(question + 1)),
  };
}

/** Whether the path would be fetched by HTTP as a single file. */
export function isRemoteFile(path: string): boolean {
  return /^https?:/i.test(path);
}

function splitHost(address: string): { readonly prefix: string; readonly rest: string } | undefined {
  const forced = /^git::/i.test(address) ? address.slice("git::".length) : address;
  const lower = forced.toLowerCase();
  const scheme = schemes.find((each) => lower.startsWith(each)) ?? "";
  const afterScheme = forced.slice(scheme.length);
  const user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(afterScheme)?.[0] ?? "";
  const rest = afterScheme.slice(user.length);
  const isGithub = /^github\.com[/:]/i.test(rest);
  const mayBeScp = scheme === "" && (user !== "" || isGithub);
  if (scheme === "" && !mayBeScp) return undefined;
  if (scheme === "file://") return { prefix: scheme, rest: user + rest };
  const separator = findSeparator(rest, mayBeScp);
  const path = separator < 0 ? "" : rest.slice(separator + 1);
  if (isGithub) {
    const prefix = scheme === "ssh://" || user !== "" ? `${user}github.com:` : "https://github.com/";
    return { prefix, rest: path };
  }
  const host = separator < 0 ? rest : rest.slice(0, separator + 1);
  return host === "" ? undefined : { prefix: scheme + user + host, rest: path };
}

function findSeparator(text: string, mayBeScp: boolean): number {
  const slash = text.indexOf("/");
  const colon = mayBeScp ? text.indexOf(":") : -1;
  return colon > 0 && (slash < 0 || colon < slash) ? colon : slash;
}

function splitRepository(
  text: string,
  isFile: boolean,
): { readonly repository: string; readonly path: string } | undefined {
  const azure = text.indexOf("_git/");
  if (azure >= 0) {
    const after = azure + "_git/".length;
    const slash = text.indexOf("/", after);
    return slash < 0
      ? { repository: text, path: "" }
      : { repository: text.slice(0, slash), path: text.slice(slash + 1) };
  }
  const double = text.indexOf("//");
  if (double >= 0) return { repository: text.slice(0, double), path: text.slice(double + 2) };
  const suffix = text.indexOf(".git");
  if (suffix >= 0) return { repository: text.slice(0, suffix + 4), path: text.slice(suffix + 4) };
  if (isFile) return { repository: text, path: "" };
  const segments = text.split("/");
  if (segments.length < organizationAndRepository) return undefined;
  return {
    repository: segments.slice(0, organizationAndRepository).join("/"),
    path: segments.slice(organizationAndRepository).join("/"),
  };
}

function leavesRepository(path: string): boolean {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    depth += part === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

function readQuery(query: string): Pick<GitUrl, "ref" | "submodules" | "timeoutMs"> {
  const values = new URLSearchParams(query);
  const submodules = values.get("submodules") ?? "";
  return {
    ref: values.get("ref") || values.get("version") || "",
    submodules: !["0", "f", "F", "false", "False", "FALSE"].includes(submodules),
    timeoutMs: parseTimeout(values.get("timeout") ?? ""),
  };
}

const unitsMs: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

function parseTimeout(text: string): number {
  if (/^\+?\d+$/.test(text) && Number(text) > 0) return Number(text) * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return defaultTimeoutMs;
  let total = 0;
  for (const [, amount = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (unitsMs.get(unit) ?? 0);
  }
  return total > 0 ? total : defaultTimeoutMs;
}
