import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { ApiClient, ClientOptions, Impersonation, KubeConfigOverrides } from "@sluice/kube";
import { usageError } from "../errors.ts";
import type { Invocation } from "../program/command.ts";
import { isLabel } from "./namespace.ts";

/** An open connection; the caller closes it. */
export interface Connection {
  readonly client: ApiClient;
  /** Where to work: `--namespace`, or the context's where the user asked for that. */
  readonly namespace: string;
  close(): Promise<void>;
}

/** Connects to the cluster that the global flags name. Nothing is sent yet. */
export async function connect(
  invocation: Invocation,
  options: Pick<ClientOptions, "onExchange"> = {},
): Promise<Connection> {
  const { flags, io } = invocation;
  const overrides = overridesOf(invocation);
  // Here and in the commands the client is loaded when it is needed: half of the start of those who never connect.
  const { createClient, loadRestConfig } = await import("@sluice/kube");
  const config = await loadRestConfig({ env: io.env, overrides, ...pathOf(invocation) });
  const follows = flags["ns-follows-kube-context"] || (io.env["FLUX_NS_FOLLOWS_KUBE_CONTEXT"] ?? "") !== "";
  const namespace =
    follows && !invocation.isSet("namespace") && isLabel(config.namespace) ? config.namespace : flags.namespace;
  const client = createClient(config, { ...options, onWarning: (text) => io.stderr.write(`Warning: ${text}\n`) });
  return { client, namespace, close: () => client.close() };
}

/** The names of the contexts that could be chosen. */
export async function contextNames(invocation: Invocation): Promise<readonly string[]> {
  const { loadKubeConfig } = await import("@sluice/kube");
  const config = await loadKubeConfig({ env: invocation.io.env, ...pathOf(invocation) });
  return [...(config?.contexts.keys() ?? [])].sort();
}

/** The kubeconfig file in use: the named one, or the first that `KUBECONFIG` names, or the default one. */
export function kubeconfigPath({ flags, io }: Invocation): string {
  const [first] = (io.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const path = flags.kubeconfig === "" ? first : flags.kubeconfig;
  return path === undefined ? join(io.env["HOME"] ?? homedir(), ".kube", "config") : resolve(io.cwd, path);
}

function pathOf({ flags, io }: Invocation): { readonly path?: string } {
  return flags.kubeconfig === "" ? {} : { path: resolve(io.cwd, flags.kubeconfig) };
}

function overridesOf({ flags }: Invocation): KubeConfigOverrides {
  const impersonate = impersonationOf(flags);
  return {
    context: flags.context,
    cluster: flags.cluster,
    user: flags.user,
    server: flags.server,
    tlsServerName: flags["tls-server-name"],
    certificateAuthority: flags["certificate-authority"],
    clientCertificate: flags["client-certificate"],
    clientKey: flags["client-key"],
    token: flags.token,
    ...(flags["insecure-skip-tls-verify"] && { insecureSkipTlsVerify: true }),
    ...(flags["disable-compression"] && { disableCompression: true }),
    ...(impersonate !== undefined && { impersonate }),
  };
}

function impersonationOf(flags: Invocation["flags"]): Impersonation | undefined {
  if (flags.as === "") {
    if (flags["as-group"].length > 0 || flags["as-uid"] !== "" || flags["as-user-extra"].length > 0) {
      throw usageError("requesting uid, groups or user-extra without impersonating a user");
    }
    return undefined;
  }
  const extra = new Map<string, string[]>();
  for (const pair of flags["as-user-extra"]) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw usageError(`invalid --as-user-extra '${pair}', must be key=value`);
    const key = pair.slice(0, equals);
    extra.set(key, [...(extra.get(key) ?? []), pair.slice(equals + 1)]);
  }
  return {
    user: flags.as,
    ...(flags["as-uid"] !== "" && { uid: flags["as-uid"] }),
    ...(flags["as-group"].length > 0 && { groups: flags["as-group"] }),
    ...(extra.size > 0 && { extra: Object.fromEntries(extra) }),
  };
}
