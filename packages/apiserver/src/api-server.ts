import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import { ClusterAdmission } from "./admission/admission.ts";
import { Authenticator } from "./authn/authenticator.ts";
import { ServiceAccountTokens } from "./authn/service-account-tokens.ts";
import { bootstrap } from "./bootstrap.ts";
import { builtinResources } from "./builtin/catalogue.ts";
import { CertificateAuthority, type Identity } from "./certificates/authority.ts";
import { systemClock } from "./clock.ts";
import { startControllers } from "./controllers/start.ts";
import { answerPath } from "./endpoints/paths.ts";
import { Router } from "./http/router.ts";
import { createKubeConfig, writeKubeConfig, type KubeConfigFile } from "./kubeconfig.ts";
import { OpenApi } from "./openapi/openapi.ts";
import { Authorizer } from "./rbac/authorizer.ts";
import { Registry } from "./registry/registry.ts";
import type { ApiServerOptions } from "./server-options.ts";
import { SqliteJournal, type Journal } from "./storage/journal.ts";
import { Store } from "./storage/store.ts";

/** A running API server. */
export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: KubeConfigFile;
  /** PEM. */
  readonly caCertificate: string;
  /** Writes the kubeconfig to a file that only its owner may read. */
  writeKubeconfig(path: string): Promise<void>;
  /** A certificate for any user, as the cluster's authority would sign it. */
  clientIdentity(user: string, groups: readonly string[]): Identity;
  /** Ends all requests and watches, and lets go of the data directory. Idempotent. */
  close(): Promise<void>;
}

/** Starts an API server. Rejects when the port is taken or the data directory cannot be used. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { host = "127.0.0.1", port = 0, clock = systemClock, contextName = "sluice", signal } = options;
  signal?.throwIfAborted();
  const logError = (message: string): void => options.logger?.error(message);
  const journal = await openJournal(options);
  const authority = loadAuthority(journal, clock.now());
  const identity = authority.issueServer("kube-apiserver", serverHosts(host), new Date(clock.now()));
  const store = new Store({
    ...(journal === undefined ? {} : { journal }),
    ...(options.historyLimit === undefined ? {} : { historyLimit: options.historyLimit }),
  });
  const authorizer = new Authorizer(store);
  const registry = new Registry(store, new ClusterAdmission(store, authorizer));
  for (const definition of builtinResources()) registry.install(definition);
  const tokens = loadTokens(store, journal);
  const shutdown = new AbortController();
  const openapi = new OpenApi(registry);
  const server = createServer({
    ca: authority.certificate,
    cert: identity.cert,
    key: identity.key,
    requestCert: true,
    // Clients without a certificate come with a token.
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
  });
  const router = new Router({
    registry,
    authenticator: new Authenticator(tokens, clock),
    authorizer,
    tokens,
    clock,
    shutdown: shutdown.signal,
    logError,
    answerPath: (exchange, path, query) =>
      answerPath(exchange, path, query, {
        registry,
        openapi,
        tokens,
        address: () => addressOf(server, host),
        requestCount: () => router.requestCount,
      }),
  });
  // Watches and slow clients may take their time; what has not even sent its headers may not.
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.keepAliveTimeout = 120_000;
  server.on("request", (request, response) => void router.handle(request, response));
  // A client that breaks off its handshake is not our failure.
  server.on("tlsClientError", () => {});
  server.on("clientError", (_error, socket) => socket.destroy());
  bootstrap(registry, clock.now());
  const controllers = await startControllers({
    registry,
    clock,
    options,
    logError,
    caCertificate: authority.certificate,
    tokens,
  });
  await listen(server, host, port);
  const url = `https://${addressOf(server, host)}`;
  const clientIdentity = (user: string, groups: readonly string[]): Identity =>
    authority.issueClient({ commonName: user, organizations: groups }, new Date(clock.now()));
  const kubeconfig = createKubeConfig(
    contextName,
    url,
    authority.certificate,
    clientIdentity("kubernetes-admin", ["system:masters"]),
  );
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= closeAll(server, shutdown, () => {
      controllers.stop();
      journal?.close();
    });
    return closed;
  };
  signal?.addEventListener("abort", () => void close(), { once: true });
  return {
    url,
    kubeconfig,
    caCertificate: authority.certificate,
    writeKubeconfig: (path) => writeKubeConfig(path, kubeconfig),
    clientIdentity,
    close,
  };
}

async function openJournal({ dataDirectory, durability = "process" }: ApiServerOptions): Promise<Journal | undefined> {
  if (dataDirectory === undefined) return undefined;
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  return new SqliteJournal(join(dataDirectory, "state.db"), durability);
}

/** The authority lives as long as the data: kubeconfigs stay valid across restarts. */
function loadAuthority(journal: Journal | undefined, now: number): CertificateAuthority {
  const cert = journal?.readSetting("ca.crt");
  const key = journal?.readSetting("ca.key");
  if (cert !== undefined && key !== undefined) return CertificateAuthority.restore({ cert, key });
  const authority = CertificateAuthority.create(new Date(now));
  const made = authority.export();
  journal?.writeSetting("ca.crt", made.cert);
  journal?.writeSetting("ca.key", made.key);
  return authority;
}

const tokenCollections: Readonly<Record<string, string>> = {
  ServiceAccount: "/serviceaccounts",
  Pod: "/pods",
  Secret: "/secrets",
};

function loadTokens(store: Store, journal: Journal | undefined): ServiceAccountTokens {
  const tokens = new ServiceAccountTokens((kind, namespace, name) => {
    const object = store.collection(tokenCollections[kind] ?? "").find(`${namespace}/${name}`)?.object;
    return object?.metadata.uid === undefined ? undefined : { uid: object.metadata.uid };
  }, journal?.readSetting("service-account.key"));
  journal?.writeSetting("service-account.key", tokens.exportKey());
  return tokens;
}

function serverHosts(host: string): string[] {
  const names = [
    "localhost",
    "127.0.0.1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "10.96.0.1",
  ];
  return [...new Set([host, ...names])];
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function closeAll(server: Server, shutdown: AbortController, release: () => void): Promise<void> {
  shutdown.abort();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // Watches have been ended; requests under way get a moment to finish.
    setImmediate(() => server.closeIdleConnections());
    const timer = setTimeout(() => server.closeAllConnections(), 500);
    server.once("close", () => clearTimeout(timer));
  });
  release();
}
