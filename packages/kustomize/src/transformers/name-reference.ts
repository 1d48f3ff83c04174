import type { MappingNode, Node } from "@sluice/yaml";
import { KustomizeError, withPrefix } from "../errors.ts";
import type { FieldSpec, NameReference } from "../field-spec.ts";
import { visitPath } from "../filters/field-spec-filter.ts";
import { formatResource } from "../format/format-resource.ts";
import { quote } from "../go-format.ts";
import { type Gvk, isSelectedGvk } from "../gvk.ts";
import { fieldOf, getField, setField, setScalar } from "../node/fields.ts";
import { makeScalar } from "../node/make.ts";
import { isMissingOrNull, textOf } from "../node/test.ts";
import { effectiveNamespace, formatResId, notANamespace, type ResId } from "../res-id.ts";
import type { ResMap } from "../res-map.ts";
import type { Resource } from "../resource.ts";

/** A resource that others may refer to, with what the search asks of it again and again. */
interface Candidate {
  readonly resource: Resource;
  readonly previousIds: readonly ResId[];
  readonly currentId: ResId;
  readonly originalNamespace: string;
  readonly currentNamespace: string;
}

/** Gives fields that hold names of resources the names that these have now. Throws `AmbiguousReference`. */
export function fixNameReferences(resources: ResMap, references: readonly NameReference[]): void {
  const candidates = resources.resources.filter((each) => !each.isEmpty).map(toCandidate);
  const byName = indexByName(candidates);
  if (byName.size === 0 && !resources.resources.some((each) => each.kind === "RoleBinding")) return;
  const specs = indexByKind(references);
  for (const referrer of candidates) {
    const { kind } = referrer.previousIds[0] ?? referrer.currentId;
    const mine = [...(specs.get(kind) ?? []), ...(kind === "" ? [] : (specs.get("") ?? []))];
    const original = referrer.previousIds[0] ?? referrer.currentId;
    const applicable = mine.filter(({ spec }) => isSelectedGvk(original, spec)).toSorted((a, b) => a.rank - b.rank);
    if (applicable.length > 0) new Fixer(referrer, candidates, byName).fix(applicable);
  }
}

function toCandidate(resource: Resource): Candidate {
  const previousIds = resource.previousIds;
  const currentId = resource.currentId;
  return {
    resource,
    previousIds,
    currentId,
    originalNamespace: effectiveNamespace(previousIds[0] ?? currentId),
    currentNamespace: effectiveNamespace(currentId),
  };
}

function indexByName(candidates: readonly Candidate[]): ReadonlyMap<string, readonly Candidate[]> {
  const index = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const name of new Set(candidate.previousIds.map((id) => id.name))) {
      const same = index.get(name);
      if (same === undefined) index.set(name, [candidate]);
      else same.push(candidate);
    }
  }
  return index;
}

/** A field that may refer to a kind. */
interface Reference {
  readonly target: Gvk;
  readonly spec: FieldSpec;
  readonly rank: number;
}

function indexByKind(references: readonly NameReference[]): ReadonlyMap<string, readonly Reference[]> {
  const index = new Map<string, Reference[]>();
  let rank = 0;
  for (const target of references) {
    for (const spec of target.referrers) {
      const reference = { target, spec, rank: rank++ };
      const same = index.get(spec.kind);
      if (same === undefined) index.set(spec.kind, [reference]);
      else same.push(reference);
    }
  }
  return index;
}

/** Updates the references of one resource. */
class Fixer {
  readonly #referrer: Candidate;
  readonly #all: readonly Candidate[];
  readonly #byName: ReadonlyMap<string, readonly Candidate[]>;
  readonly #bindingNamespaces: ReadonlySet<string>;

  constructor(referrer: Candidate, all: readonly Candidate[], byName: ReadonlyMap<string, readonly Candidate[]>) {
    this.#referrer = referrer;
    this.#all = all;
    this.#byName = byName;
    this.#bindingNamespaces = referrer.currentId.clusterScoped ? new Set() : accountNamespaces(referrer.resource);
  }

