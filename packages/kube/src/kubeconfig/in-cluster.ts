import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { KubeConfigError } from "../errors.ts";
import { tokenFileCredentials } from "./credentials.ts";
import type { Environment } from "./environment.ts";
import type { RestConfig } from "./rest-config.ts";

const serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface InClusterOptions {
  readonly env: Environment;
  readonly clock: Clock;
  /** Where the Pod's token, authority and namespace are mounted. */
  readonly directory?: string;
}

/** The Pod's own service account, its token read again as the kubelet rotates it; `undefined` outside a Pod. */
export async function inClusterConfig(options: InClusterOptions): Promise<RestConfig | undefined> {
  const host = options.env["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = options.env["KUBERNETES_SERVICE_PORT"] ?? "";
  if (host === "" || port === "") return undefined;
  const directory = options.directory ?? serviceAccountDirectory;
  const [certificateAuthority, namespace] = await Promise.all([
    read(join(directory, "ca.crt")),
    read(join(directory, "namespace")),
  ]);
  const credentials = tokenFileCredentials(join(directory, "token"), options.clock);
  await credentials.current(); // a Pod without a token shall say so now, not at its first request
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    credentials,
    namespace: namespace?.trim() ?? "default",
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new KubeConfigError("CredentialsFailed", `${path}: cannot be read`, { cause });
  }
}
