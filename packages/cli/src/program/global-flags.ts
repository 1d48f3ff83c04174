import { array, boolean, duration, integer, list, text } from "./flag.ts";
import type { Flag } from "./flag.ts";

/** The flags that every command has: which cluster, as whom, in which namespace, for how long. */
export type GlobalFlags = {
  readonly as: Flag<string>;
  readonly "as-group": Flag<readonly string[]>;
  readonly "as-uid": Flag<string>;
  readonly "as-user-extra": Flag<readonly string[]>;
  readonly "cache-dir": Flag<string>;
  readonly "certificate-authority": Flag<string>;
  readonly "client-certificate": Flag<string>;
  readonly "client-key": Flag<string>;
  readonly cluster: Flag<string>;
  readonly context: Flag<string>;
  readonly "disable-compression": Flag<boolean>;
  readonly "insecure-skip-tls-verify": Flag<boolean>;
  readonly "kube-api-burst": Flag<number>;
  readonly "kube-api-qps": Flag<number>;
  readonly kubeconfig: Flag<string>;
  readonly namespace: Flag<string>;
  readonly "ns-follows-kube-context": Flag<boolean>;
  readonly server: Flag<string>;
  readonly timeout: Flag<number>;
  readonly "tls-server-name": Flag<string>;
  readonly token: Flag<string>;
  readonly user: Flag<string>;
  readonly verbose: Flag<boolean>;
};

const FIVE_MINUTES_MS = 300_000;

/** The global flags, with the namespace that is meant where none is given. */
export function globalFlags(namespace: string): GlobalFlags {
  return {
    as: text("user to act as, an ordinary one or a service account"),
    "as-group": array("group to act as, repeat for several"),
    "as-uid": text("UID to act as"),
    "as-user-extra": array("extra attribute to act with, as key=value, repeat for several"),
    "cache-dir": text("accepted for compatibility; discovery is not kept on disk", "", { hidden: true }),
    "certificate-authority": text("file with the certificate authority of the API server", "", { completes: "files" }),
    "client-certificate": text("file with a client certificate for the API server", "", { completes: "files" }),
    "client-key": text("file with the key of the client certificate", "", { completes: "files" }),
    cluster: text("cluster entry of the kubeconfig to use"),
    context: text("context of the kubeconfig to use", "", { completes: "contexts" }),
    "disable-compression": boolean("accepted for compatibility; answers are small or streamed", false, {
      hidden: true,
    }),
    "insecure-skip-tls-verify": boolean(
      "do not check the certificate of the API server; traffic can then be read by others",
    ),
    "kube-api-burst": integer("accepted for compatibility; the API server's own fairness limits requests", 300, {
      hidden: true,
    }),
    "kube-api-qps": integer("accepted for compatibility; the API server's own fairness limits requests", 50, {
      hidden: true,
    }),
    kubeconfig: text("kubeconfig file to use", "", { completes: "files" }),
    namespace: text("namespace to work in", namespace, { short: "n", completes: "namespaces" }),
    "ns-follows-kube-context": boolean(
      "take the namespace from the kubeconfig context where none is given (also by FLUX_NS_FOLLOWS_KUBE_CONTEXT)",
    ),
    server: text("address and port of the API server"),
    timeout: duration("how long the whole command may take", FIVE_MINUTES_MS),
    "tls-server-name": text("name to expect in the certificate of the API server"),
    token: text("bearer token for the API server"),
    user: text("user entry of the kubeconfig to use"),
    verbose: boolean("print the objects that are generated"),
  };
}

/** Flags of commands that list objects of several namespaces. */
export const allNamespacesFlag: Flag<boolean> = boolean("look in all namespaces", false, { short: "A" });

/** Labels to select by, as comma-separated pairs. */
export const labelSelectorFlag: Flag<string> = text("only objects with these labels", "", { short: "l" });

/** Labels to set. */
export const labelFlag: Flag<readonly string[]> = list("labels to set, as key=value, between commas or repeated");
