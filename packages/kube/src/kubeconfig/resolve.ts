import { dirname, isAbsolute, join, resolve } from "node:path";
import { systemClock, type Clock } from "../clock.ts";
import type { Impersonation } from "../client/client.ts";
import { KubeConfigError } from "../errors.ts";
import {
  anonymousCredentials,
  basic,
  bearer,
  certificateFileCredentials,
  combineCredentials,
  readCredentialFile,
  staticCredentials,
  tokenFileCredentials,
} from "./credentials.ts";
import { execCredentials } from "./exec-credentials.ts";
import type { Cluster, Context, ExecConfig, KubeConfig, User } from "./kube-config.ts";
import type { Environment } from "./environment.ts";
import { oidcCredentials } from "./oidc-credentials.ts";
import type { KubeConfigOverrides } from "./overrides.ts";
import { proxyFromEnvironment } from "./proxy.ts";
import type { Credentials, RestConfig } from "./rest-config.ts";
import { refuseUntrusted, type Trust } from "./untrusted.ts";

export interface ResolveOptions {
  readonly overrides?: KubeConfigOverrides;
  readonly env?: Environment;
  readonly clock?: Clock;
  /** Begins error messages; `kubeconfig` when absent. */
  readonly source?: string;
  /** Set for a kubeconfig that somebody else wrote, such as one from a Secret: refuses what it may not do. */
  readonly untrusted?: Trust;
}

