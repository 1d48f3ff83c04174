/** Where a file's relative paths start from; absent for a kubeconfig that came from elsewhere than a file. */
interface Located {
  readonly directory?: string;
}

/** How to reach a server. Field names as in the file. */
export interface Cluster extends Located {
  readonly server?: string;
  readonly "certificate-authority"?: string;
  /** Base64. */
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "tls-server-name"?: string;
  readonly "proxy-url"?: string;
  readonly "disable-compression"?: boolean;
  readonly extensions?: readonly { readonly name: string; readonly extension: unknown }[];
}

/** A program that prints credentials. */
export interface ExecConfig {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly interactiveMode?: "Never" | "IfAvailable" | "Always";
  readonly provideClusterInfo?: boolean;
}

/** Who is asking. */
export interface User extends Located {
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
  readonly "as-user-extra"?: { readonly [key: string]: readonly string[] };
  readonly exec?: ExecConfig;
  readonly "auth-provider"?: { readonly name: string; readonly config?: { readonly [key: string]: string } };
}

/** A cluster, a user and a namespace that belong together. */
export interface Context {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** One or several kubeconfig files, merged. */
export interface KubeConfig {
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly users: ReadonlyMap<string, User>;
  readonly contexts: ReadonlyMap<string, Context>;
  readonly currentContext: string;
}

export const emptyKubeConfig: KubeConfig = {
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
  currentContext: "",
};

/** Merges as kubectl does: for every name, and for the current context, the first file that has it wins. */
export function mergeKubeConfigs(configs: readonly KubeConfig[]): KubeConfig {
  return configs.reduce(
    (merged, next) => ({
      clusters: new Map([...next.clusters, ...merged.clusters]),
      users: new Map([...next.users, ...merged.users]),
      contexts: new Map([...next.contexts, ...merged.contexts]),
      currentContext: merged.currentContext === "" ? next.currentContext : merged.currentContext,
    }),
    emptyKubeConfig,
  );
}
