import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "@sluice/testing";
import { KubeConfigError, type KubeConfigErrorCode } from "../errors.ts";
import { inClusterConfig } from "./in-cluster.ts";
import { loadKubeConfig, loadRestConfig } from "./load.ts";
import type { KubeConfigOverrides } from "./overrides.ts";
import { parseKubeConfig } from "./parse.ts";
import { proxyFromEnvironment } from "./proxy.ts";
import { resolveRestConfig } from "./resolve.ts";
import { systemClock } from "../clock.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const sample = `
apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: dev
  cluster:
    server: https://dev.example:6443/prefix
    certificate-authority-data: ${base64("dev ca")}
    tls-server-name: kubernetes
- name: prod
  cluster: {server: prod.example, insecure-skip-tls-verify: true, proxy-url: "socks5://proxy:1080", disable-compression: true}
users:
- name: token
  user: {token: secret, as: jane, as-groups: [a, b], as-uid: "7", as-user-extra: {scopes: [x]}}
- name: basic
  user: {username: admin, password: "pa:ss"}
- name: cert
  user:
    client-certificate-data: ${base64("CERT")}
    client-key-data: ${base64("KEY")}
- name: nobody
contexts:
- name: dev
  context: {cluster: dev, user: token, namespace: apps}
- name: prod
  context: {cluster: prod, user: basic}
- name: cert
  context: {cluster: dev, user: cert}
- name: anonymous
  context: {cluster: dev, user: nobody}
- name: broken
  context: {cluster: nowhere, user: token}
