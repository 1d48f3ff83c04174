import type { MappingNode, Node } from "@sluice/yaml";
import { helmGeneratedAnnotation } from "../build-annotations.ts";
import { KustomizeError, withPrefix } from "../errors.ts";
import { type FieldSpec, fieldSpec } from "../field-spec.ts";
import { visitFields } from "../filters/field-spec-filter.ts";
import { formatDump } from "../format/format-dump.ts";
import { getField, setScalar } from "../node/fields.ts";
import { asScalar, asSequence, NodeKindError } from "../node/kind-error.ts";
import { makeScalar } from "../node/make.ts";
import { isMissingOrNull, isNull, textOf } from "../node/test.ts";
import { resIdKey } from "../res-id.ts";
import type { Resource } from "../resource.ts";
import type { Transformer } from "./transformer.ts";

/** Which subjects of role bindings follow into the namespace. */
export type RoleBindingSubjects = "defaultOnly" | "allServiceAccounts" | "none";

export interface NamespaceOptions {
  readonly namespace: string;
  readonly fieldSpecs: readonly FieldSpec[];
  readonly subjects: RoleBindingSubjects;
  /** Leaves namespaces alone that are set. */
  readonly unsetOnly: boolean;
}

/** Puts the resources into a namespace. Throws `DuplicateID` when two become the same. */
export function setNamespaces(options: NamespaceOptions): Transformer {
  return (resources) => {
    if (options.namespace === "") return;
    const counts = new Map<string, number>();
    for (const { currentId } of resources.resources) add(counts, resIdKey(currentId), 1);
    for (const resource of resources.resources) {
      if (resource.isEmpty || resource.annotation(helmGeneratedAnnotation) === "true") continue;
      add(counts, resIdKey(resource.currentId), -1);
      resource.storePreviousId();
      setNamespace(resource.node, options, resource.currentId.clusterScoped);
      const key = resIdKey(resource.currentId);
      add(counts, key, 1);
      if (counts.get(key) !== 1) throw conflict(resources.resources, key);
    }
  };
}

function add(counts: Map<string, number>, key: string, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function conflict(resources: readonly Resource[], key: string): KustomizeError {
  const same = resources.filter((each) => resIdKey(each.currentId) === key);
  const dumped = same.map(({ node }) => formatDump(node)).join(" ");
  return new KustomizeError("DuplicateID", `namespace transformation produces ID conflict: [${dumped}]`, {
    field: "namespace",
  });
}

const roleBindings: ReadonlySet<string> = new Set(["RoleBinding", "ClusterRoleBinding"]);
const metadataNamespace = fieldSpec("metadata/namespace", { create: true });

/** Sets the namespace of one object wherever it stands. */
export function setNamespace(node: MappingNode, options: NamespaceOptions, isClusterScoped: boolean): void {
  const visit = setter(options);
  if (!isClusterScoped) visitFields(node, metadataNamespace, { visit, create: { kind: "scalar", tag: "" } });
  const kind = textOf(getField(node, "kind"));
  const isBinding = roleBindings.has(kind);
  if (isBinding) setSubjects(node, options, visit);
  const apiVersion = textOf(getField(node, "apiVersion"));
  for (const spec of options.fieldSpecs) {
    if (spec.path === "metadata/namespace" || (spec.path === "metadata/name" && apiVersion !== "v1")) continue;
    if (isBinding && roleBindings.has(spec.kind) && spec.path === "subjects/namespace") continue;
    visitChecked(node, spec, visit);
  }
}

function visitChecked(node: MappingNode, spec: FieldSpec, visit: (node: Node) => void): void {
  try {
    visitFields(node, spec, { visit, create: { kind: "scalar", tag: "!!str" } });
  } catch (thrown) {
    const isWrongKind = findKindError(thrown);
    throw withPrefix(
      thrown,
      isWrongKind ? "namespace field specs must target scalar nodes" : "namespace transformation failed",
    );
  }
}

function findKindError(thrown: unknown): boolean {
  for (let at = thrown; at instanceof Error; at = at.cause) {
    if (at instanceof NodeKindError) return at.actual !== "scalar";
  }
  return false;
}

function setter({ namespace, unsetOnly }: NamespaceOptions): (node: Node) => void {
  return (node) => {
    if (unsetOnly && !isNull(node) && node.kind === "scalar" && node.value !== "") return;
    asScalar(node);
    setScalar(node, namespace, "!!str");
  };
}

function setSubjects(node: MappingNode, { subjects }: NamespaceOptions, visit: (node: Node) => void): void {
  if (subjects === "none") return;
  const list = getField(node, "subjects");
  if (isMissingOrNull(list)) return;
  const [field, wanted] = subjects === "defaultOnly" ? ["name", "default"] : ["kind", "ServiceAccount"];
  try {
    for (const subject of asSequence(list)?.items ?? []) {
      const value = getField(subject, field);
      if (isMissingOrNull(value) || textOf(asScalar(value)) !== wanted || subject.kind !== "mapping") continue;
      let own = getField(subject, "namespace");
      if (own === undefined) {
        own = makeScalar("");
        subject.pairs.push({ key: makeScalar("namespace"), value: own });
      }
      visit(own);
    }
  } catch (thrown) {
    throw withPrefix(thrown, "setting namespace on (cluster)role binding subjects");
  }
}
