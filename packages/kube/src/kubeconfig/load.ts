import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { messageOf } from "@sluice/errors";
import { systemClock, type Clock } from "../clock.ts";
import { KubeConfigError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { inClusterConfig } from "./in-cluster.ts";
import { mergeKubeConfigs, type KubeConfig } from "./kube-config.ts";
import type { KubeConfigOverrides } from "./overrides.ts";
import { parseKubeConfig } from "./parse.ts";
import { resolveRestConfig } from "./resolve.ts";
import type { RestConfig } from "./rest-config.ts";

export interface LoadOptions {
  /** `--kubeconfig`: exactly this file. It must exist. */
  readonly path?: string;
  /** `KUBECONFIG`, `HOME`, the proxy variables and in-cluster discovery are read from here. */
  readonly env?: Environment;
  /** Command line flags that win over the file. */
  readonly overrides?: KubeConfigOverrides;
  readonly clock?: Clock;
}

/**
 * Finds out how to reach the cluster, as kubectl does: the named file, or else the files of `KUBECONFIG` merged, or
 * else `~/.kube/config`, or else the Pod's own service account. Throws {@link KubeConfigError}.
 */
export async function loadRestConfig(options: LoadOptions = {}): Promise<RestConfig> {
  const env = options.env ?? process.env;
  const clock = options.clock ?? systemClock;
  const kubeConfig = await loadKubeConfig(options);
  if (kubeConfig !== undefined)
    return resolveRestConfig(kubeConfig, { overrides: options.overrides ?? {}, env, clock });
  const inCluster = await inClusterConfig({ env, clock });
  if (inCluster !== undefined) return withInClusterOverrides(inCluster, options.overrides ?? {});
  if (options.overrides?.server !== undefined) {
    return resolveRestConfig(mergeKubeConfigs([]), { overrides: options.overrides, env, clock });
  }
  throw new KubeConfigError(
    "KubeConfigNotFound",
    "no cluster to talk to: no kubeconfig in --kubeconfig, KUBECONFIG or ~/.kube/config, and not running in a cluster",
  );
}

/** Reads and merges the kubeconfig files; `undefined` when there is none and none was named. */
export async function loadKubeConfig(options: Pick<LoadOptions, "path" | "env"> = {}): Promise<KubeConfig | undefined> {
  const env = options.env ?? process.env;
  if (options.path !== undefined && options.path !== "") {
    const config = await readKubeConfig(options.path);
    if (config !== undefined) return config;
    throw new KubeConfigError("KubeConfigNotFound", `${options.path}: no such file`);
  }
  const configs = await Promise.all(defaultPaths(env).map(readKubeConfig));
  const found = configs.filter((config) => config !== undefined);
  return found.length === 0 ? undefined : mergeKubeConfigs(found);
}

function defaultPaths(env: Environment): string[] {
  const list = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (list.length > 0) return [...new Set(list)];
  return [join(env["HOME"] ?? homedir(), ".kube", "config")];
}

async function readKubeConfig(path: string): Promise<KubeConfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new KubeConfigError("KubeConfigInvalid", `${path}: ${messageOf(cause)}`, { cause });
  }
  return parseKubeConfig(text, { source: path, directory: dirname(resolve(path)) });
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}

// In a Pod there are no contexts to choose from; what remains of the flags are the namespace and the identity.
function withInClusterOverrides(config: RestConfig, overrides: KubeConfigOverrides): RestConfig {
  const { namespace, impersonate } = overrides;
  return {
    ...config,
    ...(namespace === undefined || namespace === "" ? {} : { namespace }),
    ...(impersonate === undefined ? {} : { impersonate }),
  };
}
