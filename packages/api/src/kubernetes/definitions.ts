import type { GroupVersionKind } from "../meta/group-version-kind.ts";
import type { JsonValue } from "../meta/object.ts";
import definitions from "./generated/definitions.json" with { type: "json" };

/** How the elements of a list are told apart by server-side apply. */
export type ListType = "atomic" | "set" | "map";

/**
 * What Kubernetes publishes about a type or a field, in OpenAPI v3's words with two simplifications: `$ref` is the
 * bare name of another definition, and it may stand beside other keywords (a `default`, merge attributes). A schema
 * without `type`, `$ref` and `oneOf` takes any value.
 *
 * OpenAPI v2 differs in a few places only: it has no defaults, and `oneOf` (quantities, int-or-string) is
 * `type: string` there.
 */
export interface KubernetesSchema {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  /** `int32`, `int64`, `double`, `byte`, `date-time`, `int-or-string`, … */
  readonly format?: string;
  readonly default?: JsonValue;
  readonly oneOf?: readonly KubernetesSchema[];
  /** Name of a definition in {@link kubernetesDefinitions}. */
  readonly $ref?: string;
  readonly properties?: { readonly [field: string]: KubernetesSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: KubernetesSchema;
  readonly items?: KubernetesSchema;
  readonly "x-kubernetes-list-type"?: ListType;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  /** Comma-separated: `merge`, `replace`, `retainKeys`. */
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  /** On definitions only: the kinds that this type is the body of. */
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
  readonly "x-kubernetes-unions"?: readonly JsonValue[];
}

/** A definition together with its name, such as `io.k8s.api.apps.v1.Deployment`. */
export interface KubernetesTypeRef {
  readonly name: string;
  readonly schema: KubernetesSchema;
}

/** Every type of the built-in APIs of Kubernetes 1.36 by its OpenAPI name. Shared and read-only: never mutate it. */
export const kubernetesDefinitions: { readonly [name: string]: KubernetesSchema } = definitions as {
  readonly [name: string]: object;
};

const namesByKind = new Map<string, string>();

/**
 * Finds the type of a built-in kind, lists and options (`DeploymentList`, `DeleteOptions`) included;
 * `undefined` for kinds that custom resources or other API servers bring.
 */
export function findKubernetesType(gvk: GroupVersionKind): KubernetesTypeRef | undefined {
  if (namesByKind.size === 0) indexKinds();
  const name = namesByKind.get(kindKey(gvk));
  const schema = name === undefined ? undefined : kubernetesDefinitions[name];
  return name === undefined || schema === undefined ? undefined : { name, schema };
}

function indexKinds(): void {
  for (const [name, schema] of Object.entries(kubernetesDefinitions)) {
    for (const gvk of schema["x-kubernetes-group-version-kind"] ?? []) namesByKind.set(kindKey(gvk), name);
  }
}

function kindKey({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}
