import { mkdir, rename, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import type { Identity } from "./certificates/authority.ts";

/** A kubeconfig with one cluster, one user and one context, as `kubectl` reads it. */
export interface KubeConfigFile {
  readonly apiVersion: "v1";
  readonly kind: "Config";
  readonly clusters: readonly [
    {
      readonly name: string;
      readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
    },
  ];
  readonly users: readonly [
    {
      readonly name: string;
      readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string };
    },
  ];
  readonly contexts: readonly [
    { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } },
  ];
  readonly "current-context": string;
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

export function createKubeConfig(
  name: string,
  server: string,
  caCertificate: string,
  identity: Identity,
): KubeConfigFile {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(caCertificate) } }],
    users: [
      {
        name: `${name}-admin`,
        user: { "client-certificate-data": base64(identity.cert), "client-key-data": base64(identity.key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: `${name}-admin` } }],
    "current-context": name,
  };
}

/** Writes a kubeconfig that only its owner may read; readers never see half of it. */
export async function writeKubeConfig(path: string, config: KubeConfigFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, formatKubeConfig(config), { mode: 0o600 });
  await rename(draft, path);
}

function formatKubeConfig({
  clusters: [cluster],
  users: [user],
  contexts: [context],
  ...rest
}: KubeConfigFile): string {
  const text = (value: string): string => JSON.stringify(value);
  return `apiVersion: v1
kind: Config
current-context: ${text(rest["current-context"])}
clusters:
  - name: ${text(cluster.name)}
    cluster:
      server: ${text(cluster.cluster.server)}
      certificate-authority-data: ${cluster.cluster["certificate-authority-data"]}
users:
  - name: ${text(user.name)}
    user:
      client-certificate-data: ${user.user["client-certificate-data"]}
      client-key-data: ${user.user["client-key-data"]}
contexts:
  - name: ${text(context.name)}
    context:
      cluster: ${text(context.context.cluster)}
      user: ${text(context.context.user)}
`;
}