  fix(references: readonly Reference[]): void {
    const { node } = this.#referrer.resource;
    for (const reference of references) {
      try {
        visitPath(node, reference.spec, { visit: (field) => this.#update(field, reference) });
      } catch (thrown) {
        const id = formatResId(this.#referrer.resource.currentId);
        throw withPrefix(thrown, `updating name reference in '${reference.spec.path}' field of '${id}'`);
      }
    }
  }

  #update(field: Node, reference: Reference): void {
    if (isMissingOrNull(field)) return;
    switch (field.kind) {
      case "scalar":
        this.#updateScalar(field, reference);
        return;
      case "mapping":
        this.#updateMapping(field, reference);
        return;
      case "sequence":
        for (const item of field.items) {
          if (isMissingOrNull(item)) continue;
          if (item.kind === "scalar") this.#updateScalar(item, reference);
          else if (item.kind === "mapping") this.#updateMapping(item, reference);
          else throw new KustomizeError("InvalidField", "list is expected to be either a string or a map of string");
        }
        return;
      case "alias":
        throw new KustomizeError("InvalidField", "node must be a scalar, sequence or map");
    }
  }

  #updateScalar(field: Node & { readonly kind: "scalar" }, reference: Reference): void {
    const referral = this.#select(field.value, reference, undefined);
    const name = referral?.resource.name;
    if (name !== undefined && name !== "" && name !== field.value) setScalar(field, name);
  }

  #updateMapping(field: MappingNode, reference: Reference): void {
    const nameNode = getField(field, "name");
    if (nameNode === undefined) {
      throw new KustomizeError("InvalidField", "path config error; no 'name' field in node");
    }
    const namespaceNode = getField(field, "namespace");
    const oldName = nameNode.kind === "scalar" ? nameNode.value : "";
    const namespace = namespaceNode?.kind === "scalar" ? namespaceNode.value : "";
    const referral = this.#select(
      oldName,
      reference,
      namespaceNode === undefined ? undefined : namespace,
      true,
    )?.resource;
    if (referral === undefined || (referral.name === oldName && referral.namespace === "")) return;
    setField(field, "name", makeScalar(referral.name));
    if (referral.namespace !== "") setField(field, "namespace", makeScalar(referral.namespace));
  }

  /** The resource that a name means; `namespace` narrows the search where the reference names one. */
  #select(
    oldName: string,
    { target, spec }: Reference,
    namespace: string | undefined,
    compareNamespaces = false,
  ): Candidate | undefined {
    const named = this.#byName.get(oldName);
    if (named === undefined) return undefined;
    let found = named.filter((each) => this.#isInReach(each));
    if (namespace !== undefined) found = this.#inNamespace(found, namespace);
    found = found.filter((each) => each.previousIds.some((id) => isSelectedGvk(id, target)));
    found = this.#filterByRoleRef(found, spec);
    found = found.filter((each) => this.#isInNamespaceOfReferrer(each));
    if (found.length === 1) return found[0];
    const { resource } = this.#referrer;
    found = found.filter((each) => sameAffixes(each.resource, resource, true));
    if (found.length > 1) found = found.filter((each) => sameAffixes(each.resource, resource, false));
    const [first, ...others] = found;
    if (first === undefined || others.length === 0) return first;
    const isSame = others.every(
      (each) =>
        each.resource.name === first.resource.name &&
        (!compareNamespaces || each.resource.namespace === first.resource.namespace),
    );
    if (isSame) return first;
    throw ambiguous(resource, found);
  }

  /** Objects of a namespace see it and what is outside namespaces; role bindings also see their subjects' namespaces. */
  #isInReach({ currentId, currentNamespace, resource }: Candidate): boolean {
    return (
      this.#referrer.currentId.clusterScoped ||
      currentId.clusterScoped ||
      currentNamespace === this.#referrer.currentNamespace ||
      this.#bindingNamespaces.has(resource.namespace)
    );
  }

  #inNamespace(found: readonly Candidate[], namespace: string): Candidate[] {
    if (namespace === notANamespace) return [];
    const isOriginal = this.#all.some((each) => each.originalNamespace === namespace && this.#isInReach(each));
    return found.filter((each) => (isOriginal ? each.originalNamespace : each.currentNamespace) === namespace);
  }

  #filterByRoleRef(found: readonly Candidate[], spec: FieldSpec): Candidate[] {
    const roleRef = spec.path.endsWith("roleRef/name") ? fieldOf(this.#referrer.resource.node, "roleRef") : undefined;
    const group = fieldOf(roleRef, "apiGroup");
    const kind = fieldOf(roleRef, "kind");
    if (group === undefined || kind === undefined) return [...found];
    const gvk = { group: textOf(group), version: "", kind: textOf(kind) };
    return found.filter((each) => each.previousIds.some((id) => isSelectedGvk(id, gvk)));
  }

  #isInNamespaceOfReferrer({ currentId, currentNamespace, resource }: Candidate): boolean {
    return (
      this.#referrer.currentId.clusterScoped ||
      currentId.clusterScoped ||
      resource.kind === "ServiceAccount" ||
      currentNamespace === this.#referrer.currentNamespace
    );
  }
}

/** The namespaces of a role binding's service accounts. */
function accountNamespaces(referrer: Resource): ReadonlySet<string> {
  const namespaces = new Set<string>();
  const subjects = referrer.kind === "RoleBinding" ? fieldOf(referrer.node, "subjects") : undefined;
  if (subjects?.kind !== "sequence") return namespaces;
  for (const subject of subjects.items) {
    const namespace = fieldOf(subject, "namespace");
    if (namespace === undefined || textOf(fieldOf(subject, "kind")) !== "ServiceAccount") continue;
    if (namespace.kind !== "scalar" || isMissingOrNull(namespace)) {
      throw new KustomizeError(
        "InvalidField",
        `Invalid Input: namespace is blank for resource ${quote(formatResId(referrer.currentId))}\n`,
        { field: "subjects.namespace" },
      );
    }
    namespaces.add(namespace.value);
  }
  return namespaces;
}

function sameAffixes(a: Resource, b: Resource, allowEmpty: boolean): boolean {
  return (
    sameEnding(a.namePrefixes, b.namePrefixes, allowEmpty) && sameEnding(a.nameSuffixes, b.nameSuffixes, allowEmpty)
  );
}

/** Whether the shorter list ends the longer one. */
function sameEnding(a: readonly string[], b: readonly string[], allowEmpty: boolean): boolean {
  if (a.length === 0 || b.length === 0) return allowEmpty || a.length === b.length;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.every((each, index) => each === long[long.length - short.length + index]);
}

function ambiguous(referrer: Resource, found: readonly Candidate[]): KustomizeError {
  const ids = found.map(({ resource }) => formatResId(resource.currentId)).join(", ");
  const listed = found.map(
    ({ resource }, index) => `--- possible referral ${index}:\n${formatResource(resource.node)}\n`,
  );
  const details = `\n**** Too many possible referral targets to referrer:\n${formatResource(referrer.node)}\n${listed.join("")}`;
  return new KustomizeError("AmbiguousReference", `found multiple possible referrals: ${ids}\n${details}`);
}
