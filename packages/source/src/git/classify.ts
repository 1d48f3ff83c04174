import { GitError, type GitErrorCode } from "./errors.ts";

/** What a failed git process left behind. */
export interface GitFailure {
  readonly subject: string;
  readonly stderr: string;
  readonly status: number | string;
}

/**
 * Git, libcurl and OpenSSH tell their failures apart by text alone. This table is the only place that reads it; the
 * test beside it holds recorded messages. The first row that matches wins.
 */
const rows: readonly (readonly [pattern: RegExp, code: GitErrorCode])[] = [
  [/no space left on device|disk quota exceeded/i, "StorageFull"],
  // Before those about the remote: these come from reading what is on our own disk.
  [
    /not a git repository: '|bad shallow line|(loose|packed) object .* is corrupt|object .* is (corrupt|missing)|corrupt (loose )?object|inflate: data stream error|packfile .* (is truncated|index unavailable|cannot be (accessed|mapped)|claims to have)|index file .* is (too small|corrupt)|pack has bad object|missing (blob|tree|commit) [0-9a-f]{40}|unable to (read|open|parse|unpack) .*(object|sha1 file|tree|header|commit)|bad (tree|blob) object|not a tree object|bad config line|did not send all necessary objects|shallow file has changed|invalid sha1 pointer|bad ref|dangling symref/i,
    "CacheDamaged",
  ],
  // Nobody else uses the cache: this is the lock of a process that was killed, or that its killed parent left running.
  [/unable to create '.*\.lock': file exists/i, "CacheDamaged"],
  [/authentication failed for|could not read (username|password)|terminal prompts disabled/i, "AuthenticationFailed"],
  [/the requested URL returned error: (401|403|407)|HTTP code 40[137] from proxy/i, "AuthenticationFailed"],
  [
    /invalid username or (password|token)|access denied|authentication required|not authorized|http basic: access/i,
    "AuthenticationFailed",
  ],
  [
    /host key verification failed|no .* host key is known for|remote host identification has changed/i,
    "AuthenticationFailed",
  ],
  [
    /permission denied \(|too many authentication failures|no supported authentication|load key .*: /i,
    "AuthenticationFailed",
  ],
  [
    /repository '?.*'? not found|repository not found|does not appear to be a git repository|project .* could not be found/i,
    "RepositoryNotFound",
  ],
  [
    /the requested URL returned error: 40[04]|not valid: is this a git repository|info\/refs not found/i,
    "RepositoryNotFound",
  ],
  [/the requested URL returned error: 3\d\d|unable to update url base from redirection/i, "Redirected"],
  [/could(n't| not) find remote ref/i, "ReferenceNotFound"],
  [/unadvertised object/i, "CommitNotAdvertised"],
  [/not our ref|no such remote ref|reference is not a tree|bad object|not a valid object name/i, "CommitNotFound"],
  [
    /could(n't| not) resolve (host|hostname|proxy)|name or service not known|temporary failure in name resolution/i,
    "HostUnresolved",
  ],
  [
    /ssl certificate problem|certificate verif|server certificate|unable to get local issuer|self[- ]signed certificate|no alternative certificate subject|problem with the local ssl certificate|could not load (client certificate|pem)|unable to set private key|alert (certificate|bad certificate|unknown ca)|tls(v1\.\d)? (fatal )?alert|gnutls_handshake/i,
    "CertificateRejected",
  ],
  [/operation (timed out|too slow)|connection timed out|timed out after/i, "Timeout"],
  [
    /failed to connect|connection refused|connection reset|network is unreachable|no route to host|couldn't connect|connection closed by|kex_exchange_identification|recv failure|getpeername|transport endpoint|proxy connect aborted|can't complete socks/i,
    "ConnectionFailed",
  ],
  [
    /the requested URL returned error: (429|5\d\d)|early eof|unexpected disconnect|remote end hung up|empty reply from server|rpc failed|invalid index-pack output|bad pack|protocol error|internal server error/i,
    "ServerFailed",
  ],
  [/transport '.*' not allowed|unable to find remote helper/i, "InvalidUrl"],
  [/cannot run ssh|ssh: not found|unable to fork/i, "GitUnavailable"],
];

/** What SSH and git add whatever went wrong. */
const boilerplate =
  /could not read from remote repository|make sure you have the correct access|and the repository exists|the remote end hung up/i;

/** Longer lines are cut before anything looks at them, so that a hostile server cannot make that expensive. */
const maxLineLength = 1_000;
/** What is left of a line in our message. */
const maxEssenceLength = 500;

function linesOf(stderr: string): readonly string[] {
  return stderr
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .slice(0, maxLineLength)
        .replace(/^(remote: )+/, "")
        .trim(),
    )
    .filter((line) => line !== "" && !/^(warning|hint):/i.test(line));
}

/** The line that says most: the one that gave the failure its code, else the last one of substance. */
function essenceOf(lines: readonly string[], pattern: RegExp | undefined): string {
  const line =
    lines.findLast((each) => pattern?.test(each) === true && !boilerplate.test(each)) ??
    lines.findLast((each) => /^(fatal|error|ssh)\b/i.test(each) && !boilerplate.test(each)) ??
    lines.findLast((each) => !boilerplate.test(each)) ??
    lines.at(-1) ??
    "";
  // Git would ask a person now, which is beside the point: the server wants credentials, or others than it was given.
  if (/^fatal: could not read (username|password) for /i.test(line)) return "authentication required";
  return redactMessage(line.replace(/^(fatal|error): /i, "")).slice(0, maxEssenceLength);
}

/** Hides what userinfo or tokens a message may have brought along, and where our own files were. */
function redactMessage(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"@]*@/gi, "$1")
    .replace(/(authorization:\s*\S+\s+)\S+/gi, "$1***")
    .replace(/[^\s"']*sluice-git-[^\s/"']+\//g, "");
}

/** Gives a failed git process its code, and its message the subject and git's own words. */
export function classifyGitFailure(failure: GitFailure): GitError {
  const lines = linesOf(failure.stderr);
  const row = rows.find(([pattern]) => lines.some((line) => pattern.test(line)));
  const essence = essenceOf(lines, row?.[0]);
  const reason = essence === "" ? `git ended with ${failure.status}` : essence;
  return new GitError(row?.[1] ?? "GitOperationFailed", `${failure.subject}: ${reason}`);
}
