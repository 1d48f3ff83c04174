import type { Client } from "@sluice/kube";
import type { KubernetesObject } from "@sluice/api";

/** The label on everything that belongs to an installation; tools of the ecosystem look for the value `flux`. */
export const PART_OF_LABEL = "app.kubernetes.io/part-of";
export const PART_OF = "flux";
export const PART_OF_SELECTOR: string = `${PART_OF_LABEL}=${PART_OF}`;
export const VERSION_LABEL = "app.kubernetes.io/version";

const crdGvk = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };
const deploymentGvk = { group: "apps", version: "v1", kind: "Deployment" };

/** What the GitRepository CRD tells about how a cluster got its controllers. */
export interface Installation {
  /** Applied from Git by a Kustomization, as `flux bootstrap` leaves it. */
  readonly bootstrapped: boolean;
  /** The tool that manages the installation, when it is another one (`Helm`). */
  readonly managedBy: string | undefined;
  readonly version: string | undefined;
  /** `flux-v2.9.4`: product and version in one word. */
  readonly distribution: string | undefined;
}

/** Finds out how Flux's kinds were installed; `undefined` when they are not. */
export async function findInstallation(client: Client, signal: AbortSignal): Promise<Installation | undefined> {
  const key = { name: "gitrepositories.source.toolkit.fluxcd.io" };
  const crd = await client.find(crdGvk, key, { metadataOnly: true, signal });
  if (crd === undefined) return undefined;
  const labels = crd.metadata.labels ?? {};
  const version = labels[VERSION_LABEL];
  const partOf = labels[PART_OF_LABEL];
  return {
    bootstrapped: labels["kustomize.toolkit.fluxcd.io/namespace"] !== undefined,
    managedBy: labels["app.kubernetes.io/managed-by"],
    version,
    distribution: version === undefined || partOf === undefined ? version : `${partOf}-${version}`,
  };
}

/** A controller's Deployment, as far as `check`, `version` and `logs` read it. */
export interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly metadata?: { readonly labels?: { readonly [key: string]: string } };
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly readyReplicas?: number;
  };
}

/** The controllers' Deployments in a namespace. */
export async function listDeployments(
  client: Client,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Deployment[]> {
  const options = { namespace, labelSelector: PART_OF_SELECTOR, signal };
  return (await client.list<Deployment>(deploymentGvk, options)).items;
}

/** A CustomResourceDefinition, as far as `check` reads it. */
export interface InstalledDefinition extends KubernetesObject {
  readonly status?: { readonly storedVersions?: readonly string[] };
}

/** The CustomResourceDefinitions of an installation. */
export async function listDefinitions(client: Client, signal: AbortSignal): Promise<readonly InstalledDefinition[]> {
  return (await client.list<InstalledDefinition>(crdGvk, { labelSelector: PART_OF_SELECTOR, signal })).items;
}

/** Splits an image into the last part of its name and its tag; a digest counts as no tag. */
export function splitImage(image: string): { readonly name: string; readonly tag: string | undefined } {
  const [reference = ""] = image.split("@");
  const last = reference.slice(reference.lastIndexOf("/") + 1);
  const [name = "", tag] = last.split(":");
  return { name, tag };
}

/** Whether a rollout is complete: all replicas are of the newest template and available. */
export function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedReplicas ?? 0) >= wanted &&
    (status?.availableReplicas ?? 0) >= wanted
  );
}