`;

function hasCode(code: KubeConfigErrorCode, message?: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof KubeConfigError && error.code === code && (message === undefined || message.test(error.message));
}

const contexts: readonly { name: string; overrides?: KubeConfigOverrides; want: object; credential?: object }[] = [
  {
    name: "the current context",
    want: {
      server: "https://dev.example:6443/prefix",
      namespace: "apps",
      insecureSkipTlsVerify: false,
      disableCompression: false,
      certificateAuthority: "dev ca",
      tlsServerName: "kubernetes",
      impersonate: { user: "jane", groups: ["a", "b"], uid: "7", extra: { scopes: ["x"] } },
    },
    credential: { authorization: "Bearer secret" },
  },
  {
    name: "another context: no scheme means https, no authority when TLS is not verified",
    overrides: { context: "prod" },
    want: {
      server: "https://prod.example",
      namespace: "default",
      insecureSkipTlsVerify: true,
      disableCompression: true,
      proxyUrl: "socks5://proxy:1080",
    },
    credential: { authorization: `Basic ${base64("admin:pa:ss")}` },
  },
  {
    name: "client certificates",
    overrides: { context: "cert", namespace: "other" },
    want: {
      server: "https://dev.example:6443/prefix",
      namespace: "other",
      insecureSkipTlsVerify: false,
      disableCompression: false,
      certificateAuthority: "dev ca",
      tlsServerName: "kubernetes",
    },
    credential: { certificate: { cert: "CERT", key: "KEY" } },
  },
  {
    name: "a user without anything is anonymous",
    overrides: { context: "anonymous", server: "http://localhost:8080", tlsServerName: "x" },
    want: {
      server: "http://localhost:8080",
      namespace: "default",
      insecureSkipTlsVerify: false,
      disableCompression: false,
      certificateAuthority: "dev ca",
      tlsServerName: "x",
    },
    credential: {},
  },
  {
    name: "flags win over the file",
    overrides: {
      cluster: "prod",
      user: "cert",
      token: "flag",
      impersonate: { user: "root" },
      proxyUrl: "http://other:1",
      insecureSkipTlsVerify: false,
    },
    want: {
      server: "https://prod.example",
      namespace: "apps",
      insecureSkipTlsVerify: false,
      disableCompression: true,
      proxyUrl: "http://other:1",
      impersonate: { user: "root" },
    },
    credential: { certificate: { cert: "CERT", key: "KEY" }, authorization: "Bearer flag" },
  },
];

for (const { name, overrides = {}, want, credential } of contexts) {
  test(`resolve: ${name}`, async () => {
    const { credentials, ...rest } = await resolveRestConfig(parseKubeConfig(sample), { overrides, env: {} });
    assert.deepEqual(rest, want);
    assert.deepEqual(await credentials.current(), credential);
  });
}

test("entries that are not there are named, with those that are", async () => {
  const config = parseKubeConfig(sample);
  const resolve = (overrides: KubeConfigOverrides): Promise<unknown> =>
    resolveRestConfig(config, { overrides, env: {} });
  await assert.rejects(
    resolve({ context: "nope" }),
    hasCode("EntryNotFound", /context "nope" does not exist \(known: "dev"/),
  );
  await assert.rejects(resolve({ context: "broken" }), hasCode("EntryNotFound", /cluster "nowhere"/));
  await assert.rejects(resolve({ user: "nope" }), hasCode("EntryNotFound", /user "nope"/));
  await assert.rejects(resolve({ server: "ftp://x" }), hasCode("KubeConfigInvalid", /not an http or https URL/));
  await assert.rejects(resolve({ proxyUrl: "gopher://x" }), hasCode("KubeConfigInvalid", /proxy-url/));
});

test("malformed files name the field", () => {
  const cases: [string, RegExp][] = [
    ["- a", /k\.yaml: must be a mapping/],
    ["clusters: {}", /clusters: must be a list/],
    ["clusters: [{name: a, cluster: [1]}]", /clusters\[0\]: cluster: must be a mapping/],
    ["clusters: [{name: a, cluster: {server: 1}}]", /cluster: server: must be a string/],
    [
      "users: [{name: a, user: {exec: {command: x, interactiveMode: Sometimes}}}]",
      /exec: interactiveMode: must be Never/,
    ],
    ["kind: Pod", /kind: must be Config, not "Pod"/],
    ["a: [", /k\.yaml: /],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseKubeConfig(text, { source: "k.yaml" }), hasCode("KubeConfigInvalid", message), text);
  }
  assert.equal(parseKubeConfig("").contexts.size, 0);
});

test("bad values inside are found when the context is used", async () => {
  const make = (cluster: string, user: string): Promise<unknown> =>
    resolveRestConfig(
      parseKubeConfig(
        `{current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: ${cluster}}], users: [{name: a, user: ${user}}]}`,
      ),
      { env: {} },
    );
  const server = "{server: https://x}";
  await assert.rejects(make("{}", "{}"), hasCode("KubeConfigInvalid", /cluster\.server/));
  await assert.rejects(
    make('{server: https://x, certificate-authority-data: "%%"}', "{}"),
    hasCode("KubeConfigInvalid", /is not base64/),
  );
  await assert.rejects(
    make(server, `{client-certificate-data: ${base64("x")}}`),
    hasCode("KubeConfigInvalid", /must come together/),
  );
  await assert.rejects(
    make(server, "{auth-provider: {name: gcp}}"),
    hasCode("KubeConfigInvalid", /"gcp" is not supported/),
  );
  await assert.rejects(
    make(server, "{exec: {command: x}, auth-provider: {name: oidc}}"),
    hasCode("KubeConfigInvalid", /both/),
  );
  await assert.rejects(make(server, "{exec: {command: x}}"), hasCode("KubeConfigInvalid", /unknown apiVersion/));
  await assert.rejects(
    make("{server: https://x, certificate-authority: /does/not/exist}", "{}"),
    hasCode("CredentialsFailed"),
  );
});

test("KUBECONFIG merges files, the first value wins, missing files are skipped, paths are relative to their file", async (context) => {
  const folder = temporaryDirectory(context);
  mkdirSync(join(folder, "second"));
  writeFileSync(
    join(folder, "first"),
    "{contexts: [{name: a, context: {cluster: c, user: u}}], users: [{name: u, user: {tokenFile: token}}]}",
  );
  writeFileSync(join(folder, "token"), "one\n");
  writeFileSync(
    join(folder, "second", "config"),
    "{current-context: a, contexts: [{name: a, context: {cluster: z}}, {name: b, context: {cluster: c}}], clusters: [{name: c, cluster: {server: https://c, certificate-authority: ca.pem}}]}",
  );
  writeFileSync(join(folder, "second", "ca.pem"), "CA");
  const env = {
    KUBECONFIG: [join(folder, "first"), "", join(folder, "missing"), join(folder, "second", "config")].join(":"),
  };
  const config = await loadKubeConfig({ env });
  assert.deepEqual([...config!.contexts.keys()].sort(), ["a", "b"]);
  const rest = await loadRestConfig({ env });
  assert.equal(rest.server, "https://c");
  assert.equal(rest.certificateAuthority, "CA");
  assert.deepEqual(await rest.credentials.current(), { authorization: "Bearer one" });
});

test("a named file must exist, the default one need not", async (context) => {
  const folder = temporaryDirectory(context);
  await assert.rejects(
    loadKubeConfig({ path: join(folder, "nope"), env: {} }),
    hasCode("KubeConfigNotFound", /nope: no such file/),
  );
  assert.equal(await loadKubeConfig({ env: { HOME: folder } }), undefined);
  await assert.rejects(
    loadRestConfig({ env: { HOME: folder } }),
    hasCode("KubeConfigNotFound", /not running in a cluster/),
  );
  mkdirSync(join(folder, ".kube"));
  writeFileSync(join(folder, ".kube", "config"), sample);
  assert.equal((await loadRestConfig({ env: { HOME: folder } })).namespace, "apps");
  const direct = await loadRestConfig({ env: { HOME: join(folder, "other") }, overrides: { server: "https://x" } });
  assert.equal(direct.server, "https://x");
});

test("in a Pod, the service account's token is read again as it rotates", async (context) => {
  const folder = temporaryDirectory(context);
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  assert.equal(await inClusterConfig({ env: {}, clock: systemClock, directory: folder }), undefined);
  await assert.rejects(inClusterConfig({ env, clock: systemClock, directory: folder }), hasCode("CredentialsFailed"));
  writeFileSync(join(folder, "token"), "one");
  writeFileSync(join(folder, "ca.crt"), "CA");
  writeFileSync(join(folder, "namespace"), "flux-system\n");
  let nowMs = 0;
  const config = await inClusterConfig({ env, clock: { ...systemClock, now: () => nowMs }, directory: folder });
  assert.equal(config?.server, "https://[fd00::1]:443");
  assert.equal(config.namespace, "flux-system");
  assert.equal(config.certificateAuthority, "CA");
  const token = async (): Promise<string | undefined> => (await config.credentials.current()).authorization;
  writeFileSync(join(folder, "token"), "two");
  assert.equal(await token(), "Bearer one");
  nowMs = 60_000;
  assert.equal(await token(), "Bearer two");
  writeFileSync(join(folder, "token"), "three");
  assert.equal(config.credentials.refused(), true);
  assert.equal(await token(), "Bearer three");
  writeFileSync(join(folder, "token"), "");
  nowMs = 120_000;
  assert.equal(await token(), "Bearer three", "a file that is being replaced is no reason to fail");
});

const untrusted: readonly {
  name: string;
  cluster?: string;
  user?: string;
  code: KubeConfigErrorCode;
  allowed?: object;
}[] = [
  {
    name: "exec",
    user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: id, interactiveMode: Never}}",
    code: "ExecForbidden",
    allowed: { exec: true },
  },
  { name: "auth-provider", user: "{auth-provider: {name: oidc}}", code: "AuthProviderForbidden" },
  { name: "token file", user: "{tokenFile: /etc/passwd}", code: "FilePathForbidden" },
  { name: "certificate file", user: "{client-certificate: a, client-key: b}", code: "FilePathForbidden" },
  { name: "key file", user: `{client-certificate-data: ${base64("x")}, client-key: b}`, code: "FilePathForbidden" },
  {
    name: "authority file",
    cluster: "{server: https://x, certificate-authority: /etc/passwd}",
    code: "FilePathForbidden",
  },
  {
    name: "unverified TLS",
    cluster: "{server: https://x, insecure-skip-tls-verify: true}",
    code: "InsecureTlsForbidden",
    allowed: { insecureTls: true },
  },
  { name: "no TLS", cluster: "{server: http://x}", code: "InsecureTlsForbidden", allowed: { insecureTls: true } },
];

for (const { name, cluster = "{server: https://x}", user = "{token: t}", code, allowed } of untrusted) {
  test(`untrusted: ${name} is refused`, async () => {
    const config = parseKubeConfig(
      `{current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: ${cluster}}], users: [{name: a, user: ${user}}]}`,
    );
    await assert.rejects(
      resolveRestConfig(config, { env: {}, source: "secret ns/name", untrusted: {} }),
      hasCode(code, /^secret ns\/name: /),
    );
    if (allowed !== undefined) await resolveRestConfig(config, { env: {}, untrusted: allowed });
  });
}

const proxies: readonly [url: string, noProxy: string, want: string | undefined][] = [
  ["https://api.example.com", "", "http://p:1"],
  ["https://api.example.com", "example.com", undefined],
  ["https://api.example.com", ".example.com", undefined],
  ["https://example.com", ".example.com", "http://p:1"],
  ["https://badexample.com", "example.com", "http://p:1"],
  ["https://api.example.com:6443", "api.example.com:443", "http://p:1"],
  ["https://api.example.com:6443", " other , api.example.com:6443", undefined],
  ["https://10.1.2.3", "10.0.0.0/8", undefined],
  ["https://11.1.2.3", "10.0.0.0/8,10.1.2.3", "http://p:1"],
  ["https://[fd00::5]:6443", "fd00::/8", undefined],
  ["https://api.example.com", "*", undefined],
  ["https://127.0.0.1:6443", "", undefined],
  ["https://localhost", "", undefined],
  ["http://api.example.com", "", undefined],
];

test("proxies of the environment follow Go's rules", () => {
  for (const [url, noProxy, want] of proxies) {
    assert.equal(
      proxyFromEnvironment(new URL(url), { HTTPS_PROXY: "p:1", NO_PROXY: noProxy }),
      want,
      `${url} ${noProxy}`,
    );
  }
  assert.equal(
    proxyFromEnvironment(new URL("https://x"), { HTTPS_PROXY: "upper:1", https_proxy: "http://lower:1" }),
    "http://lower:1",
  );
  assert.equal(proxyFromEnvironment(new URL("http://x"), { HTTP_PROXY: "socks5://s:1" }), "socks5://s:1");
});
