const domain = "internal.config.kubernetes.io/";

/** What a build notes on resources. */
export type BuildNote =
  | "previousKinds"
  | "previousNames"
  | "previousNamespaces"
  | "prefixes"
  | "suffixes"
  | "allowNameChange"
  | "allowKindChange"
  | "refBy"
  | "generatorBehavior"
  | "needsHashSuffix";

/** The annotations in which a build keeps its own notes; they never reach the output. */
export const buildAnnotations: Readonly<Record<BuildNote, string>> = {
  previousKinds: `${domain}previousKinds`,
  previousNames: `${domain}previousNames`,
  previousNamespaces: `${domain}previousNamespaces`,
  prefixes: `${domain}prefixes`,
  suffixes: `${domain}suffixes`,
  allowNameChange: `${domain}allowNameChange`,
  allowKindChange: `${domain}allowKindChange`,
  refBy: `${domain}refBy`,
  generatorBehavior: `${domain}generatorBehavior`,
  needsHashSuffix: `${domain}needsHashSuffix`,
};

/** Where `buildMetadata: [originAnnotations]` says which file a resource came from. */
export const originAnnotation = "config.kubernetes.io/origin";

/** Where `buildMetadata: [transformerAnnotations]` lists what changed a resource. */
export const transformationsAnnotation = "alpha.config.kubernetes.io/transformations";

/** Resources with this annotation, unless it is `false`, configure the build and are dropped from the output. */
export const localConfigAnnotation = "config.kubernetes.io/local-config";

/** Marks the output of Helm charts, whose namespaces stay as they are. */
export const helmGeneratedAnnotation: string = `${domain}helm-generated`;

const readerAnnotations: readonly string[] = [
  `${domain}path`,
  `${domain}index`,
  `${domain}seqindent`,
  `${domain}id`,
  `${domain}annotations-migration-resource-id`,
  "config.kubernetes.io/path",
  "config.kubernetes.io/index",
  "config.k8s.io/id",
  helmGeneratedAnnotation,
];

/** All annotations that are removed before output. */
export const removedAnnotations: ReadonlySet<string> = new Set([
  ...Object.values(buildAnnotations),
  ...readerAnnotations,
]);

const legacyInternal: ReadonlySet<string> = new Set([
  "config.kubernetes.io/path",
  "config.kubernetes.io/index",
  "config.k8s.io/id",
]);

/** Whether a JSON patch may not take the annotation away. */
export function isInternalAnnotation(name: string): boolean {
  return name.startsWith(domain) || legacyInternal.has(name);
}
