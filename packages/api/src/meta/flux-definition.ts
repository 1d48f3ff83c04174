import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  JsonSchema,
  PrinterColumn,
} from "./custom-resource-definition.ts";

/** What tells one Flux kind's definition from another's. */
export interface FluxKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** Beside `all` and `fluxcd`: `fluxcd-sources`, `fluxcd-appliers`, … */
  readonly category: string;
  readonly description: string;
  /** The version that is stored. */
  readonly version: string;
  /** Served as well, with the same schema so that nothing is lost in between; each is answered with a warning. */
  readonly olderVersions: readonly string[];
  readonly columns: readonly PrinterColumn[];
  readonly spec: JsonSchema;
  readonly status: JsonSchema;
}

export const ageColumn: PrinterColumn = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

/** Whether the object is ready, and what its Ready condition says. */
export const readyColumns: readonly PrinterColumn[] = [
  { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: "Status", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
];

/** The definition of a Flux kind: namespaced, with a status subresource, out of reach of post-build substitution. */
export function defineFluxKind(kind: FluxKind): CustomResourceDefinition {
  const current: CustomResourceDefinitionVersion = {
    name: kind.version,
    served: true,
    storage: true,
    additionalPrinterColumns: kind.columns,
    schema: {
      openAPIV3Schema: {
        description: kind.description,
        type: "object",
        properties: {
          apiVersion: { description: "Group and version of this schema.", type: "string" },
          kind: { description: `${kind.kind}.`, type: "string" },
          metadata: { type: "object" },
          spec: kind.spec,
          status: kind.status,
        },
      },
    },
    subresources: { status: {} },
  };
  const older = kind.olderVersions.map((name) => ({
    ...current,
    name,
    storage: false,
    deprecated: true,
    deprecationWarning: `${name} ${kind.kind} is deprecated, upgrade to ${kind.version}`,
  }));
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      annotations: { "kustomize.toolkit.fluxcd.io/substitute": "disabled" },
    },
    spec: {
      group: kind.group,
      names: {
        categories: ["all", "fluxcd", kind.category],
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        shortNames: kind.shortNames,
        singular: kind.singular,
      },
      scope: "Namespaced",
      conversion: { strategy: "None" },
      versions: [current, ...older],
    },
  };
}
