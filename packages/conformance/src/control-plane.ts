import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real kube-apiserver with a real etcd, on loopback. */
export interface ControlPlane {
  readonly url: string;
  /** A bearer token of a member of system:masters. */
  readonly token: string;
  /** A kubeconfig file for the same, deleted on {@link ControlPlane.close}. */
  readonly kubeconfigPath: string;
  /** Ends both processes and removes their files. */
  close(): Promise<void>;
}

const startTimeoutMs = 60_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Starts etcd and kube-apiserver in a directory of their own and waits until the server is ready. */
export async function startControlPlane(binaries: {
  readonly etcd: string;
  readonly apiserver: string;
  readonly flags?: readonly string[];
}): Promise<ControlPlane> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-control-plane-"));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const token = "conformance-admin";
  const [keyPath, publicKeyPath, tokensPath, kubeconfigPath] = ["sa.key", "sa.pub", "tokens.csv", "kubeconfig"].map(
    (name) => join(directory, name),
  ) as [string, string, string, string];
  await writeFile(keyPath, privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  await writeFile(publicKeyPath, publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(tokensPath, `${token},conformance,conformance,"system:masters"\n`, { mode: 0o600 });

  const children: ChildProcess[] = [];
  const output: string[] = [];
  const start = (program: string, args: readonly string[]): void => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (chunk: Buffer) => {
      output.push(chunk.toString());
      if (output.length > 200) output.shift();
    });
    children.push(child);
  };
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
    }
    await rm(directory, { recursive: true, force: true });
  };

  start(binaries.etcd, [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    "--log-level=warn",
    "--unsafe-no-fsync",
  ]);
  start(binaries.apiserver, [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${join(directory, "certs")}`,
    "--authorization-mode=RBAC",
    `--token-auth-file=${tokensPath}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${publicKeyPath}`,
    `--service-account-signing-key-file=${keyPath}`,
    "--disable-admission-plugins=ServiceAccount",
    ...(binaries.flags ?? []),
  ]);
  const url = `https://127.0.0.1:${port}`;
  await writeFile(kubeconfigPath, kubeconfigFor(url, token), { mode: 0o600 });
  try {
    await untilReady(url, token, () => children.some((child) => child.exitCode !== null));
  } catch (error) {
    await close();
    throw new Error(`kube-apiserver did not become ready:\n${output.join("").slice(-3000)}`, { cause: error });
  }
  return { url, token, kubeconfigPath, close };
}

function kubeconfigFor(url: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "real", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "real", context: { cluster: "real", user: "admin" } }],
    "current-context": "real",
  });
}

async function untilReady(url: string, token: string, hasExited: () => boolean): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (hasExited()) throw new Error("a process has ended");
    if ((await statusOf(`${url}/readyz`, token)) === 200) return;
    await sleep(100);
  }
  throw new Error(`not ready after ${startTimeoutMs / 1000} s`);
}

function statusOf(url: string, token: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    // The server makes its own certificate; the connection never leaves this machine.
    const options = { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } };
    const call = request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", () => resolve(undefined));
    call.end();
  });
}
