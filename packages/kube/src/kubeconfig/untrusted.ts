import { KubeConfigError } from "../errors.ts";
import type { Cluster, User } from "./kube-config.ts";

/** What a kubeconfig from somebody else may do beyond naming a server and inline credentials. */
export interface Trust {
  /** Run programs: `--insecure-kubeconfig-exec`. */
  readonly exec?: boolean;
  /** Skip the server's verification: `--insecure-kubeconfig-tls`. */
  readonly insecureTls?: boolean;
}

/**
 * Refuses what would let the author of a kubeconfig run programs, read our files or talk past TLS. Each refusal has
 * its own code and names the field.
 */
export function refuseUntrusted(source: string, cluster: Cluster, user: User, trust: Trust): void {
  if (user.exec !== undefined && trust.exec !== true) {
    throw new KubeConfigError("ExecForbidden", `${source}: user.exec: running programs is not allowed`);
  }
  if (user["auth-provider"] !== undefined) {
    throw new KubeConfigError("AuthProviderForbidden", `${source}: user.auth-provider: is not allowed`);
  }
  const paths = {
    "cluster.certificate-authority": cluster["certificate-authority"],
    "user.client-certificate": user["client-certificate"],
    "user.client-key": user["client-key"],
    "user.tokenFile": user.tokenFile,
  };
  for (const [field, path] of Object.entries(paths)) {
    if (path === undefined || path === "") continue;
    throw new KubeConfigError(
      "FilePathForbidden",
      `${source}: ${field}: reading files is not allowed, use the inline field`,
    );
  }
  if (trust.insecureTls === true) return;
  if (cluster["insecure-skip-tls-verify"] === true) {
    throw new KubeConfigError("InsecureTlsForbidden", `${source}: cluster.insecure-skip-tls-verify: is not allowed`);
  }
  if (!/^https:/i.test(cluster.server ?? "")) {
    throw new KubeConfigError("InsecureTlsForbidden", `${source}: cluster.server: must be an https URL`);
  }
}
