/** The layer of every package: it may import only from lower layers. The single table that the layer check reads. */
export const layers: Readonly<Record<string, number>> = {
  errors: 0,
  envsubst: 0,
  semver: 0,
  testing: 0,
  yaml: 1,
  patch: 1,
  api: 1,
  gotemplate: 2,
  kustomize: 2,
  helm: 2,
  sops: 2,
  source: 3,
  kube: 3,
  apiserver: 3,
  controllers: 4,
  cli: 5,
  web: 5,
  conformance: 5,
};

/** Imports that the layers alone would allow or forbid, each with its reason. */
export const exceptions: ReadonlyArray<{ from: string; to: string; allowed: boolean; reason: string }> = [
  { from: "helm", to: "gotemplate", allowed: true, reason: "rendering a chart is executing Go templates" },
];