/** Turns one context of a kubeconfig into a connection. Files are read here, programs run at the first request. */
export async function resolveRestConfig(kubeConfig: KubeConfig, options: ResolveOptions = {}): Promise<RestConfig> {
  const { overrides = {}, env = process.env, clock = systemClock, source = "kubeconfig" } = options;
  const context = selectContext(kubeConfig, overrides, source);
  const cluster = selectCluster(kubeConfig, context, overrides, source);
  const user = selectUser(kubeConfig, context, overrides, source);
  if (options.untrusted !== undefined) refuseUntrusted(source, cluster, user, options.untrusted);
  const server = checkServer(cluster.server, source);
  const insecure = cluster["insecure-skip-tls-verify"] === true;
  const certificateAuthority = insecure ? undefined : await readAuthority(cluster, source);
  const proxyUrl = checkProxy(cluster["proxy-url"], source) ?? proxyFromEnvironment(new URL(server), env);
  const impersonate = overrides.impersonate ?? impersonationOf(user);
  const tlsServerName = cluster["tls-server-name"] ?? "";
  return {
    server,
    namespace: firstText(overrides.namespace, context.namespace) ?? "default",
    credentials: await credentialsOf(user, cluster, { env, clock, source }),
    insecureSkipTlsVerify: insecure,
    disableCompression: cluster["disable-compression"] === true,
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    ...(tlsServerName === "" ? {} : { tlsServerName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(impersonate === undefined ? {} : { impersonate }),
  };
}

function selectContext(config: KubeConfig, overrides: KubeConfigOverrides, source: string): Context {
  const name = firstText(overrides.context, config.currentContext);
  if (name === undefined) {
    // Flags that name the parts make a context unnecessary; so does a file with nothing to choose from.
    if (firstText(overrides.cluster, overrides.server) !== undefined) return {};
    if (config.contexts.size === 1) return [...config.contexts.values()][0] ?? {};
    throw new KubeConfigError("EntryNotFound", `${source}: no context is selected (current-context is not set)`);
  }
  const context = config.contexts.get(name);
  if (context === undefined) throw missing(source, "context", name, config.contexts);
  return context;
}

function selectCluster(config: KubeConfig, context: Context, overrides: KubeConfigOverrides, source: string): Cluster {
  const name = firstText(overrides.cluster, context.cluster);
  const cluster = name === undefined ? {} : config.clusters.get(name);
  if (cluster === undefined) throw missing(source, "cluster", name ?? "", config.clusters);
  const authority = firstText(overrides.certificateAuthority);
  const insecure =
    overrides.insecureSkipTlsVerify ?? (authority === undefined ? cluster["insecure-skip-tls-verify"] : false);
  return {
    ...cluster,
    ...given("server", overrides.server),
    ...given("tls-server-name", overrides.tlsServerName),
    ...given("proxy-url", overrides.proxyUrl),
    ...(insecure === undefined ? {} : { "insecure-skip-tls-verify": insecure }),
    ...(overrides.disableCompression === undefined ? {} : { "disable-compression": overrides.disableCompression }),
    ...(authority === undefined
      ? {}
      : { "certificate-authority": resolve(authority), "certificate-authority-data": "" }),
  };
}

function selectUser(config: KubeConfig, context: Context, overrides: KubeConfigOverrides, source: string): User {
  const name = firstText(overrides.user, context.user);
  const user = name === undefined ? {} : config.users.get(name);
  if (user === undefined) throw missing(source, "user", name ?? "", config.users);
  const { token, username, password, clientCertificate, clientKey } = overrides;
  // A credential on the command line replaces the file's, it is not joined with it.
  const { exec: _exec, "auth-provider": _provider, tokenFile: _file, token: _token, ...rest } = user;
  const base: User = firstText(token, username) === undefined ? user : rest;
  return {
    ...base,
    ...given("token", token),
    ...given("username", username),
    ...given("password", password),
    ...(firstText(clientCertificate) === undefined
      ? {}
      : { "client-certificate": resolve(clientCertificate ?? ""), "client-certificate-data": "" }),
    ...(firstText(clientKey) === undefined ? {} : { "client-key": resolve(clientKey ?? ""), "client-key-data": "" }),
  };
}

interface Surroundings {
  readonly env: Environment;
  readonly clock: Clock;
  readonly source: string;
}

async function credentialsOf(user: User, cluster: Cluster, surroundings: Surroundings): Promise<Credentials> {
  const { clock, source } = surroundings;
  if (user.exec !== undefined && user["auth-provider"] !== undefined) {
    throw new KubeConfigError("KubeConfigInvalid", `${source}: user has both exec and auth-provider`);
  }
  const certificate = certificateCredentials(user, clock, source);
  const identity = await identityCredentials(user, cluster, surroundings);
  const sources = [certificate, identity].filter((each) => each !== undefined);
  return sources.length === 0 ? anonymousCredentials : combineCredentials(sources);
}

function certificateCredentials(user: User, clock: Clock, source: string): Credentials | undefined {
  const part = (field: "client-certificate" | "client-key"): (() => Promise<string>) | undefined => {
    const inline = firstText(user[`${field}-data`]);
    if (inline !== undefined) {
      const pem = decodeBase64(inline, `${source}: user.${field}-data`);
      return () => Promise.resolve(pem);
    }
    const path = firstText(user[field]);
    return path === undefined ? undefined : () => readCredentialFile(located(path, user.directory));
  };
  const [cert, key] = [part("client-certificate"), part("client-key")];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new KubeConfigError(
      "KubeConfigInvalid",
      `${source}: user: client-certificate and client-key must come together`,
    );
  }
  return certificateFileCredentials(cert, key, clock);
}

async function identityCredentials(
  user: User,
  cluster: Cluster,
  surroundings: Surroundings,
): Promise<Credentials | undefined> {
  const { env, clock, source } = surroundings;
  const tokenFile = firstText(user.tokenFile);
  if (tokenFile !== undefined) return tokenFileCredentials(located(tokenFile, user.directory), clock);
  const token = firstText(user.token);
  if (token !== undefined) return staticCredentials({ authorization: bearer(token) });
  if (firstText(user.username) !== undefined) {
    return staticCredentials({ authorization: basic(user.username ?? "", user.password ?? "") });
  }
  if (user.exec !== undefined) {
    const exec = { ...user.exec, command: locatedCommand(user.exec, user.directory) };
    return execCredentials(exec, { env, clock, cluster: clusterOf(cluster, await readAuthority(cluster, source)) });
  }
  const provider = user["auth-provider"];
  if (provider === undefined) return undefined;
  if (provider.name !== "oidc") {
    throw new KubeConfigError(
      "KubeConfigInvalid",
      `${source}: user.auth-provider: ${JSON.stringify(provider.name)} is not supported, use an exec plugin`,
    );
  }
  const config = provider.config ?? {};
  const authorityPath = firstText(config["idp-certificate-authority"]);
  const inlineAuthority = firstText(config["idp-certificate-authority-data"]);
  const authority =
    inlineAuthority !== undefined
      ? decodeBase64(inlineAuthority, `${source}: user.auth-provider.config.idp-certificate-authority-data`)
      : authorityPath === undefined
        ? undefined
        : await readCredentialFile(located(authorityPath, user.directory));
  return oidcCredentials(
    {
      issuerUrl: config["idp-issuer-url"] ?? "",
      clientId: config["client-id"] ?? "",
      ...given("clientSecret", config["client-secret"]),
      ...given("idToken", config["id-token"]),
      ...given("refreshToken", config["refresh-token"]),
      ...given("certificateAuthority", authority),
    },
    clock,
  );
}

async function readAuthority(cluster: Cluster, source: string): Promise<string | undefined> {
  const inline = firstText(cluster["certificate-authority-data"]);
  if (inline !== undefined) return decodeBase64(inline, `${source}: cluster.certificate-authority-data`);
  const path = firstText(cluster["certificate-authority"]);
  return path === undefined ? undefined : readCredentialFile(located(path, cluster.directory));
}

// What `provideClusterInfo` tells an exec plugin.
function clusterOf(cluster: Cluster, authority: string | undefined): { [field: string]: unknown } {
  const config = cluster.extensions?.find((each) => each.name === "client.authentication.k8s.io/exec")?.extension;
  return {
    server: cluster.server,
    "tls-server-name": cluster["tls-server-name"],
    "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
    "certificate-authority-data": authority === undefined ? undefined : Buffer.from(authority).toString("base64"),
    "proxy-url": cluster["proxy-url"],
    "disable-compression": cluster["disable-compression"],
    config,
  };
}

function impersonationOf(user: User): Impersonation | undefined {
  const { as, "as-uid": uid, "as-groups": groups = [], "as-user-extra": extra = {} } = user;
  const empty = firstText(as, uid) === undefined && groups.length === 0 && Object.keys(extra).length === 0;
  if (empty) return undefined;
  // Without a user this is refused where the client is made: it must never silently be ourselves.
  return { user: as ?? "", groups, extra, ...given("uid", uid) };
}

function checkServer(server: string | undefined, source: string): string {
  const text = server === undefined || server === "" || server.includes("://") ? (server ?? "") : `https://${server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new KubeConfigError(
      "KubeConfigInvalid",
      `${source}: cluster.server: not an http or https URL: ${JSON.stringify(text)}`,
    );
  }
  return text;
}

function checkProxy(proxyUrl: string | undefined, source: string): string | undefined {
  if (proxyUrl === undefined || proxyUrl === "") return undefined;
  if (URL.canParse(proxyUrl) && /^(?:https?|socks5h?):$/.test(new URL(proxyUrl).protocol)) return proxyUrl;
  throw new KubeConfigError("KubeConfigInvalid", `${source}: cluster.proxy-url: must be an http, https or socks5 URL`);
}

function decodeBase64(text: string, place: string): string {
  const compact = text.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
    throw new KubeConfigError("KubeConfigInvalid", `${place}: is not base64`);
  return Buffer.from(compact, "base64").toString("utf8");
}

function located(path: string, directory: string | undefined): string {
  return isAbsolute(path) || directory === undefined ? resolve(path) : join(directory, path);
}

// A bare name is looked up in PATH; a relative path belongs to the kubeconfig's directory.
function locatedCommand(exec: ExecConfig, directory: string | undefined): string {
  return directory === undefined || (dirname(exec.command) === "." && !exec.command.startsWith("./"))
    ? exec.command
    : located(exec.command, directory);
}

function firstText(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text !== "");
}

function given<K extends string>(key: K, text: string | undefined): { [key in K]?: string } {
  return text === undefined || text === "" ? {} : ({ [key]: text } as { [key in K]?: string });
}

function missing(source: string, what: string, name: string, entries: ReadonlyMap<string, unknown>): KubeConfigError {
  const known = [...entries.keys()].map((each) => JSON.stringify(each)).join(", ");
  return new KubeConfigError(
    "EntryNotFound",
    `${source}: ${what} ${JSON.stringify(name)} does not exist${known === "" ? "" : ` (known: ${known})`}`,
  );
}
