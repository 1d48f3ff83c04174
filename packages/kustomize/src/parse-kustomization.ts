import { decode } from "./decode.ts";
import { KustomizeError, withPrefix } from "./errors.ts";
import type { ConfigMapArgs, Kustomization } from "./kustomization.ts";
import { kustomizationShape } from "./kustomization-shapes.ts";
import { yamlToJson } from "./yaml-json.ts";

/**
 * Reads the text of a kustomization file. Unknown fields and wrong types are refused, deprecated fields are kept where
 * they were written.
 * @throws KustomizeError with code `InvalidKustomization`, in kustomize's words.
 */
export function parseKustomization(content: string): Kustomization {
  try {
    return decode(yamlToJson(content), kustomizationShape, { strict: true });
  } catch (thrown) {
    const error = withPrefix(thrown, "invalid Kustomization");
    const code = error.code === "LimitExceeded" ? error.code : "InvalidKustomization";
    throw new KustomizeError(code, error.message, { cause: thrown, field: error.field });
  }
}

const kustomizationVersion = "kustomize.config.k8s.io/v1beta1";
const componentVersion = "kustomize.config.k8s.io/v1alpha1";

/** What is wrong with the header, one line each; empty when nothing is. */
export function checkHeader({ kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }): string[] {
  const problems: string[] = [];
  if (kind !== "Kustomization" && kind !== "Component") problems.push("kind should be Kustomization or Component");
  const required = kind === "Component" ? componentVersion : kustomizationVersion;
  if (apiVersion !== required) problems.push(`apiVersion for ${kind} should be ${required}`);
  return problems;
}

/** A kustomization whose header is complete and whose deprecated fields are moved. */
export type NormalizedKustomization = Kustomization & { readonly kind: string; readonly apiVersion: string };

/** Fills in the header and moves deprecated fields (`bases`, `imageTags`, `env`) to where their successors are. */
export function normalizeKustomization(written: Kustomization): NormalizedKustomization {
  const kind = written.kind || "Kustomization";
  const { bases, imageTags, helmChartInflationGenerator, ...rest } = written;
  return {
    ...rest,
    kind,
    apiVersion: written.apiVersion || (kind === "Component" ? componentVersion : kustomizationVersion),
    resources: [...(written.resources ?? []), ...(bases ?? [])],
    images: [...(written.images ?? []), ...(imageTags ?? [])],
    configMapGenerator: (written.configMapGenerator ?? []).map(withEnvInEnvs),
    secretGenerator: (written.secretGenerator ?? []).map(withEnvInEnvs),
    helmCharts: [
      ...(written.helmCharts ?? []),
      ...(helmChartInflationGenerator ?? []).map((chart) => ({ name: chart.chartName ?? "" })),
    ],
  };
}

function withEnvInEnvs<T extends ConfigMapArgs>(args: T): T {
  const { env, ...rest } = args;
  // Only `env` is taken out and put into `envs`; the rest stays as it is.
  return env === undefined || env === "" ? args : ({ ...rest, envs: [...(args.envs ?? []), env] } as unknown as T);
}

/** Whether nothing but the header is written. */
export function isEmptyKustomization(written: Kustomization): boolean {
  return Object.entries(written).every(([field, value]) => field === "kind" || field === "apiVersion" || isZero(value));
}

function isZero(value: unknown): boolean {
  return value === undefined || value === "" || value === false || value === 0;
}

/** The deprecated fields that are in use, in the order in which kustomize warns about them. */
export const deprecatedFields: readonly (readonly [keyof Kustomization, string, string])[] = [
  ["bases", "resources", ""],
  ["commonLabels", "labels", ""],
  ["imageTags", "images", ""],
  ["patchesJson6902", "patches", ""],
  ["patchesStrategicMerge", "patches", ""],
  ["vars", "replacements", "[EXPERIMENTAL] "],
];

/** Warnings about deprecated fields, as kustomize prints them to stderr. */
export function deprecationWarnings(written: Kustomization): string[] {
  return deprecatedFields
    .filter(([field]) => written[field] !== undefined)
    .map(
      ([field, successor, prefix]) =>
        `# Warning: '${field}' is deprecated. Please use '${successor}' instead. ${prefix}Run 'kustomize edit fix' to update your Kustomization automatically.`,
    );
}
