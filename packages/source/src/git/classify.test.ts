import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyGitFailure } from "./classify.ts";
import type { GitErrorCode } from "./errors.ts";

/** What git 2.39 to 2.51, curl (OpenSSL and GnuTLS) and OpenSSH 9 printed, and what is left of it in our message. */
const recorded: readonly (readonly [stderr: string, code: GitErrorCode, message: string])[] = [
  [
    "remote: Invalid username or password.\nfatal: Authentication failed for 'https://github.com/acme/fleet.git/'\n",
    "AuthenticationFailed",
    "Authentication failed for 'https://github.com/acme/fleet.git/'",
  ],
  [
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled\n",
    "AuthenticationFailed",
    "authentication required",
  ],
  [
    "fatal: could not read Password for 'https://git@github.com': terminal prompts disabled\n",
    "AuthenticationFailed",
    "authentication required",
  ],
  [
    "fatal: unable to access 'https://ada:s3cret@git.example.com/x.git/': The requested URL returned error: 403\n",
    "AuthenticationFailed",
    "unable to access 'https://git.example.com/x.git/': The requested URL returned error: 403",
  ],
  [
    "remote: HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA enabled.\nfatal: Authentication failed for 'https://gitlab.com/a/b.git/'\n",
    "AuthenticationFailed",
    "Authentication failed for 'https://gitlab.com/a/b.git/'",
  ],
  [
    "fatal: unable to access 'https://x/y/': Received HTTP code 407 from proxy after CONNECT\n",
    "AuthenticationFailed",
    "unable to access 'https://x/y/': Received HTTP code 407 from proxy after CONNECT",
  ],
  [
    "git@github.com: Permission denied (publickey).\r\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n",
    "AuthenticationFailed",
    "git@github.com: Permission denied (publickey).",
  ],
  [
    "No ED25519 host key is known for github.com and you have requested strict checking.\r\nHost key verification failed.\r\nfatal: Could not read from remote repository.\n",
    "AuthenticationFailed",
    "Host key verification failed.",
  ],
  [
    'Load key "/tmp/sluice-git-aB3xYz/identity": error in libcrypto\r\ngit@h: Permission denied (publickey).\r\n',
    "AuthenticationFailed",
    "git@h: Permission denied (publickey).",
  ],
  [
    "remote: Repository not found.\nfatal: repository 'https://github.com/acme/nope.git/' not found\n",
    "RepositoryNotFound",
    "repository 'https://github.com/acme/nope.git/' not found",
  ],
  [
    "ERROR: Repository not found.\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n",
    "RepositoryNotFound",
    "Repository not found.",
  ],
  [
    "fatal: '/srv/x.git' does not appear to be a git repository\nfatal: Could not read from remote repository.\n",
    "RepositoryNotFound",
    "'/srv/x.git' does not appear to be a git repository",
  ],
  [
    "fatal: unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server\n",
    "ConnectionFailed",
    "unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
  ],
  [
    "ssh: connect to host 127.0.0.1 port 1: Connection refused\r\nfatal: Could not read from remote repository.\n",
    "ConnectionFailed",
    "ssh: connect to host 127.0.0.1 port 1: Connection refused",
  ],
  [
    "kex_exchange_identification: Connection closed by remote host\r\nfatal: Could not read from remote repository.\n",
    "ConnectionFailed",
    "kex_exchange_identification: Connection closed by remote host",
  ],
  [
    "fatal: unable to access 'http://nosuchhost.invalid/x/': Could not resolve host: nosuchhost.invalid\n",
    "HostUnresolved",
    "unable to access 'http://nosuchhost.invalid/x/': Could not resolve host: nosuchhost.invalid",
  ],
  [
    "ssh: Could not resolve hostname nosuchhost.invalid: Name or service not known\r\nfatal: Could not read from remote repository.\n",
    "HostUnresolved",
    "ssh: Could not resolve hostname nosuchhost.invalid: Name or service not known",
  ],
  [
    "fatal: unable to access 'https://x/': server certificate verification failed. CAfile: /tmp/sluice-git-aB3xYz/ca.pem CRLfile: none\n",
    "CertificateRejected",
    "unable to access 'https://x/': server certificate verification failed. CAfile: ca.pem CRLfile: none",
  ],
  [
    "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate in certificate chain\n",
    "CertificateRejected",
    "unable to access 'https://x/': SSL certificate problem: self-signed certificate in certificate chain",
  ],
  [
    "fatal: unable to access 'https://x/': GnuTLS recv error (-12): A TLS fatal alert has been received.\n",
    "CertificateRejected",
    "unable to access 'https://x/': GnuTLS recv error (-12): A TLS fatal alert has been received.",
  ],
  [
    "fatal: unable to access 'https://x/': OpenSSL/3.0.15: error:0A00045C:SSL routines::tlsv13 alert certificate required\n",
    "CertificateRejected",
    "unable to access 'https://x/': OpenSSL/3.0.15: error:0A00045C:SSL routines::tlsv13 alert certificate required",
  ],
  [
    "fatal: unable to access 'http://x/': Operation too slow. Less than 1 bytes/sec transferred the last 60 seconds\n",
    "Timeout",
    "unable to access 'http://x/': Operation too slow. Less than 1 bytes/sec transferred the last 60 seconds",
  ],
  [
    "fatal: unable to access 'http://x/': The requested URL returned error: 503\n",
    "ServerFailed",
    "unable to access 'http://x/': The requested URL returned error: 503",
  ],
  [
    "error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output\n",
    "ServerFailed",
    "fetch-pack: invalid index-pack output",
  ],
  [
    "fatal: unable to access 'http://x/': The requested URL returned error: 302\n",
    "Redirected",
    "unable to access 'http://x/': The requested URL returned error: 302",
  ],
  [
    "fatal: couldn't find remote ref refs/heads/nope\n",
    "ReferenceNotFound",
    "couldn't find remote ref refs/heads/nope",
  ],
  [
    "fatal: remote error: upload-pack: not our ref 0123456789012345678901234567890123456789\n",
    "CommitNotFound",
    "remote error: upload-pack: not our ref 0123456789012345678901234567890123456789",
  ],
  [
    "error: Server does not allow request for unadvertised object 0123456789012345678901234567890123456789\n",
    "CommitNotAdvertised",
    "Server does not allow request for unadvertised object 0123456789012345678901234567890123456789",
  ],
  [
    "fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output\n",
    "StorageFull",
    "write error: No space left on device",
  ],
  [
    "fatal: Unable to create '/var/cache/git/c9a4/shallow.lock': File exists.\n\nAnother git process seems to be running in this repository, e.g.\n",
    "CacheDamaged",
    "Unable to create '/var/cache/git/c9a4/shallow.lock': File exists.",
  ],
  ["fatal: transport 'file' not allowed\n", "InvalidUrl", "transport 'file' not allowed"],
  ["error: cannot run ssh: No such file or directory\nfatal: unable to fork\n", "GitUnavailable", "unable to fork"],
  ["", "GitOperationFailed", "git ended with 128"],
  ["warning: be careful\nsomething odd\n", "GitOperationFailed", "something odd"],
];

for (const [stderr, code, message] of recorded) {
  test(`${code}: ${message}`, () => {
    const error = classifyGitFailure({ subject: "https://host/x.git", stderr, status: 128 });
    assert.equal(error.code, code);
    assert.equal(error.message, `https://host/x.git: ${message}`);
  });
}

test("a long message does not take long", () => {
  const started = performance.now();
  classifyGitFailure({ subject: "x", stderr: "repository '".repeat(5_000), status: 1 });
  classifyGitFailure({ subject: "x", stderr: `${"http://".repeat(9_000)}`, status: 1 });
  assert.ok(performance.now() - started < 5000);
});
