import type { JsonObject } from "@sluice/yaml";
import { parseAll, stringify } from "@sluice/yaml";
import type { UnstructuredObject } from "@sluice/api";

/** What a cluster begins with: the source it follows and the Kustomization of its own directory. */
export interface SyncManifest {
  /** The file's name in the cluster's `flux-system` directory. */
  readonly text: string;
  readonly objects: readonly UnstructuredObject[];
}

/** Reads `gotk-sync.yaml`. Throws `YamlError` for what is no YAML. */
export function parseSyncManifest(text: string): SyncManifest {
  return { text, objects: parseAll(text).filter(isObject) };
}

/** The manifest that `bootstrap` would write for a cluster that has none. */
export function createSyncManifest(path: string, branch: string): SyncManifest {
  const metadata = { name: "flux-system", namespace: "flux-system" };
  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata,
    spec: { interval: "1m0s", ref: { branch }, secretRef: { name: "flux-system" }, url: "https://invalid" },
  };
  const kustomization = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata,
    spec: {
      interval: "10m0s",
      path: `./${path}`,
      prune: true,
      sourceRef: { kind: "GitRepository", name: "flux-system" },
    },
  };
  return parseSyncManifest(`---\n${stringify(source)}---\n${stringify(kustomization)}`);
}

/**
 * Points every GitRepository of a sync manifest to another address, and to another branch where one is given; line by
 * line, so that comments and everything else stay as they are.
 */
export function redirectSources(text: string, url: string, branch: string | undefined): string {
  return text
    .split(/^(?=---\s*$)/m)
    .map((document) => {
      if (!/^kind:\s*["']?GitRepository["']?\s*(#.*)?$/m.test(document)) return document;
      const redirected = document.replace(/^(\s+url:\s*)\S+/m, (_line, key: string) => key + url);
      return branch === undefined
        ? redirected
        : redirected.replace(/^(\s+branch:\s*)\S+/m, (_line, key: string) => key + branch);
    })
    .join("");
}

/** Names of the Secrets that the manifest's sources read, in `namespace/name` form. */
export function secretsOf({ objects }: SyncManifest): readonly { readonly namespace: string; readonly name: string }[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind !== "GitRepository" || typeof spec !== "object" || spec === null || !("secretRef" in spec)) return [];
    const reference = spec.secretRef;
    if (typeof reference !== "object" || reference === null || !("name" in reference)) return [];
    return [{ namespace: metadata.namespace ?? "default", name: String(reference.name) }];
  });
}

function isObject(value: unknown): value is UnstructuredObject & JsonObject {
  return typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value && "metadata" in value;
}
