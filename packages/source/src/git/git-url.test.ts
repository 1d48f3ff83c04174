import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accessFingerprint, credentialsForSubmodule, gitCredentialsFrom, proxyFrom } from "./credentials.ts";
import { GitError } from "./errors.ts";
import { type GitUrl, parseGitUrl, redactUrl, resolveSubmoduleUrl } from "./git-url.ts";

const accepted: readonly (readonly [string, Partial<GitUrl>])[] = [
  ["https://github.com/acme/fleet", { address: "https://github.com/acme/fleet", origin: "https://github.com" }],
  [
    "https://Ada:p%40ss@Git.Example.com:8443/x.git",
    { address: "https://git.example.com:8443/x.git", username: "Ada", password: "p@ss" },
  ],
  ["ssh://git@github.com/acme/fleet.git", { address: "ssh://git@github.com/acme/fleet.git", transport: "ssh" }],
  ["ssh://git:ignored@host:22/x", { address: "ssh://git@host:22/x" }],
  ["ssh://host/~ada/x", { address: "ssh://host/~ada/x" }],
  ["http://[::1]:3000/x", { address: "http://[::1]:3000/x", origin: "http://[::1]:3000" }],
  ["https://host/a b".replace(" ", "%20"), { address: "https://host/a%20b" }],
];

for (const [text, want] of accepted) {
  test(`accepts ${text}`, () => {
    const url = parseGitUrl(text);
    for (const [field, value] of Object.entries(want)) assert.equal(url[field as keyof GitUrl], value, field);
  });
}

for (const text of [
  "",
  "-oProxyCommand=id",
  "--upload-pack=id",
  "git@github.com:acme/fleet.git",
  "/srv/fleet.git",
  "file:///srv/fleet.git",
  "ext::sh -c id",
  "ftp://host/x",
  "git://host/x",
  "https://",
  "https://host/x\n",
  "https://host/x y",
  "https://host/x#fragment",
  "ssh://-oProxyCommand=id/x",
  "ssh://-l@host/x",
  "ssh://a%0Ab@host/x",
  "https://user:a%0Ab@host/x",
  "https://%zz:x@host/x",
  "ssh://ho$(id)st/x",
  "javascript:alert(1)",
]) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseGitUrl(text),
      (error) => error instanceof GitError && error.code === "InvalidUrl",
    );
  });
}

test("a refused URL does not show its credentials", () => {
  assert.throws(
    () => parseGitUrl("https://ada:s3cret@host/x y"),
    (error) =>
      error instanceof GitError && error.message.includes("https://host/x y") && !error.message.includes("s3cret"),
  );
  assert.equal(redactUrl("https://ada:s3cret@host/x?token=abc"), "https://host/x");
});

test("never throws anything but a coded error", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string().map((text) => `ssh://${text}`),
      ),
      (text) => {
        try {
          const url = parseGitUrl(text);
          assert.ok(!url.address.startsWith("-"));
          assert.equal(parseGitUrl(url.address).address, url.address);
        } catch (error) {
          assert.ok(error instanceof GitError, String(error));
        }
      },
    ),
  );
});

test("submodule URLs", () => {
  const parent = parseGitUrl("https://ada:pw@host:8443/group/fleet.git");
  const resolved = (text: string, from: GitUrl = parent): string => resolveSubmoduleUrl(text, from).address;
  assert.equal(resolved("../library.git"), "https://host:8443/group/library.git");
  assert.equal(resolved("../../other/x"), "https://host:8443/other/x");
  assert.equal(resolved("./sub"), "https://host:8443/group/fleet.git/sub");
  assert.equal(resolved("../../../../../x"), "https://host:8443/x");
  assert.equal(resolved("git@github.com:acme/lib.git"), "ssh://git@github.com/acme/lib.git");
  assert.equal(resolved("https://elsewhere/x"), "https://elsewhere/x");
  assert.equal(resolved("../lib.git", parseGitUrl("ssh://git@host:22/a/b.git")), "ssh://git@host:22/a/lib.git");
  for (const text of ["-u", "file:///x", "/abs", "ext::id", "-oX:path", "host:-x y\n"]) {
    assert.throws(() => resolved(text), GitError, text);
  }
});

test("credentials for a submodule stay with their origin", () => {
  const parent = parseGitUrl("https://host/x");
  const login = { username: "ada", password: "pw", proxy: "http://proxy" };
  assert.deepEqual(credentialsForSubmodule(parent, parseGitUrl("https://host/y"), login), login);
  for (const other of ["https://other/y", "http://host/y", "https://host:444/y", "ssh://host/y"]) {
    assert.equal(credentialsForSubmodule(parent, parseGitUrl(other), login).password, undefined, other);
  }
});

test("the fingerprint tells accesses apart", () => {
  const url = parseGitUrl("https://host/x");
  const prints = [
    accessFingerprint(url, {}),
    accessFingerprint(url, { username: "a" }),
    accessFingerprint(url, { username: "a", password: "b" }),
    accessFingerprint(url, { username: "ab", password: "" }),
    accessFingerprint(url, { bearerToken: "a" }),
    accessFingerprint(parseGitUrl("https://host/y"), {}),
  ];
  assert.equal(new Set(prints).size, prints.length);
  assert.equal(accessFingerprint(url, { password: "b", username: "a" }), prints[2]);
});

const encode = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));

test("secrets of all forms", () => {
  const url = parseGitUrl("https://urluser:urlpass@host/x");
  const read = (values: Record<string, string>): unknown => gitCredentialsFrom(url, encode(values), "ns/name");
  assert.deepEqual(gitCredentialsFrom(url, undefined, ""), { username: "urluser", password: "urlpass" });
  assert.deepEqual(read({ username: "u", password: "p" }), { username: "u", password: "p" });
  assert.deepEqual(read({ bearerToken: "t", username: "u", password: "p" }), { bearerToken: "t" });
  assert.deepEqual(read({ username: "u", password: "p", "ca.crt": "new", caFile: "old" }), {
    username: "u",
    password: "p",
    caCertificates: "new",
  });
  const pair = { clientCertificate: "c", clientKey: "k" };
  assert.deepEqual(read({ "tls.crt": "c", "tls.key": "k", certFile: "x", keyFile: "y" }), {
    username: "urluser",
    password: "urlpass",
    ...pair,
  });
  for (const values of [{ "tls.crt": "c" }, { keyFile: "k" }, { username: "a\nb" }, { bearerToken: "t\r\nX: y" }]) {
    assert.throws(
      () => read(values),
      (error) => error instanceof GitError && error.code === "AuthenticationFailed",
    );
  }
});

test("proxies", () => {
  const read = (values: Record<string, string>): string => proxyFrom(encode(values), "ns/proxy");
  assert.equal(read({ address: "http://proxy:3128" }), "http://proxy:3128");
  assert.equal(
    read({ address: "http://proxy:3128", username: "a@b", password: "c/d" }),
    "http://a%40b:c%2Fd@proxy:3128",
  );
  assert.equal(read({ address: "socks5://proxy:1080", username: "a", password: "b" }), "socks5://a:b@proxy:1080");
  for (const address of ["", "ftp://x", "not a url", `http://${"x".repeat(2048)}`]) {
    assert.throws(() => read({ address }), GitError, address.slice(0, 20));
  }
});
