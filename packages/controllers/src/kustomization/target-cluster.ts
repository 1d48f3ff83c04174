import type { Kustomization } from "@sluice/api";
import type { Client } from "@sluice/kube";
import { SpecError } from "../runtime/index.ts";

/** The cluster that a Kustomization's content is applied to, seen as whoever it is applied by. */
export interface TargetCluster {
  readonly client: Client;
  /** Who requests are made as: `system:serviceaccount:<namespace>:<name>`, or `""` for the controller itself. */
  readonly identity: string;
  /** The account that is impersonated, if any. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

/** Names of ServiceAccounts: DNS subdomains. Anything else could name another identity. */
const SERVICE_ACCOUNT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The only way from a Kustomization to a client for its content. Where the spec or the operator names an account, every
 * request is made as it: with its rights and no others.
 */
export function targetClusterOf(
  object: Kustomization,
  options: { readonly client: Client; readonly defaultServiceAccount?: string },
): TargetCluster {
  const name = object.spec.serviceAccountName || options.defaultServiceAccount || "";
  if (name === "") return { client: options.client, identity: "" };
  const namespace = object.metadata.namespace ?? "";
  if (!SERVICE_ACCOUNT_NAME.test(name) || name.length > 253) {
    throw new SpecError(
      "InvalidField",
      "spec.serviceAccountName",
      `${JSON.stringify(name)} is not the name of an account`,
    );
  }
  const identity = `system:serviceaccount:${namespace}:${name}`;
  return { client: options.client.impersonate({ user: identity }), identity, serviceAccount: { namespace, name } };
}
